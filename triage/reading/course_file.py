"""Read ``course.yaml``: length, phases, points of review and cost of a course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, NonNegativeInt, PositiveInt

from triage.model import course as plan
from triage.model.fact import Fact
from triage.model.faults import FaultyRuleSet, KeyPath, did_you_mean
from triage.model.rule import SourceRef
from triage.model.scales import Scales
from triage.reading.conditions import Reader
from triage.reading.shape import Id, Strict, shaped
from triage.reading.yaml_text import Document


class _Source(Strict):
    id: str
    claim: str | None = None
    finding: str | None = None


class _Sourced(Strict):
    sources: list[_Source] = Field(min_length=1)


class _Statement(_Sourced):
    text: str


class _Price(_Sourced):
    first_visit_usd: NonNegativeInt
    follow_up_usd: NonNegativeInt
    insured: str
    copay: str


class _Default(_Sourced):
    sessions: list[PositiveInt] = Field(min_length=2, max_length=2)
    minutes: list[PositiveInt] = Field(min_length=2, max_length=2)
    frequency: str
    note: str | None = None


class _Age(Strict):
    at_least: NonNegativeInt | None = None
    at_most: NonNegativeInt | None = None


class _Length(_Sourced):
    id: Id
    kind: plan.CourseKind = "acute"
    targets: list[str] = Field(alias="for", default_factory=list)
    remitted: bool = False
    age: _Age | None = None
    sessions: list[PositiveInt] | None = Field(default=None, min_length=2, max_length=2)
    title: str | None = None
    frequency: str | None = None
    phased: bool = True
    note: str | None = None


class _Phase(_Sourced):
    id: Id
    title: str
    first: int = Field(alias="from")
    last: int = Field(alias="to")
    note: str | None = None
    aims: list[str] = Field(min_length=1)
    techniques: list[str]


class _Point(_Sourced):
    id: Id
    session: int | list[int]
    what: str
    basis: str


class _CourseText(Strict):
    price: _Price
    default: _Default
    lengths: list[_Length] = Field(default_factory=list)
    phases: list[_Phase]
    assessment_points: list[_Point]
    taper: _Statement
    afterwards: _Statement


def read_course(document: Document, facts: Mapping[str, Fact], scales: Scales) -> plan.Course:
    """Read the course.

    Raises FaultyRuleSet with every fault: a key or a target that does not exist,
    numbers the wrong way round.
    """
    text = shaped(document, _CourseText)
    reader = Reader(document, facts)
    _check_names(text, reader, scales)
    _check_price(text.price, reader)
    _check_numbers(text, reader)
    if reader.faults:
        raise FaultyRuleSet(reader.faults)
    return plan.Course(
        price=plan.Price(text.price.first_visit_usd, text.price.follow_up_usd, text.price.insured, text.price.copay),
        default=_default(text.default),
        minutes=_pair(text.default.minutes),
        lengths=tuple(_length(length, text.default.frequency) for length in text.lengths),
        phases=tuple(map(_phase, text.phases)),
        assessment_points=tuple(map(_point, text.assessment_points)),
        taper=text.taper.text,
        afterwards=text.afterwards.text,
        afterwards_sources=(*_sources(text.taper), *_sources(text.afterwards)),
        cited=tuple(_cited(document.data, (), document)),
    )


def _check_names(text: _CourseText, reader: Reader, scales: Scales) -> None:
    conditions = tuple(fact.name for fact in reader.facts.values() if fact.type == "condition")
    targets = (*conditions, *(target.id for target in scales.targets))
    for index, length in enumerate(text.lengths):
        for place, target in enumerate(length.targets):
            _known(target, targets, ("lengths", index, "for", place), reader)
        if not length.phased and length.title is None:
            message = f"`{length.id}` has no phases, so it needs a name of its own."
            reader.fault(("lengths", index), "missing-key", message, "Add `title`.")
    for key in ("lengths", "phases", "assessment_points"):
        _once(key, [entry.id for entry in getattr(text, key)], reader)


def _known(word: str, known: tuple[str, ...], at: KeyPath, reader: Reader) -> None:
    if word not in known:
        reader.fault(at, "unknown-value", f"`{word}` does not belong here.", did_you_mean(word, known))


def _once(key: str, ids: list[str], reader: Reader) -> None:
    for index, id_ in enumerate(ids):
        if id_ in ids[:index]:
            reader.fault((key, index, "id"), "duplicate-id", f"The id `{id_}` is there twice.", "Keep one.")


def _check_price(price: _Price, reader: Reader) -> None:
    """Check that whether somebody is insured, and the copay, are facts of the types that a cost is made from."""
    for key, name, type_ in (("insured", price.insured, "yes_no"), ("copay", price.copay, "integer")):
        of_type = tuple(fact.name for fact in reader.facts.values() if fact.type == type_)
        if name not in of_type:
            message = f"`{name}` is not a fact of the type `{type_}`."
            reader.fault(("price", key), "unknown-fact", message, did_you_mean(name, of_type))


def _check_numbers(text: _CourseText, reader: Reader) -> None:
    ranges: list[tuple[KeyPath, list[int]]] = [
        (("default", "sessions"), text.default.sessions),
        (("default", "minutes"), text.default.minutes),
        *(
            (("lengths", index, "sessions"), length.sessions)
            for index, length in enumerate(text.lengths)
            if length.sessions
        ),
    ]
    for at, (low, high) in ranges:
        if low > high:
            reader.fault(at, "bound", f"`{at[-1]}` goes from {low} to {high}.", "Write the smaller number first.")
    for index, point in enumerate(text.assessment_points):
        if isinstance(point.session, list) and len(point.session) != 2:
            message = "`session` is one number, or a first and a last one."
            reader.fault(("assessment_points", index, "session"), "bound", message, "Write one number or two.")


def _default(text: _Default) -> plan.Length:
    return plan.Length("default", _pair(text.sessions), text.frequency, _sources(text), note=text.note)


def _length(text: _Length, frequency: str) -> plan.Length:
    age = text.age
    return plan.Length(
        id=text.id,
        sessions=_pair(text.sessions) if text.sessions else None,
        frequency=text.frequency or frequency,
        sources=_sources(text),
        kind=text.kind,
        targets=frozenset(text.targets),
        remitted=text.remitted,
        age=None if age is None else (age.at_least or 0, _OLDEST if age.at_most is None else age.at_most),
        phased=text.phased,
        title=text.title,
        note=text.note,
    )


_OLDEST = 1_000
"""The upper bound of an age range that states none, in years."""


def _phase(text: _Phase) -> plan.Phase:
    return plan.Phase(
        text.id, text.title, text.first, text.last, tuple(text.aims), tuple(text.techniques), _sources(text), text.note
    )


def _point(text: _Point) -> plan.AssessmentPoint:
    sessions = tuple(text.session) if isinstance(text.session, list) else (text.session,)
    return plan.AssessmentPoint(text.id, sessions, text.what, text.basis, _sources(text))


def _cited(data: Any, path: KeyPath, document: Document) -> Iterator[SourceRef]:
    """Every reference to a source in a part of the file, with its place."""
    if isinstance(data, dict):
        for key, part in data.items():
            if key == "sources":
                yield from (
                    SourceRef(
                        entry["id"], entry.get("claim"), entry.get("finding"), document.place((*path, key, index))
                    )
                    for index, entry in enumerate(part)
                )
            else:
                yield from _cited(part, (*path, key), document)
    elif isinstance(data, list):
        for index, part in enumerate(data):
            yield from _cited(part, (*path, index), document)


def _sources(text: _Sourced) -> plan.Sources:
    return tuple(SourceRef(source.id, source.claim, source.finding) for source in text.sources)


def _pair(numbers: list[int]) -> tuple[int, int]:
    low, high = numbers
    return low, high
