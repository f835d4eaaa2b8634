"""An instrument: one record a questionnaire, whose cut-offs become rules that derive what a score makes suspected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from triage.model.fact import Fact
from triage.model.faults import Fault, FaultyRuleSet
from triage.model.rule import Rule
from triage.model.ruleset import Instrument
from triage.model.scales import Scales
from triage.reading.rule_file import examples_of, read_rule
from triage.reading.shape import Strict, shaped
from triage.reading.tables import merged, part_of
from triage.reading.yaml_text import Document

BOUNDS = ("at_least", "at_most")
IS = "is"
ABOUT = ("fact", "licence", "valid_for", "range", "codes", "cut_offs")
"""What an instrument says of itself, and no rule of it has."""


class _CutOff(Strict):
    id: str
    at_least: int | None = None
    at_most: int | None = None
    value: Any = Field(alias="is", default=None)
    when: dict[str, Any] | list[dict[str, Any]] | None = None
    title: str | None = None
    unless: dict[str, Any] | None = None
    then: dict[str, Any] | None = None
    because: str | None = None
    sources: list[Any] = Field(default_factory=list)
    evidence: list[Any] = Field(default_factory=list)
    not_covered: list[Any] = Field(default_factory=list)
    attributes: dict[str, str] = Field(default_factory=dict)
    examples: list[Any] = Field(default_factory=list)


class _Instrument(Strict):
    id: str
    fact: str
    title: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    cut_offs: list[_CutOff] = Field(min_length=1)
    valid_for: str = ""
    range: list[int] | None = Field(default=None, min_length=2, max_length=2)
    codes: dict[str, Any] = Field(default_factory=dict)
    then: dict[str, Any] = Field(default_factory=dict)
    because: str | None = None
    sources: list[Any] = Field(default_factory=list)
    evidence: list[Any] = Field(default_factory=list)
    not_covered: list[Any] = Field(default_factory=list)
    status: str | None = None
    author: str | None = None
    review: dict[str, Any] | None = None
    attributes: dict[str, str] = Field(default_factory=dict)


def read_instrument(
    document: Document, facts: Mapping[str, Fact], scales: Scales, examples: Document | None = None
) -> tuple[Instrument | None, tuple[Rule, ...], list[Fault]]:
    """Read one instrument: its record, the rules of its cut-offs, and all faults of the file."""
    try:
        text = shaped(document, _Instrument)
    except FaultyRuleSet as faulty:
        return None, (), list(faulty.faults)
    faults = [*_own_faults(text, document, facts)]
    if faults:
        return None, (), faults
    beside = examples_of(examples, [each.id for each in text.cut_offs], faults)
    rules = []
    for cut_off in _documents(document, text.fact):
        rule, found = read_rule(cut_off, facts, scales, beside, text.id)
        faults.extend(found)
        if rule is not None:
            rules.append(rule)
    range_ = (text.range[0], text.range[1]) if text.range else None
    ids = tuple(rule.id for rule in rules)
    record = Instrument(text.id, text.fact, text.title, text.licence, text.valid_for, range_, text.codes, ids)
    return record, tuple(rules), faults


def _own_faults(text: _Instrument, document: Document, facts: Mapping[str, Fact]) -> Iterable[Fault]:
    stem = Path(document.file).stem
    if text.id != stem:
        message = f"The id `{text.id}` is not the file's name `{stem}`."
        yield Fault(document.place(("id",)), "id", message, "Rename one of the two.")
    fact = facts.get(text.fact)
    if fact is None:
        yield Fault(document.place(("fact",)), "unknown-fact", f"`{text.fact}` is not a fact.")
        return
    if text.range is not None and (fact.minimum, fact.maximum) != tuple(text.range):
        message = f"The range {text.range[0]} to {text.range[1]} is not that of `{fact.name}`."
        fix = f"Its bounds are {fact.minimum} to {fact.maximum}."
        yield Fault(document.place(("range",)), "bound", message, fix)
    for index, cut_off in enumerate(text.cut_offs):
        bounded = cut_off.at_least is not None or cut_off.at_most is not None
        if bounded == (cut_off.value is not None):
            message = f"The cut-off `{cut_off.id}` has a bound (`at_least`, `at_most`), or says what the answer `is`."
            yield Fault(document.place(("cut_offs", index)), "structure", message, "Write one of the two.")


def _documents(document: Document, fact: str) -> list[Document]:
    """One document a cut-off, whose condition on the score stands first in its ``when``."""
    shared = Document(
        document.file, {key: value for key, value in document.data.items() if key not in ABOUT}, document.places
    )
    found = []
    for index, data in enumerate(document.data["cut_offs"]):
        part = part_of(document, ("cut_offs", index), {k: v for k, v in data.items() if k not in (*BOUNDS, IS)})
        score = data[IS] if IS in data else {key: data[key] for key in BOUNDS if key in data}
        when = data.get("when") or {}
        part.data["when"] = (
            [{fact: score, **each} for each in when] if isinstance(when, list) else {fact: score, **when}
        )
        part.places[("when", fact)] = part.place((next(key for key in (*BOUNDS, IS) if key in data),))
        found.append(merged(shared, part))
    return found
