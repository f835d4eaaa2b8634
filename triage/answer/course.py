"""The course that a suitable referral would enter: its length, phases, review points and cost, all from data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.answer.decide import Verdict
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet

LOWEST_WITH_COURSE = "possible"


def course_for(ruleset: RuleSet, answers: Answers, verdict: Verdict) -> dict[str, Any] | None:
    """Plan the course; None on hold and below `possible`, where there is none to enter."""
    scales = ruleset.scales
    if verdict.rating not in scales.rating_ids:
        return None
    if scales.rating_rank(verdict.rating) < scales.rating_rank(LOWEST_WITH_COURSE):
        return None
    course = ruleset.course
    length = _length(course, answers, verdict)
    low, high = length["sessions"]
    phased = length.get("phased", True)
    return {
        "plan": length.get("id", "default"),
        "sessions": [low, high],
        "frequency": length.get("frequency", course["default"]["frequency"]),
        "minutes": list(course["default"]["minutes"]),
        "note": length.get("note"),
        "phases": [_phase(each, low, high) for each in course["phases"]] if phased else [],
        "assessment_points": [_point(each, high) for each in course["assessment_points"]] if phased else [],
        "taper": course["taper"]["text"],
        "afterwards": course["afterwards"]["text"],
        "cost_usd": _cost(course["price"], answers, low, high),
        "sources": length["sources"],
    }


def _length(course: Mapping[str, Any], answers: Answers, verdict: Verdict) -> Mapping[str, Any]:
    for each in course["lengths"]:
        if set(each["for"]) & set(verdict.targets) and _fits(each, answers, verdict):
            found: Mapping[str, Any] = each
            return found
    default: Mapping[str, Any] = course["default"]
    return default


def _fits(length: Mapping[str, Any], answers: Answers, verdict: Verdict) -> bool:
    if length.get("role", verdict.role) != verdict.role:
        return False
    bounds = length.get("age")
    if bounds is None:
        return True
    age = answers.get("age_years")
    return isinstance(age, int) and bounds.get("at_least", age) <= age <= bounds.get("at_most", age)


def _phase(phase: Mapping[str, Any], low: int, high: int) -> dict[str, Any]:
    """A phase with the sessions it takes in the shortest and in the longest course."""
    spans = [[_session(phase["from"], count), _session(phase["to"], count)] for count in dict.fromkeys((low, high))]
    return {
        "id": phase["id"],
        "title": phase["title"],
        "sessions": {"shortest": spans[0], "longest": spans[-1]},
        "aims": list(phase["aims"]),
        "techniques": list(phase["techniques"]),
        "note": phase.get("note"),
        "sources": phase["sources"],
    }


def _point(point: Mapping[str, Any], high: int) -> dict[str, Any]:
    session = point["session"]
    numbers = session if isinstance(session, list) else [session]
    return {
        "id": point["id"],
        "sessions": [_session(each, high) for each in numbers],
        "what": point["what"],
        "basis": point["basis"],
        "sources": point["sources"],
    }


def _session(number: int, count: int) -> int:
    """A session's number in a course of ``count``; numbers of 0 and below are counted from the last."""
    return number if number > 0 else count + number


def _cost(price: Mapping[str, int], answers: Answers, low: int, high: int) -> dict[str, int] | None:
    """What the course costs the person, in USD: known without insurance, or with insurance and a known copay."""
    if answers.get("insured") == "no":
        first, later = price["first_visit_usd"], price["follow_up_usd"]
        return {"low": first + later * (low - 1), "high": first + later * (high - 1)}
    copay = answers.get("copay_usd")
    if answers.get("insured") == "yes" and isinstance(copay, int):
        return {"low": copay * low, "high": copay * high}
    return None
