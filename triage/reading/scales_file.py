"""Read ``scales.yaml``: ratings, urgencies, certainties, roles, targets, actions and built-in reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from triage.model.fact import Fact
from triage.model.faults import Fault, FaultyRuleSet, KeyPath, did_you_mean
from triage.model.rule import Action, Conjunction, SourceRef
from triage.model.scales import (
    CONDITION_BESIDE,
    INSUFFICIENT,
    LOWEST_URGENCY,
    NO_LIMIT,
    NO_SUPPORT,
    NOT_THE_LEADING_PROBLEM,
    ON_HOLD,
    BuiltInReason,
    Escalation,
    FloorAction,
    FormatTerm,
    LifeTarget,
    Line,
    Scales,
    Term,
    Therapy,
)
from triage.model.scales import UrgencyTerm as Urgency
from triage.reading.action_text import ActionText, line
from triage.reading.conditions import Reader
from triage.reading.scales_shape import EscalationText, ReasonText, ScalesText, SourceText, TermText
from triage.reading.shape import shaped
from triage.reading.yaml_text import Document

BUILT_IN = (
    "core-safety-unanswered",
    "no-urgent-indicator",
    "urgency-certain",
    "on-hold-safety-first",
    "no-indication",
    "insufficient-information",
    "rating-certain",
    NOT_THE_LEADING_PROBLEM,
    CONDITION_BESIDE,
)
MOST_LINES = 8
MOST_WORDS_A_LINE = 6
"""The catalogue of additive lines is never cut, so it is short."""


def read_scales(document: Document, facts: Mapping[str, Fact] | None = None) -> Scales:
    """Read the scales.

    ``facts`` are the facts of the vocabulary. With None (it could not be read) the conditions of therapies and formats
    are left out. Raises FaultyRuleSet with all faults of the file.
    """
    text = shaped(document, ScalesText)
    reader = None if facts is None else Reader(document, facts)
    therapies = tuple(
        Therapy(id_, therapy.label, _while(therapy.not_offered_when, ("therapies", id_, "not_offered_when"), reader))
        for id_, therapy in text.therapies.items()
    )
    formats = tuple(
        FormatTerm(
            term.id,
            term.label,
            line(term.meaning),
            _while(term.suited_only_when, ("formats", index, "suited_only_when"), reader),
        )
        for index, term in enumerate(text.formats)
    )
    faults = [*_faults(text, document), *_action_faults(text, document), *(reader.faults if reader else ())]
    if faults:
        raise FaultyRuleSet(faults)
    return Scales(
        ratings=_terms(text.ratings),
        reported=_terms(text.reported),
        urgencies=tuple(
            Urgency(
                term.id, term.label, term.respond_within, term.action.action(), line(term.meaning), tuple(term.clock)
            )
            for term in text.urgencies
        ),
        certainties=_terms(text.certainties),
        roles=_terms(text.roles),
        foci=_terms(text.foci),
        formats=formats,
        therapies=therapies,
        targets=tuple(
            LifeTarget(target.id, target.label, target.life_problem, target.focus) for target in text.targets
        ),
        dangers=_terms(text.dangers),
        lines=tuple(Line(entry.id, entry.kind, line(entry.text), entry.not_beside) for entry in text.lines),
        urgency_order=tuple(text.urgency_order),
        floors={name: FloorAction(floor.danger, floor.action.action()) for name, floor in text.floors.items()},
        refused=text.refused.action.action(),
        hold_at=frozenset(text.hold_at),
        floor=text.floor.level,
        built_in={reason.id: _reason(reason, document, index) for index, reason in enumerate(text.built_in_reasons)},
        escalations=tuple(_escalation(entry, document, index) for index, entry in enumerate(text.escalate)),
        next_step={name: line(sentence) for name, sentence in text.next_step.items()},
    )


def _while(text: Any, path: KeyPath, reader: Reader | None) -> tuple[Conjunction, ...]:
    """The alternatives of a therapy or a format; none where they can't be read for want of a vocabulary."""
    return () if text is None or reader is None else reader.alternatives(text, path)


def check_action(action: Action, lines: Iterable[str]) -> Iterator[tuple[KeyPath, str, str]]:
    """Find ids of an action that name no additive line, each with its path inside the action, a message and the fix."""
    known = tuple(lines)
    for index, id_ in enumerate(action.also):
        if id_ not in known:
            yield ("also", index), f"`{id_}` is not an additive line.", did_you_mean(id_, known)


def _action_faults(text: ScalesText, document: Document) -> Iterator[Fault]:
    """Find lines, dangers and problem areas that do not exist, and additive lines that are too long or too many."""
    dangers = tuple(term.id for term in text.dangers)
    lines = tuple(entry.id for entry in text.lines)
    actions: list[tuple[KeyPath, ActionText]] = [(("refused", "action"), text.refused.action)]
    actions += [(("urgencies", index, "action"), term.action) for index, term in enumerate(text.urgencies)]
    for name, floor in text.floors.items():
        actions.append((("floors", name, "action"), floor.action))
        if floor.danger not in dangers:
            place = document.place(("floors", name, "danger"))
            yield Fault(place, "scales", f"`{floor.danger}` is not a danger.", did_you_mean(floor.danger, dangers))
    for path, action in actions:
        for inside, message, fix in check_action(action.action(), lines):
            yield Fault(document.place((*path, *inside)), "scales", message, fix)
    yield from _line_faults(text, document)
    foci = tuple(term.id for term in text.foci)
    for index, target in enumerate(text.targets):
        if target.focus is not None and target.focus not in foci:
            place = document.place(("targets", index, "focus"))
            yield Fault(place, "scales", f"`{target.focus}` is not a problem area.", did_you_mean(target.focus, foci))


def _line_faults(text: ScalesText, document: Document) -> Iterator[Fault]:
    known = tuple(entry.id for entry in text.lines)
    if len(text.lines) > MOST_LINES:
        message = f"There are {len(text.lines)} additive lines."
        yield Fault(document.place(("lines",)), "scales", message, f"At most {MOST_LINES}: they are never cut.")
    for index, entry in enumerate(text.lines):
        words = len(entry.text.split())
        if words > MOST_WORDS_A_LINE:
            message = f"The additive line `{entry.id}` has {words} words."
            yield Fault(document.place(("lines", index)), "scales", message, f"At most {MOST_WORDS_A_LINE}.")
        if entry.not_beside is not None and (entry.not_beside not in known or entry.not_beside == entry.id):
            message = f"`{entry.not_beside}` is not another additive line."
            fix = did_you_mean(entry.not_beside, known)
            yield Fault(document.place(("lines", index, "not_beside")), "scales", message, fix)


def _faults(text: ScalesText, document: Document) -> list[Fault]:
    ratings, urgencies = [term.id for term in text.ratings], [term.id for term in text.urgencies]
    reported = [*ratings, *(term.id for term in text.reported)]
    lacking = [
        *_lacking("ratings", (NO_SUPPORT, NO_LIMIT), ratings, document),
        *_lacking("reported", (ON_HOLD, INSUFFICIENT), reported, document),
        *_lacking("urgencies", (LOWEST_URGENCY, text.floor.level, *text.hold_at), urgencies, document),
        *_lacking("built_in_reasons", BUILT_IN, [reason.id for reason in text.built_in_reasons], document),
        *_lacking(
            "next_step", (*reported, *urgencies, "urgent_incomplete", "unsettled"), list(text.next_step), document
        ),
    ]
    lacking += _escalation_faults(text, document, urgencies)
    cap = next((reason for reason in text.built_in_reasons if reason.id == NOT_THE_LEADING_PROBLEM), None)
    if cap is not None and cap.value not in ratings:
        place = document.place(("built_in_reasons", text.built_in_reasons.index(cap), "value"))
        fix = did_you_mean(str(cap.value), ratings)
        lacking.append(Fault(place, "scales", f"The value of `{cap.id}` is not a rating.", fix))
    several = {
        "ratings": ratings,
        "urgencies": urgencies,
        "targets": [target.id for target in text.targets],
        "dangers": [term.id for term in text.dangers],
        "lines": [entry.id for entry in text.lines],
        "urgency_order": text.urgency_order,
    }
    for key, ids in several.items():
        if len(set(ids)) != len(ids):
            lacking.append(Fault(document.place((key,)), "scales", f"`{key}` has an id twice.", "Keep one."))
    if ratings and ratings[-1] != NO_LIMIT:
        lacking.append(Fault(document.place(("ratings",)), "scales", f"`{NO_LIMIT}` is not the highest rating."))
    if urgencies and urgencies[0] != LOWEST_URGENCY:
        lacking.append(
            Fault(document.place(("urgencies",)), "scales", f"`{LOWEST_URGENCY}` is not the lowest urgency.")
        )
    return lacking


def _escalation_faults(text: ScalesText, document: Document, urgencies: list[str]) -> Iterator[Fault]:
    """Find escalations from or to what is no level, or to one that is not higher."""
    for index, escalation in enumerate(text.escalate):
        for key, level in (("level", escalation.level), ("to", escalation.to)):
            if level not in urgencies:
                fix = did_you_mean(level, urgencies)
                yield Fault(document.place(("escalate", index, key)), "scales", f"`{level}` is not an urgency.", fix)
        known = escalation.level in urgencies and escalation.to in urgencies
        if known and urgencies.index(escalation.to) <= urgencies.index(escalation.level):
            message = f"`{escalation.to}` is not above `{escalation.level}`."
            yield Fault(
                document.place(("escalate", index, "to")), "scales", message, "Failed attempts only raise a level."
            )


def _lacking(key: str, wanted: Iterable[str], present: list[str], document: Document) -> list[Fault]:
    place = document.place((key,))
    return [
        Fault(place, "scales", f"`{key}` lacks `{id_}`.", did_you_mean(id_, tuple(present)))
        for id_ in dict.fromkeys(wanted)
        if id_ not in present
    ]


def _terms(terms: list[TermText]) -> tuple[Term, ...]:
    return tuple(Term(term.id, term.label, line(term.meaning or term.definition), line(term.note)) for term in terms)


def _reason(text: ReasonText, document: Document, index: int) -> BuiltInReason:
    sources = _cited(text.sources, document, ("built_in_reasons", index, "sources"))
    return BuiltInReason(
        text.id, text.effect, text.value, text.title, line(text.because), sources, tuple(text.evidence)
    )


def _escalation(text: EscalationText, document: Document, index: int) -> Escalation:
    sources = _cited(text.sources, document, ("escalate", index, "sources"))
    return Escalation(text.level, text.failed_attempts, text.to, line(text.because), sources)


def _cited(sources: Iterable[SourceText], document: Document, path: KeyPath) -> tuple[SourceRef, ...]:
    return tuple(
        SourceRef(source.id, source.claim, source.finding, document.place((*path, number)))
        for number, source in enumerate(sources)
    )
