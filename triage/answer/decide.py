"""From the rules that fired to a verdict: the lattice of ratings, the floor under urgencies, and what is reported.

``rating = min(highest support that fired, lowest limit that fired)``; ``urgency = highest of the rules that fired, the
floor while a core fact is unanswered, and the lowest level still possible``. No rule has a priority and order never
matters.
"""

from __future__ import annotations

from dataclasses import dataclass

from triage.answer.fired_rules import FiredRules
from triage.engines.outcome import Bounds
from triage.model.rule import Limits, Rule, Supports
from triage.model.scales import CORE_UNANSWERED, INSUFFICIENT, LOWEST_URGENCY, NO_SUPPORT, ON_HOLD, Scales


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is reported of suitability and urgency, and the built-in reasons for it."""

    rating: str
    targets: tuple[str, ...]
    role: str | None
    certainty: str | None
    limited_by: tuple[str, ...]
    level: str
    missing: tuple[str, ...]
    built_in: tuple[str, ...]

    @property
    def on_hold(self) -> bool:
        """Whether the rating is held back for safety."""
        return self.rating == ON_HOLD


def decide(fired: FiredRules, bounds: Bounds) -> Verdict:
    """Decide what is reported: ``bounds`` are what rating and level can still be."""
    scales, missing = fired.ruleset.scales, fired.missing
    level, urgency_reasons = _level(fired.so_far.level, bounds, missing, scales)
    rating, rating_reasons = _rating(fired, bounds, scales)
    if level in scales.hold_at:
        rating, rating_reasons = ON_HOLD, ("on-hold-safety-first",)
    supports = [rule.effect for rule in fired.rules if isinstance(rule.effect, Supports)]
    leading = _leading(supports, scales)
    binding = _binding_limits(fired.rules, supports, scales)
    silent = not supports or scales.ratings_below_support(rating)
    return Verdict(
        rating=rating,
        targets=() if silent else tuple(dict.fromkeys(target for each in leading for target in each.targets)),
        role=None if silent else _role(leading, fired.rules, scales),
        certainty=_certainty(binding, () if silent else leading, scales),
        limited_by=tuple(rule.id for rule in binding),
        level=level,
        missing=missing,
        built_in=(*urgency_reasons, *rating_reasons),
    )


def _level(level: str, bounds: Bounds, missing: tuple[str, ...], scales: Scales) -> tuple[str, tuple[str, ...]]:
    reasons: list[str] = []
    rank = scales.urgency_rank(level)
    if missing:
        rank = max(rank, scales.urgency_rank(scales.floor))
        reasons.append(CORE_UNANSWERED)
    lowest_possible = scales.urgency_rank(bounds.urgency[0])
    if lowest_possible > rank:
        rank = lowest_possible
        reasons.append("urgency-certain")
    if scales.urgency_ids[rank] == LOWEST_URGENCY:
        reasons.append("no-urgent-indicator")
    return scales.urgency_ids[rank], tuple(reasons)


def _rating(fired: FiredRules, bounds: Bounds, scales: Scales) -> tuple[str, tuple[str, ...]]:
    rating = fired.so_far.rating
    rank = scales.rating_rank(rating)
    lowest, highest = (scales.rating_rank(bounds.suitability[end]) for end in (0, -1))
    reported = scales.rating_ids[min(max(rank, lowest), highest)]
    supported = any(isinstance(rule.effect, Supports) for rule in fired.rules)
    nothing = scales.rating_rank(NO_SUPPORT)
    if not supported and not bounds.suitability_settled and highest > nothing:
        return INSUFFICIENT, ("insufficient-information",)
    if reported != rating:
        return reported, ("rating-certain",)
    return reported, ("no-indication",) if reported == NO_SUPPORT else ()


def _leading(supports: list[Supports], scales: Scales) -> tuple[Supports, ...]:
    best = max((scales.rating_rank(each.rating) for each in supports), default=0)
    return tuple(each for each in supports if scales.rating_rank(each.rating) == best)


def _binding_limits(rules: tuple[Rule, ...], supports: list[Supports], scales: Scales) -> tuple[Rule, ...]:
    """The limits that hold the rating lower than the supports would have it."""
    limits = [(rule, scales.rating_rank(rule.effect.to)) for rule in rules if isinstance(rule.effect, Limits)]
    supported = max((scales.rating_rank(each.rating) for each in supports), default=scales.rating_rank(NO_SUPPORT))
    lowest = min((rank for _, rank in limits), default=supported)
    return tuple(rule for rule, rank in limits if rank == lowest < supported)


def _role(leading: tuple[Supports, ...], rules: tuple[Rule, ...], scales: Scales) -> str | None:
    """The most cautious role that a leading support or any fired limit carries."""
    carried = {each.role for each in leading}
    carried |= {rule.effect.role for rule in rules if isinstance(rule.effect, Limits) and rule.effect.role}
    return next((term.id for term in scales.roles if term.id in carried), None)


def _certainty(binding: tuple[Rule, ...], leading: tuple[Supports, ...], scales: Scales) -> str | None:
    """The highest certainty among the binding limits, or else among the leading supports."""
    given = {rule.effect.certainty for rule in binding if isinstance(rule.effect, Limits)}
    given = given or {each.certainty for each in leading}
    return next((term.id for term in scales.certainties if term.id in given), None)
