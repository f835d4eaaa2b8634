"""The course that a suitable referral would enter: its length, phases, review points and cost, all from data."""

from __future__ import annotations

from triage.answer.decide import Verdict
from triage.answer.fired_rules import FiredRules
from triage.answer.model import AssessmentPoint, Cost, Course, Phase, PhaseSessions
from triage.answer.reasons import citations
from triage.model import course as plan
from triage.model.rule import Answers
from triage.model.scales import LOWEST_SUPPORT


def course_for(fired: FiredRules, verdict: Verdict) -> Course | None:
    """Plan the course; None on hold, below `possible`, and for a rule set without a plan: there is none to enter."""
    scales, course = fired.ruleset.scales, fired.ruleset.course
    if course is None or verdict.rating not in scales.rating_ids:
        return None
    if scales.rating_rank(verdict.rating) < scales.rating_rank(LOWEST_SUPPORT):
        return None
    length = _length(course, fired.answers, verdict)
    low, high = length.sessions
    return Course(
        plan=length.id,
        sessions=(low, high),
        frequency=length.frequency,
        minutes=course.minutes,
        note=length.note,
        phases=tuple(_phase(each, low, high) for each in course.phases) if length.phased else (),
        assessment_points=tuple(_point(each, high) for each in course.assessment_points) if length.phased else (),
        taper=course.taper,
        afterwards=course.afterwards,
        cost_usd=_cost(course.price, fired.answers, low, high),
        sources=citations(length.sources),
    )


def _length(course: plan.Course, answers: Answers, verdict: Verdict) -> plan.Length:
    """The first length that fits, else the default."""
    return next((each for each in course.lengths if _fits(each, answers, verdict)), course.default)


def _fits(length: plan.Length, answers: Answers, verdict: Verdict) -> bool:
    if length.targets.isdisjoint(verdict.targets) or length.role not in (None, verdict.role):
        return False
    if length.age is None:
        return True
    low, high = length.age
    age = answers.get("age_years")
    return isinstance(age, int) and low <= age <= high


def _phase(phase: plan.Phase, low: int, high: int) -> Phase:
    """A phase with the sessions it takes in the shortest and in the longest course."""
    shortest, longest = ((_session(phase.first, count), _session(phase.last, count)) for count in (low, high))
    return Phase(
        id=phase.id,
        title=phase.title,
        sessions=PhaseSessions(shortest, longest),
        aims=phase.aims,
        techniques=phase.techniques,
        note=phase.note,
        sources=citations(phase.sources),
    )


def _point(point: plan.AssessmentPoint, high: int) -> AssessmentPoint:
    return AssessmentPoint(
        id=point.id,
        sessions=tuple(_session(each, high) for each in point.sessions),
        what=point.what,
        basis=point.basis,
        sources=citations(point.sources),
    )


def _session(number: int, count: int) -> int:
    """A session's number in a course of ``count``; numbers of 0 and below are counted from the last."""
    return number if number > 0 else count + number


def _cost(price: plan.Price, answers: Answers, low: int, high: int) -> Cost | None:
    """What the course costs the person, in USD: known without insurance, or with insurance and a known copay."""
    if answers.get("insured") == "no":
        first, later = price.first_visit_usd, price.follow_up_usd
        return Cost(low=first + later * (low - 1), high=first + later * (high - 1))
    copay = answers.get("copay_usd")
    if answers.get("insured") == "yes" and isinstance(copay, int):
        return Cost(low=copay * low, high=copay * high)
    return None
