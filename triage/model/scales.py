"""The scales: ratings, urgencies with their clocks, certainties, roles, problem areas, and the built-in reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from triage.model.rule import SourceRef

NO_SUPPORT = "no_indication"
NO_LIMIT = "recommended"
LOWEST_SUPPORT = "possible"
LOWEST_URGENCY = "routine"
HIGHEST_URGENCY = "emergency"
ON_HOLD = "on_hold"
INSUFFICIENT = "insufficient_information"
CORE_UNANSWERED = "core-safety-unanswered"
"""The built-in reason that lists the core safety questions not answered."""


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a scale and how it reads."""

    id: str
    label: str
    meaning: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class UrgencyTerm:
    """An urgency: ``respond_within`` as the answer gives it, and what to do when no rule says more."""

    id: str
    label: str
    respond_within: Mapping[str, Any]
    action: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class BuiltInReason:
    """A reason that the way of deciding gives, rather than a rule."""

    id: str
    effect: str
    value: str | None
    title: str
    because: str
    sources: tuple[SourceRef, ...]
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scales:
    """All scales, each lowest or most cautious first."""

    ratings: tuple[Term, ...]
    urgencies: tuple[UrgencyTerm, ...]
    certainties: tuple[Term, ...] = ()
    roles: tuple[Term, ...] = ()
    foci: tuple[Term, ...] = ()
    formats: tuple[Term, ...] = ()
    therapies: tuple[Term, ...] = ()
    reported: tuple[Term, ...] = ()
    hold_at: frozenset[str] = frozenset()
    floor: str = "urgent"
    built_in: Mapping[str, BuiltInReason] = field(default_factory=dict)
    next_step: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def rating_ids(self) -> tuple[str, ...]:
        """The ratings by id, the lowest first."""
        return tuple(term.id for term in self.ratings)

    @cached_property
    def urgency_ids(self) -> tuple[str, ...]:
        """The urgencies by id, the least urgent first."""
        return tuple(term.id for term in self.urgencies)

    @cached_property
    def _rating_rank(self) -> Mapping[str, int]:
        return {id_: rank for rank, id_ in enumerate(self.rating_ids)}

    @cached_property
    def _urgency_rank(self) -> Mapping[str, int]:
        return {id_: rank for rank, id_ in enumerate(self.urgency_ids)}

    def rating_rank(self, rating: str) -> int:
        """A rating's place on its scale, 0 the lowest; KeyError for a value that is not on it."""
        return self._rating_rank[rating]

    def ratings_below_support(self, rating: str) -> bool:
        """Say whether a reported rating says nothing of any support: held, insufficient, or at most no indication."""
        return self._rating_rank.get(rating, 0) <= self._rating_rank[NO_SUPPORT]

    def urgency_rank(self, level: str) -> int:
        """An urgency's place on its scale, 0 the lowest."""
        return self._urgency_rank[level]

    def urgency(self, level: str) -> UrgencyTerm:
        """The urgency with this id."""
        return self.urgencies[self._urgency_rank[level]]
