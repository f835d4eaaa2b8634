"""Reading ``scales.yaml``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from triage.model.faults import Fault, FaultyRuleSet, did_you_mean
from triage.model.rule import SourceRef
from triage.model.scales import INSUFFICIENT, LOWEST_URGENCY, NO_LIMIT, NO_SUPPORT, ON_HOLD, BuiltInReason, Scales, Term
from triage.model.scales import UrgencyTerm as Urgency
from triage.reading.shape import Strict, shaped
from triage.reading.yaml_text import Document

BUILT_IN = (
    "core-safety-unanswered",
    "no-urgent-indicator",
    "urgency-certain",
    "on-hold-safety-first",
    "no-indication",
    "insufficient-information",
    "rating-certain",
)


class _Term(Strict):
    id: str
    label: str
    meaning: str = ""
    definition: str = ""
    note: str = ""


class _Urgency(Strict):
    id: str
    label: str
    respond_within: dict[str, Any]
    action: str = ""
    meaning: str = ""


class _Floor(Strict):
    level: str
    reason: str


class _Source(Strict):
    id: str
    claim: str | None = None
    finding: str | None = None


class _Reason(Strict):
    id: str
    effect: str
    value: str | None = None
    title: str
    because: str
    sources: list[_Source] = Field(min_length=1)
    evidence: list[str] = Field(default_factory=list)


class _ScalesText(Strict):
    ratings: list[_Term]
    reported: list[_Term]
    urgencies: list[_Urgency]
    certainties: list[_Term]
    roles: list[_Term]
    foci: list[_Term]
    formats: list[_Term]
    therapies: dict[str, str]
    effects: list[str] = Field(default_factory=list)
    hold_at: list[str]
    floor: _Floor
    built_in_reasons: list[_Reason]
    next_step: dict[str, str]


def read_scales(document: Document) -> Scales:
    """Read the scales. Raises FaultyRuleSet with all their faults."""
    text = shaped(document, _ScalesText)
    faults = _faults(text, document)
    if faults:
        raise FaultyRuleSet(faults)
    return Scales(
        ratings=_terms(text.ratings),
        reported=_terms(text.reported),
        urgencies=tuple(
            Urgency(each.id, each.label, each.respond_within, _line(each.action), _line(each.meaning))
            for each in text.urgencies
        ),
        certainties=_terms(text.certainties),
        roles=_terms(text.roles),
        foci=_terms(text.foci),
        formats=_terms(text.formats),
        therapies=tuple(Term(id_, label) for id_, label in text.therapies.items()),
        hold_at=frozenset(text.hold_at),
        floor=text.floor.level,
        built_in={each.id: _reason(each, document, index) for index, each in enumerate(text.built_in_reasons)},
        next_step={name: _line(each) for name, each in text.next_step.items()},
    )


def _faults(text: _ScalesText, document: Document) -> list[Fault]:
    ratings, urgencies = [each.id for each in text.ratings], [each.id for each in text.urgencies]
    reported = [*ratings, *(each.id for each in text.reported)]
    lacking = [
        *_lacking("ratings", (NO_SUPPORT, NO_LIMIT), ratings, document),
        *_lacking("reported", (ON_HOLD, INSUFFICIENT), reported, document),
        *_lacking("urgencies", (LOWEST_URGENCY, text.floor.level, *text.hold_at), urgencies, document),
        *_lacking("built_in_reasons", BUILT_IN, [each.id for each in text.built_in_reasons], document),
        *_lacking(
            "next_step", (*reported, *urgencies, "urgent_incomplete", "unsettled"), list(text.next_step), document
        ),
    ]
    for key, ids in (("ratings", ratings), ("urgencies", urgencies)):
        if len(set(ids)) != len(ids):
            lacking.append(Fault(document.place((key,)), "scales", f"`{key}` has an id twice.", "Keep one."))
    if ratings and ratings[-1] != NO_LIMIT:
        lacking.append(Fault(document.place(("ratings",)), "scales", f"`{NO_LIMIT}` is not the highest rating."))
    if urgencies and urgencies[0] != LOWEST_URGENCY:
        lacking.append(
            Fault(document.place(("urgencies",)), "scales", f"`{LOWEST_URGENCY}` is not the lowest urgency.")
        )
    return lacking


def _lacking(key: str, wanted: Iterable[str], found: list[str], document: Document) -> list[Fault]:
    place = document.place((key,))
    return [
        Fault(place, "scales", f"`{key}` lacks `{each}`.", did_you_mean(each, tuple(found)))
        for each in dict.fromkeys(wanted)
        if each not in found
    ]


def _terms(terms: list[_Term]) -> tuple[Term, ...]:
    return tuple(Term(each.id, each.label, _line(each.meaning or each.definition), _line(each.note)) for each in terms)


def _reason(text: _Reason, document: Document, index: int) -> BuiltInReason:
    at = ("built_in_reasons", index, "sources")
    sources = tuple(
        SourceRef(each.id, each.claim, each.finding, document.place((*at, number)))
        for number, each in enumerate(text.sources)
    )
    return BuiltInReason(
        text.id, text.effect, text.value, text.title, _line(text.because), sources, tuple(text.evidence)
    )


def _line(text: str) -> str:
    return " ".join(text.split())
