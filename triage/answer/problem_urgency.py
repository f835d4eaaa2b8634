"""How urgent a referral is that got no answer: refused, left by a failing engine, or shed by a busy service.

Whatever its answers tell of is said, and it is never below the level of the general floor.
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
    """The urgency of a refused referral, from what is not at fault; None where its text could not be read.

    Of what it could be, the most urgent counts, and of those equally urgent the first.
    """
    parts = [_urgency_of(assessor, referral) for referral in refused.could_be]
    return max(parts, key=lambda part: assessor.ruleset.scales.urgency_rank(part.level), default=None)


def urgency_of_unanswered(assessor: Assessor, referral: Referral, failure: Exception | None = None) -> UrgencyPart:
    """The urgency of a referral that was read and not answered, from the rules found to fire.

    ``failure`` is what kept it from being answered. Nothing is settled: every level from the one reported up is still
    possible.
    """
    known = failure.fired if isinstance(failure, NoAnswer) else frozenset[str]()
    try:
        fired = _fired(assessor, referral, known)
        return _part(assessor, fired, _from_level_up(assessor, fired))
    except Exception:  # whatever fails, the level of the floor is said
        nothing = FiredRules(assessor.ruleset, ())
        return _part(assessor, nothing, _from_level_up(assessor, nothing))


def _urgency_of(assessor: Assessor, referral: Referral) -> UrgencyPart:
    """The urgency part of a referral as far as an answer would have it; by the rules alone where an engine fails."""
    fired = _fired(assessor, referral, frozenset())
    try:
        bounds = assessor.bounds(fired)
    except Exception:  # a refusal is told with what is known, whichever engine fails
        bounds = _from_level_up(assessor, fired)
    return _part(assessor, fired, bounds)


def _fired(assessor: Assessor, referral: Referral, known: frozenset[str]) -> FiredRules:
    """The rules that either engine finds to fire, with those that are known to; an engine that fails finds none."""
    ruleset, answers = assessor.ruleset, referral.answers
    vocabulary = ruleset.vocabulary
    ids = known | _found(lambda: assessor.check.evaluate(answers).fired) | _found(lambda: assessor.live.fired(answers))
    return FiredRules(
        ruleset,
        ruleset.fired(ids),
        answers,
        asked=vocabulary.asked_all(answers),
        missing=vocabulary.core_unanswered(answers, referral.unanswered_for_floor),
    )


def _found(engine: Callable[[], frozenset[str]]) -> frozenset[str]:
    """What an engine finds; nothing where it fails: the other engine and the level of the floor are left."""
    try:
        return engine()
    except Exception:  # what is said of a failure must not fail with the engine
        return frozenset()


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
