"""Decide which level and which rating are reported, from the fired rules and what is still possible.

The level is the highest of the fired rules, the floors that apply and the lowest level still possible. The rating of
the fired rules is moved to one that is still possible. No rule has a priority, and the order of rules has no effect.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from triage.answer.fired_rules import FiredRules
from triage.answer.model import State
from triage.engines.outcome import Bounds, Common, Standing
from triage.engines.plans import plan_for
from triage.model.scales import (
    CONDITION_BESIDE,
    CORE_UNANSWERED,
    INSUFFICIENT,
    LOWEST_URGENCY,
    NO_SUPPORT,
    NOT_THE_LEADING_PROBLEM,
    ON_HOLD,
    Scales,
)

InCommon = Callable[[str], Common]
"""A function that gives what all completions with a rating have in common."""


class Level(Struct, frozen=True):
    """The reported level, whether it rests on unanswered safety questions alone, and the built-in reasons for it."""

    level: str
    state: State
    built_in: tuple[str, ...] = ()


class Verdict(Struct, frozen=True):
    """The reported rating and level, and the built-in reasons for them.

    ``common`` holds targets, role, certainty and course of the rating. They come from the fired rules or, where the
    rating was moved, are those that all completions with the rating have in common.
    """

    level: str
    state: State
    rating: str
    common: Common
    limited_by: tuple[str, ...]
    built_in: tuple[str, ...]

    @property
    def on_hold(self) -> bool:
        """Whether the rating is held back for safety."""
        return self.rating == ON_HOLD


def decide(fired: FiredRules, bounds: Bounds, in_common: InCommon) -> Verdict:
    """Decide which rating and level are reported. ``bounds`` are the ratings and levels that are still possible."""
    scales, so_far = fired.ruleset.scales, fired.standing
    level = level_of(fired, bounds)
    rating = _inside(so_far.rating, bounds, scales)
    moved = rating != so_far.rating
    reported, reasons = _reported(rating, so_far, bounds, scales)
    if level.level in scales.hold_at:
        reported, reasons = ON_HOLD, ("on-hold-safety-first",)
    common = Common()
    if reported in scales.rating_ids and not scales.ratings_below_support(reported):
        common = in_common(reported) if moved else _so_far(fired)
    return Verdict(
        level=level.level,
        state=level.state,
        rating=reported,
        common=common,
        limited_by=() if moved else so_far.limited_by,
        built_in=(*level.built_in, *_of_standing(so_far), *reasons),
    )


def level_of(fired: FiredRules, bounds: Bounds) -> Level:
    """The highest of the levels of the fired rules, the floors that apply and the lowest level still possible."""
    scales = fired.ruleset.scales
    rank = scales.urgency_rank
    by_rules, certain = rank(fired.standing.level), rank(bounds.urgency[0])
    by_floor = max((rank(floor.level) for floor in fired.floors), default=0)
    highest = max(by_rules, certain, by_floor)
    reasons = [CORE_UNANSWERED] if fired.floors else []
    if certain > max(by_rules, by_floor):
        reasons.append("urgency-certain")
    if scales.urgency_ids[highest] == LOWEST_URGENCY:
        reasons.append("no-urgent-indicator")
    by_answers = max(by_rules, certain)
    not_sorted = by_floor > by_answers and by_answers < rank(scales.floor)
    return Level(scales.urgency_ids[highest], "not_sorted" if not_sorted else "sorted", tuple(reasons))


def _inside(rating: str, bounds: Bounds, scales: Scales) -> str:
    """The rating if it is still possible; else the next lower one that is, else the lowest one that is."""
    if rating in bounds.suitability:
        return rating
    below = [lower for lower in bounds.suitability if scales.rating_rank(lower) < scales.rating_rank(rating)]
    return below[-1] if below else bounds.suitability[0]


def _reported(rating: str, so_far: Standing, bounds: Bounds, scales: Scales) -> tuple[str, tuple[str, ...]]:
    """The rating that is reported unless it is on hold, and the built-in reasons for it."""
    above_nothing = scales.rating_rank(bounds.suitability[-1]) > scales.rating_rank(NO_SUPPORT)
    if not so_far.targets and not bounds.suitability_settled and above_nothing:
        return INSUFFICIENT, ("insufficient-information",)
    if rating != so_far.rating:
        return rating, ("rating-certain",)
    return rating, ("no-indication",) if rating == NO_SUPPORT else ()


def _of_standing(so_far: Standing) -> tuple[str, ...]:
    """The built-in reasons for supports that are capped or do not count."""
    capped = (NOT_THE_LEADING_PROBLEM,) if so_far.capped else ()
    return (*capped, CONDITION_BESIDE) if so_far.silenced else capped


def _so_far(fired: FiredRules) -> Common:
    """Targets, role, certainty and course according to the fired rules."""
    so_far = fired.standing
    targets = tuple(target.target for target in so_far.best)
    plan = plan_for(fired.ruleset, targets, fired.answers)
    return Common(targets, so_far.role, so_far.certainty, plan)
