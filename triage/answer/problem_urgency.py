"""How urgent a referral is that got no answer: refused, left by a failing engine, or shed by a busy service.

Whatever its answers tell of is said, and it is never below the level of the general floor.
"""

from __future__ import annotations

from collections.abc import Iterable

from triage.answer.assess import Assessor
from triage.answer.decide import Level, level_of
from triage.answer.fired_rules import FiredRules
from triage.answer.model import UrgencyPart
from triage.engines.agreement import NoAnswer
from triage.engines.outcome import Bounds
from triage.reading.referral import Referral, RefusedReferral


def urgency_of_refused(assessor: Assessor, refused: RefusedReferral) -> UrgencyPart | None:
    """The urgency of a refused referral, from what is not at fault; None where its text could not be read.

    Of what it could be, the most urgent counts, and of those equally urgent the first.
    """
    parts = [_urgency_of(assessor, each) for each in refused.could_be]
    return max(parts, key=lambda part: assessor.ruleset.scales.urgency_rank(part.level), default=None)


def urgency_of_unanswered(assessor: Assessor, referral: Referral, failure: Exception | None = None) -> UrgencyPart:
    """The urgency of a referral that was read and not answered, from the rules found to fire.

    ``failure`` is what kept it from being answered. Nothing is settled: every level from the one reported up is still
    possible.
    """
    fired = _fired(assessor, referral, failure.fired if isinstance(failure, NoAnswer) else frozenset())
    return _part(assessor, fired, _from_level_up(assessor, fired))


def _urgency_of(assessor: Assessor, referral: Referral) -> UrgencyPart:
    """The urgency part of a referral as far as an answer would have it; by the rules alone where an engine fails."""
    fired = _fired(assessor, referral, frozenset())
    try:
        bounds = assessor.still_open(fired).bounds
    except Exception:  # a refusal is told with what is known, whichever engine fails
        bounds = _from_level_up(assessor, fired)
    return _part(assessor, fired, bounds)


def _fired(assessor: Assessor, referral: Referral, known: Iterable[str]) -> FiredRules:
    """The rules that either engine finds to fire, with those that are known to; an engine that fails finds none."""
    ids, answers = set(known), referral.answers
    for engine in (lambda: assessor.check.evaluate(answers).fired, lambda: assessor.live.fired(answers)):
        try:
            ids |= engine()
        except Exception:  # the other engine and what is known are left, and the level of the floor
            continue
    ruleset = assessor.ruleset
    vocabulary = ruleset.vocabulary
    return FiredRules(
        ruleset,
        ruleset.fired(ids),
        answers,
        asked=vocabulary.asked_all(answers),
        missing=vocabulary.core_unanswered(answers, referral.unanswered_for_floor),
    )


def _from_level_up(assessor: Assessor, fired: FiredRules) -> Bounds:
    scales = assessor.ruleset.scales
    by_rules = Bounds((), (fired.standing.level,))
    rank = max(scales.urgency_rank(level_of(fired, by_rules).level), scales.urgency_rank(scales.floor))
    return Bounds((), scales.urgency_ids[rank:], exact=False)


def _part(assessor: Assessor, fired: FiredRules, bounds: Bounds) -> UrgencyPart:
    """The urgency part; where nothing gives the level of the general floor, raised to it with an action of its own."""
    scales = assessor.ruleset.scales
    by_rules = bounds if bounds.exact else Bounds((), (fired.standing.level,))
    level = level_of(fired, by_rules)
    if scales.urgency_rank(level.level) >= scales.urgency_rank(scales.floor):
        return assessor.actions.urgency_part(fired, level, bounds)
    raised = Level(scales.floor, "not_sorted")
    return assessor.actions.urgency_part(fired, raised, bounds, otherwise=scales.refused)
