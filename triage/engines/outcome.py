"""What a set of fired rules comes to on the scales, and what an incomplete referral can still become.

These are the words that the engines, the decision and the answer share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from triage.model.rule import Limits, Rule, Supports, Urgency
from triage.model.scales import NO_LIMIT, NO_SUPPORT, Scales


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the ratings and the urgencies by rules can still be, lowest first.

    Not ``exact`` where the answers given leave no completion: then every value is listed, and none is settled.
    """

    suitability: tuple[str, ...]
    urgency: tuple[str, ...]
    exact: bool = True

    @property
    def suitability_settled(self) -> bool:
        """Whether the rating can be only one."""
        return self.exact and len(self.suitability) == 1

    @property
    def urgency_settled(self) -> bool:
        """Whether the urgency can be only one."""
        return self.exact and len(self.urgency) == 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The values on the scales that a set of fired rules gives, before floor, bounds and hold."""

    rating: str
    level: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """What could still be once a question has this answer: ratings and urgencies, lowest first."""

    answer: Any
    suitability: tuple[str, ...]
    urgency: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An unanswered fact that can change something: what it can change, and each answer's consequence."""

    fact: str
    can_change: tuple[str, ...]
    would: tuple[Consequence, ...] = ()


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What an incomplete referral can still become, and the questions that can change it."""

    bounds: Bounds
    questions: tuple[OpenQuestion, ...] = ()


def outcome(rules: Iterable[Rule], scales: Scales) -> Outcome:
    """Combine fired rules into a rating and a level: the highest support under the lowest limit; the highest level."""
    support, limit, level = scales.rating_rank(NO_SUPPORT), scales.rating_rank(NO_LIMIT), 0
    for rule in rules:
        match rule.effect:
            case Supports(rating=rating):
                support = max(support, scales.rating_rank(rating))
            case Limits(to=to):
                limit = min(limit, scales.rating_rank(to))
            case Urgency(level=name):
                level = max(level, scales.urgency_rank(name))
    return Outcome(scales.rating_ids[min(support, limit)], scales.urgency_ids[level])
