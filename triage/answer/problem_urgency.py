"""The urgency of a referral that gets no answer: refused, failed by an engine, or shed by a busy service.

It is at least the level of the rules that are found to fire, and never below the level of the general floor.
"""

from __future__ import annotations

from collections.abc import Callable

from triage.answer.assess import Assessor
from triage.answer.decide import Level, level_of
from triage.answer.fired_rules import FiredRules
from triage.answer.model import UrgencyPart
from triage.engines.agreement import NoAnswer
from triage.engines.outcome import Bounds
from triage.reading.referral import Referral, RefusedReferral


def urgency_of_refused(assessor: Assessor, refused: RefusedReferral) -> UrgencyPart | None:
    """The urgency of a refused referral, from its sound parts; None where its text could not be read.

    It is that of the most urgent referral it could be (``RefusedReferral.could_be``), the first of equally urgent ones.
    """
    parts = [_urgency_of(assessor, referral) for referral in refused.could_be]
    return max(parts, key=lambda part: assessor.ruleset.scales.urgency_rank(part.level), default=None)


def urgency_of_unanswered(assessor: Assessor, referral: Referral, failure: Exception | None = None) -> UrgencyPart:
    """The urgency of a referral that was read and could not be answered, from the rules that are found to fire.

    ``failure`` is the error that kept it from being answered. Nothing is settled: every level from the reported one up
    is still possible.
    """
    known = failure.fired if isinstance(failure, NoAnswer) else frozenset[str]()
    try:
        fired = _fired(assessor, referral, known)
        return _part(assessor, fired, _from_level_up(assessor, fired))
    except Exception:  # whatever fails, report the level of the floor
        nothing = FiredRules(assessor.ruleset, ())
        return _part(assessor, nothing, _from_level_up(assessor, nothing))


def _urgency_of(assessor: Assessor, referral: Referral) -> UrgencyPart:
    """The urgency part that an answer to the referral would have; from the rules alone where an engine fails."""
    fired = _fired(assessor, referral, frozenset())
    try:
        bounds = assessor.bounds(fired)
    except Exception:  # report what is known, whichever engine fails
        bounds = _from_level_up(assessor, fired)
    return _part(assessor, fired, bounds)


def _fired(assessor: Assessor, referral: Referral, known: frozenset[str]) -> FiredRules:
    """The rules that either engine finds to fire, and those in ``known``; an engine that fails finds none."""
    ruleset, answers = assessor.ruleset, referral.answers
    vocabulary = ruleset.vocabulary
    ids = known | _found(lambda: assessor.check.evaluate(answers).fired) | _found(lambda: assessor.live.fired(answers))
    return FiredRules(
        ruleset,
        ruleset.fired(ids),
        answers,
        missing=vocabulary.core_unanswered(answers, referral.unanswered_for_floor),
    )


def _found(engine: Callable[[], frozenset[str]]) -> frozenset[str]:
    """The rules that an engine finds to fire; none where it fails, since the other engine and the floor remain."""
    try:
        return engine()
    except Exception:  # reporting a failure must not fail itself
        return frozenset()


def _from_level_up(assessor: Assessor, fired: FiredRules) -> Bounds:
    scales = assessor.ruleset.scales
    by_rules = Bounds((), (fired.standing.level,))
    rank = max(scales.urgency_rank(level_of(fired, by_rules).level), scales.urgency_rank(scales.floor))
    return Bounds((), scales.urgency_ids[rank:], exact=False)


def _part(assessor: Assessor, fired: FiredRules, bounds: Bounds) -> UrgencyPart:
    """The urgency part; a level below the general floor is raised to it, with the action for refused referrals."""
    scales = assessor.ruleset.scales
    by_rules = bounds if bounds.exact else Bounds((), (fired.standing.level,))
    level = level_of(fired, by_rules)
    if scales.urgency_rank(level.level) >= scales.urgency_rank(scales.floor):
        return assessor.actions.urgency_part(fired, level, bounds)
    raised = Level(scales.floor, "not_sorted")
    return assessor.actions.urgency_part(fired, raised, bounds, otherwise=scales.refused)
