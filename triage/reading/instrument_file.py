"""Read an instrument file: a questionnaire whose cut-offs become rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from triage.model.fact import Fact
from triage.model.faults import Fault, FaultyRuleSet, KeyPath, did_you_mean
from triage.model.rule import Rule
from triage.model.ruleset import Instrument
from triage.model.scales import Scales
from triage.reading.rule_file import examples_of, read_rule
from triage.reading.shape import Strict, shaped
from triage.reading.tables import merged, rows_of
from triage.reading.yaml_text import Document

BOUNDS = ("at_least", "at_most")
IS = "is"
CUT_OFFS = "cut_offs"
ABOUT = ("id", "fact", "items", "measures", "licence", "valid_for", "range", "codes", CUT_OFFS)
"""The keys of an instrument that its rules do not have."""


class _About(Strict):
    """The keys about the instrument itself. Keys that its cut-offs share are checked with each cut-off."""

    id: str
    fact: str
    title: str = Field(min_length=1)
    measures: str = ""
    items: list[str] = Field(default_factory=list)
    licence: str = Field(min_length=1)
    valid_for: str = ""
    range: list[int] | None = Field(default=None, min_length=2, max_length=2)
    codes: dict[str, Any] = Field(default_factory=dict)


def read_instrument(
    document: Document, facts: Mapping[str, Fact], scales: Scales, examples: Document | None = None
) -> tuple[Instrument | None, tuple[Rule, ...], list[Fault]]:
    """Read one instrument. Gives its record (None with faults), the rules of its cut-offs, and all faults."""
    try:
        text = shaped(_about(document), _About)
        cut_offs = rows_of(document, CUT_OFFS, ABOUT)
    except FaultyRuleSet as faulty:
        return None, (), list(faulty.faults)
    faults = list(_own_faults(text, document, facts))
    if faults:
        return None, (), faults
    beside = examples_of(examples, [str(row.data.get("id")) for _, row in cut_offs], faults)
    rules = []
    for shared, row in cut_offs:
        rule, rule_faults = read_rule(merged(shared, _with_score(row, text.fact)), facts, scales, beside, text.id)
        faults.extend(rule_faults)
        if rule is not None:
            rules.append(rule)
    range_ = (text.range[0], text.range[1]) if text.range else None
    ids = tuple(rule.id for rule in rules)
    record = Instrument(
        text.id,
        text.fact,
        text.title,
        text.licence,
        text.valid_for,
        range_,
        text.codes,
        rules=ids,
        measures=text.measures,
        items=tuple(text.items),
    )
    return record, tuple(rules), faults


def _about(document: Document) -> Document:
    """The part of the file that has the keys about the instrument itself."""
    if not isinstance(document.data, dict) or CUT_OFFS not in document.data:
        message = "An instrument is a mapping that has `cut_offs`."
        raise FaultyRuleSet([Fault(document.place(()), "structure", message)])
    about = {key: value for key, value in document.data.items() if key in _About.model_fields}
    return Document(document.file, about, document.places)


def _own_faults(text: _About, document: Document, facts: Mapping[str, Fact]) -> Iterator[Fault]:
    stem = Path(document.file).stem
    if text.id != stem:
        message = f"The id `{text.id}` is not the file's name `{stem}`."
        yield Fault(document.place(("id",)), "id", message, "Rename one of the two.")
    fact = facts.get(text.fact)
    if fact is None:
        message = f"`{text.fact}` is not a fact."
        yield Fault(document.place(("fact",)), "unknown-fact", message, did_you_mean(text.fact, tuple(facts)))
    elif text.range is not None and (fact.minimum, fact.maximum) != tuple(text.range):
        message = f"The range {text.range[0]} to {text.range[1]} is not that of `{fact.name}`."
        fix = f"Its bounds are {fact.minimum} to {fact.maximum}."
        yield Fault(document.place(("range",)), "bound", message, fix)
    for index, item in enumerate(text.items):
        if item not in facts:
            message = f"`{item}` is not a fact."
            yield Fault(document.place(("items", index)), "unknown-fact", message, did_you_mean(item, tuple(facts)))
    for index, cut_off in enumerate(document.data[CUT_OFFS]):
        if any(key in cut_off for key in BOUNDS) == (IS in cut_off):
            message = "A cut-off has a bound (`at_least`, `at_most`), or says what the answer `is`."
            yield Fault(document.place((CUT_OFFS, index)), "structure", message, "Write one of the two.")


def _with_score(row: Document, fact: str) -> Document:
    """The cut-off as a row of a table, with the condition on the score as the first one of its ``when``."""
    data = {key: value for key, value in row.data.items() if key not in (*BOUNDS, IS)}
    score = row.data[IS] if IS in row.data else {key: row.data[key] for key in BOUNDS if key in row.data}
    when = data.get("when") or {}
    with_score = [
        {fact: score, **alternative} if isinstance(alternative, dict) else alternative  # which is told as a mistake
        for alternative in (when if isinstance(when, list) else [when])
    ]
    data["when"] = with_score if isinstance(when, list) else with_score[0]
    place_of_score = row.place((next(key for key in (*BOUNDS, IS) if key in row.data),))
    places = {path: place for path, place in row.places.items() if path[:1] not in [(key,) for key in (*BOUNDS, IS)]}
    scores: list[KeyPath] = [("when", index, fact) for index in range(len(with_score))]
    return Document(row.file, data, {**places, ("when", fact): place_of_score, **dict.fromkeys(scores, place_of_score)})
