"""The course that a suitable referral would enter: its length, phases, review points and cost, all from data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import convert

from triage.answer.decide import Verdict
from triage.answer.fired_rules import FiredRules
from triage.answer.model import AssessmentPoint, Citation, Cost, Course, Phase, PhaseSessions
from triage.model.rule import Answers
from triage.model.scales import LOWEST_SUPPORT


def course_for(fired: FiredRules, verdict: Verdict) -> Course | None:
    """Plan the course; None on hold and below `possible`, where there is none to enter."""
    scales = fired.ruleset.scales
    if verdict.rating not in scales.rating_ids:
        return None
    if scales.rating_rank(verdict.rating) < scales.rating_rank(LOWEST_SUPPORT):
        return None
    course = fired.ruleset.course
    length = _length(course, fired.answers, verdict)
    low, high = length["sessions"]
    phased = length.get("phased", True)
    return Course(
        plan=length.get("id", "default"),
        sessions=(low, high),
        frequency=length.get("frequency", course["default"]["frequency"]),
        minutes=tuple(course["default"]["minutes"]),
        note=length.get("note"),
        phases=tuple(_phase(each, low, high) for each in course["phases"]) if phased else (),
        assessment_points=tuple(_point(each, high) for each in course["assessment_points"]) if phased else (),
        taper=course["taper"]["text"],
        afterwards=course["afterwards"]["text"],
        cost_usd=_cost(course["price"], fired.answers, low, high),
        sources=_citations(length),
    )


def _length(course: Mapping[str, Any], answers: Answers, verdict: Verdict) -> Mapping[str, Any]:
    """The first length that fits, else the default."""
    fitting = (each for each in course["lengths"] if _fits(each, answers, verdict))
    length: Mapping[str, Any] = next(fitting, course["default"])
    return length


def _fits(length: Mapping[str, Any], answers: Answers, verdict: Verdict) -> bool:
    if set(length["for"]).isdisjoint(verdict.targets) or length.get("role", verdict.role) != verdict.role:
        return False
    bounds = length.get("age")
    if bounds is None:
        return True
    age = answers.get("age_years")
    return isinstance(age, int) and bounds.get("at_least", age) <= age <= bounds.get("at_most", age)


def _phase(phase: Mapping[str, Any], low: int, high: int) -> Phase:
    """A phase with the sessions it takes in the shortest and in the longest course."""
    shortest, longest = ((_session(phase["from"], count), _session(phase["to"], count)) for count in (low, high))
    return Phase(
        id=phase["id"],
        title=phase["title"],
        sessions=PhaseSessions(shortest, longest),
        aims=tuple(phase["aims"]),
        techniques=tuple(phase["techniques"]),
        note=phase.get("note"),
        sources=_citations(phase),
    )


def _point(point: Mapping[str, Any], high: int) -> AssessmentPoint:
    session = point["session"]
    numbers = session if isinstance(session, list) else [session]
    return AssessmentPoint(
        id=point["id"],
        sessions=tuple(_session(each, high) for each in numbers),
        what=point["what"],
        basis=point["basis"],
        sources=_citations(point),
    )


def _citations(entry: Mapping[str, Any]) -> tuple[Citation, ...]:
    return convert(entry["sources"], tuple[Citation, ...])


def _session(number: int, count: int) -> int:
    """A session's number in a course of ``count``; numbers of 0 and below are counted from the last."""
    return number if number > 0 else count + number


def _cost(price: Mapping[str, int], answers: Answers, low: int, high: int) -> Cost | None:
    """What the course costs the person, in USD: known without insurance, or with insurance and a known copay."""
    if answers.get("insured") == "no":
        first, later = price["first_visit_usd"], price["follow_up_usd"]
        return Cost(low=first + later * (low - 1), high=first + later * (high - 1))
    copay = answers.get("copay_usd")
    if answers.get("insured") == "yes" and isinstance(copay, int):
        return Cost(low=copay * low, high=copay * high)
    return None
