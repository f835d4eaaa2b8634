"""Read one rule file into rules, naming every mistake with its place, sentence and fix.

A file holds one rule or a table of rules: the rows, and what they share. Examples may be in a separate file in the same
folder, ``<id>.examples.yaml``, by the id of the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from triage.model import rule as lang
from triage.model.fact import Fact
from triage.model.faults import Fault, FaultyRuleSet, did_you_mean
from triage.model.scales import Scales
from triage.reading.conditions import Reader
from triage.reading.effects import ThenText, read_effects
from triage.reading.schema_words import Conditions, EvidenceWord, Given, SourceWord
from triage.reading.shape import Id, Strict, shaped
from triage.reading.tables import ROWS, rule_documents
from triage.reading.yaml_text import Document


class _Review(Strict):
    by: str | None = None
    on: str | None = None
    meaning: str | None = None


class _Source(Strict):
    id: SourceWord
    claim: str | None = None
    finding: str | None = None


class _Example(Strict):
    name: str
    given: Given
    fires: Literal[True, False, "unknown"]


class RuleText(Strict):
    """The shape of a rule file."""

    id: Id
    title: str = Field(min_length=1)
    status: Literal["draft", "active", "retired"] = "active"
    author: str | None = None
    review: _Review = _Review()
    when: Conditions | list[Conditions]
    unless: Conditions | None = None
    then: ThenText
    because: str = Field(min_length=1)
    sources: list[_Source] = Field(min_length=1)
    not_covered: list[str] = Field(default_factory=list)
    evidence: list[EvidenceWord] = Field(default_factory=list)
    attributes: dict[str, str] = Field(default_factory=dict)
    examples: list[_Example] = Field(default_factory=list)


Beside = Mapping[str, tuple[list[_Example], Document]]
"""Examples from a separate file, with its document, by the id of the rule."""


class _ExamplesText(Strict):
    examples: dict[str, list[_Example]]


def read_rules(
    document: Document, facts: Mapping[str, Fact], scales: Scales, examples: Document | None = None
) -> tuple[tuple[lang.Rule, ...], list[Fault]]:
    """Read one rule file. ``examples`` is the separate file of its examples, where there is one.

    Gives the rules without a fault, and all faults of both files.
    """
    try:
        documents = rule_documents(document)
    except FaultyRuleSet as faulty:
        return (), list(faulty.faults)
    faults = _table_faults(document)
    table = Path(document.file).stem if ROWS in document.data else None
    beside = examples_of(examples, [str(rule_document.data.get("id")) for rule_document in documents], faults)
    rules = []
    for rule_document in documents:
        rule, rule_faults = read_rule(rule_document, facts, scales, beside, table)
        faults.extend(rule_faults)
        if rule is not None:
            rules.append(rule)
    return tuple(rules), faults


def read_rule(
    document: Document,
    facts: Mapping[str, Fact],
    scales: Scales,
    beside: Beside,
    table: str | None = None,
) -> tuple[lang.Rule | None, list[Fault]]:
    """Read one rule. Gives the rule, or None where it has a fault, and all its faults."""
    try:
        text = shaped(document, RuleText)
    except FaultyRuleSet as faulty:
        return None, list(faulty.faults)
    reader = Reader(document, facts, [] if table else _file_name_faults(document, text.id))
    rule = lang.Rule(
        id=text.id,
        title=text.title,
        when=reader.alternatives(document.data["when"], ("when",)),
        unless=reader.conjunction(text.unless, ("unless",)) if text.unless is not None else (),
        effects=read_effects(text.then, reader, scales),
        because=" ".join(text.because.split()),
        sources=tuple(
            lang.SourceRef(source.id, source.claim, source.finding, document.place(("sources", index)))
            for index, source in enumerate(text.sources)
        ),
        place=document.place(("id",)),
        places=document.places,
        status=text.status,
        examples=_examples(text.examples, reader) + _from_beside(text.id, reader, beside),
        not_covered=tuple(text.not_covered),
        evidence=tuple(text.evidence),
        author=text.author,
        reviewed_by=text.review.by,
        reviewed_on=text.review.on,
        reviewed_meaning=text.review.meaning,
        attributes=text.attributes,
        table=table,
    )
    if not rule.examples:
        which = f"The row `{rule.id}`" if table else f"The rule `{rule.id}`"
        reader.fault(("id",), "structure", f"{which} has no examples.", "Add `examples`.")
    return (None if reader.faults else rule), reader.faults


def _table_faults(document: Document) -> list[Fault]:
    """The faults of the id of a table; none for a file with one rule."""
    if ROWS not in document.data:
        return []
    if "id" not in document.data:
        return [Fault(document.place(()), "structure", "`id` is missing.")]
    return _file_name_faults(document, document.data["id"])


def _file_name_faults(document: Document, id_: str) -> list[Fault]:
    stem = Path(document.file).stem
    if id_ == stem:
        return []
    message = f"The id `{id_}` is not the file's name `{stem}`."
    return [Fault(document.place(("id",)), "id", message, "Rename one of the two.")]


def _examples(texts: list[_Example], reader: Reader, *path: str) -> tuple[lang.Example, ...]:
    return tuple(
        lang.Example(
            name=text.name,
            given=reader.answers(text.given, ("examples", *path, index, "given")),
            fires=None if text.fires == "unknown" else text.fires,
            place=reader.place(("examples", *path, index)),
        )
        for index, text in enumerate(texts)
    )


def examples_of(document: Document | None, ids: list[str], faults: list[Fault]) -> Beside:
    """Read a separate file of examples, adding a fault for each id that is not among ``ids``."""
    if document is None:
        return {}
    try:
        text = shaped(document, _ExamplesText)
    except FaultyRuleSet as faulty:
        faults.extend(faulty.faults)
        return {}
    for id_ in text.examples:
        if id_ not in ids:
            message = f"`{id_}` is no rule of the file beside this one."
            faults.append(Fault(document.place(("examples", id_)), "structure", message, did_you_mean(id_, ids)))
    return {id_: (examples, document) for id_, examples in text.examples.items()}


def _from_beside(id_: str, reader: Reader, beside: Beside) -> tuple[lang.Example, ...]:
    if id_ not in beside:
        return ()
    texts, document = beside[id_]
    examples_reader = Reader(document, reader.facts)
    examples = _examples(texts, examples_reader, id_)
    reader.faults.extend(examples_reader.faults)
    return examples
