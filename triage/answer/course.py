"""Plan the course that a suitable referral would start: kind, length, phases and cost, all from ``course.yaml``."""

from __future__ import annotations

from triage.answer.decide import Verdict
from triage.answer.fired_rules import FiredRules
from triage.answer.model import Cost, Course, Phase, PhaseSessions, ReviewPoint
from triage.answer.reasons import citations
from triage.model import course as plan
from triage.model.rule import Answers

_AFTERWARDS = ("afterwards", "Afterwards")


def course_for(fired: FiredRules, verdict: Verdict) -> Course | None:
    """Plan the course. None on hold, below the rating `possible`, and where the targets have different courses."""
    course, id_ = fired.ruleset.course, verdict.common.plan
    if course is None or id_ is None:
        return None
    length = course.length(id_)
    return Course(
        kind=length.kind,
        sessions=length.sessions,
        phases=(*_phases(course, length), _afterwards(course)),
        cost_usd=_cost(course.price, fired.answers, *length.sessions) if length.sessions else None,
    )


def _phases(course: plan.Course, length: plan.Length) -> tuple[Phase, ...]:
    """The phases with their sessions; one phase where the course is not phased or its length is not known.

    The note on the length is in the first phase.
    """
    if not length.phased or length.sessions is None:
        return (_only_phase(course, length),)
    _, high = length.sessions
    reviews = [_review(point, high) for point in course.assessment_points]
    return tuple(
        _phase(phase, course, length, reviews=_within(reviews, phase, high), is_first=place == 0)
        for place, phase in enumerate(course.phases)
    )


def _only_phase(course: plan.Course, length: plan.Length) -> Phase:
    """The whole course as one phase."""
    sessions = None
    if length.sessions is not None:
        low, high = length.sessions
        sessions = PhaseSessions((1, low), (1, high))
    return Phase(
        id=length.id,
        title=length.title or length.id,
        sessions=sessions,
        frequency=length.frequency,
        minutes=course.minutes,
        aims=(),
        techniques=(),
        reviews=(),
        notes=_notes(length.note),
        sources=citations(length.sources),
    )


def _phase(
    phase: plan.Phase, course: plan.Course, length: plan.Length, *, reviews: tuple[ReviewPoint, ...], is_first: bool
) -> Phase:
    """A phase with its sessions in the shortest and in the longest course."""
    assert length.sessions is not None
    shortest, longest = ((_session(phase.first, count), _session(phase.last, count)) for count in length.sessions)
    sources = (*phase.sources, *length.sources) if is_first else phase.sources
    return Phase(
        id=phase.id,
        title=phase.title,
        sessions=PhaseSessions(shortest, longest),
        frequency=length.frequency,
        minutes=course.minutes,
        aims=phase.aims,
        techniques=phase.techniques,
        reviews=reviews,
        notes=_notes(length.note if is_first else None, phase.note),
        sources=citations(dict.fromkeys(sources)),
    )


def _afterwards(course: plan.Course) -> Phase:
    """The time after the last phase: how the sessions are tapered, and what follows."""
    id_, title = _AFTERWARDS
    return Phase(
        id=id_,
        title=title,
        sessions=None,
        frequency=None,
        minutes=(),
        aims=(course.taper, course.afterwards),
        techniques=(),
        reviews=(),
        notes=(),
        sources=citations(dict.fromkeys(course.afterwards_sources)),
    )


def _notes(*notes: str | None) -> tuple[str, ...]:
    return tuple(filter(None, notes))


def _review(point: plan.AssessmentPoint, high: int) -> ReviewPoint:
    return ReviewPoint(
        id=point.id,
        sessions=tuple(_session(number, high) for number in point.sessions),
        what=point.what,
        basis=point.basis,
        sources=citations(point.sources),
    )


def _within(reviews: list[ReviewPoint], phase: plan.Phase, high: int) -> tuple[ReviewPoint, ...]:
    """The reviews whose first session is in this phase of the longest course, which has ``high`` sessions."""
    first, last = _session(phase.first, high), _session(phase.last, high)
    return tuple(review for review in reviews if first <= review.sessions[0] <= last)


def _session(number: int, count: int) -> int:
    """The number of a session in a course of ``count`` sessions. 0 is the last session, -1 the one before it."""
    return number if number > 0 else count + number


def _cost(price: plan.Price, answers: Answers, low: int, high: int) -> Cost | None:
    """What a course of ``low`` to ``high`` sessions costs the person, in USD.

    None unless the person is known to be uninsured, or to be insured with a known copay.
    """
    insured, copay = answers.get(price.insured), answers.get(price.copay)
    if insured == "no":
        first, later = price.first_visit_usd, price.follow_up_usd
        return Cost(low=first + later * (low - 1), high=first + later * (high - 1))
    if insured == "yes" and isinstance(copay, int):
        return Cost(low=copay * low, high=copay * high)
    return None
