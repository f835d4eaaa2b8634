"""The scales: ratings, urgencies with their clocks, certainties, roles, problem areas, and the built-in reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from triage.model.rule import NO_ACTION, Action, Conjunction, SourceRef

NO_SUPPORT = "no_indication"
NO_LIMIT = "recommended"
LOWEST_SUPPORT = "possible"
LOWEST_URGENCY = "routine"
HIGHEST_URGENCY = "emergency"
ON_HOLD = "on_hold"
INSUFFICIENT = "insufficient_information"
NOT_THE_LEADING_PROBLEM = "not-the-leading-problem"
"""The built-in limit on what stands beside a leading problem that nothing supports; its value is the cap."""
CONDITION_BESIDE = "condition-beside-a-life-problem"
"""The built-in reason why a life problem's support does not count."""
GENERAL_FLOOR = "general"
"""The floor of every unanswered core fact that sets none of its own."""
LOWEST_WITH_ROLE = "possible"
"""Below this rating a target has no role."""
LOWEST_WITH_CERTAINTY = "suitable"
"""Below this rating a target has no certainty: how sure it is that something else is better is none for IPT."""
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
class FormatTerm:
    """A format of the sessions; with ``suited_only_when`` it is said to be suited only while that is known to hold."""

    id: str
    label: str
    meaning: str = ""
    suited_only_when: tuple[Conjunction, ...] = ()


@dataclass(frozen=True, slots=True)
class UrgencyTerm:
    """An urgency: ``respond_within`` as the answer gives it, and what to do where no rule and no floor says it."""

    id: str
    label: str
    respond_within: Mapping[str, Any]
    action: Action = NO_ACTION
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


@dataclass(frozen=True, slots=True)
class Line:
    """An additive line: what never to do, or what to do also, for every rule that names it.

    It is not shown beside the line ``not_beside``.
    """

    id: str
    kind: Literal["never", "also"]
    text: str
    not_beside: str | None = None


@dataclass(frozen=True, slots=True)
class FloorAction:
    """What to do where a floor holds the level: it stands among the rules of its level with this danger."""

    danger: str
    action: Action


@dataclass(frozen=True, slots=True)
class LifeTarget:
    """A target of supports that is no condition: a life problem with its problem area, or prevention."""

    id: str
    label: str
    life_problem: bool = False
    focus: str | None = None


@dataclass(frozen=True, slots=True)
class Therapy:
    """A therapy that may be offered; never while one of ``not_offered_when`` holds of the answers."""

    id: str
    label: str
    not_offered_when: tuple[Conjunction, ...] = ()


@dataclass(frozen=True)
class Scales:
    """All scales, each lowest or most cautious first; dangers, lines and ``urgency_order`` in the order of display.

    ``urgency_order`` lists each urgency rule once: among rules of one level and danger, it says which action is first.
    ``floor`` is the level of the general floor; ``floors`` hold its action and those of facts that set their own.
    """

    ratings: tuple[Term, ...]
    urgencies: tuple[UrgencyTerm, ...]
    certainties: tuple[Term, ...] = ()
    roles: tuple[Term, ...] = ()
    foci: tuple[Term, ...] = ()
    formats: tuple[FormatTerm, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    reported: tuple[Term, ...] = ()
    hold_at: frozenset[str] = frozenset()
    floor: str = "urgent"
    built_in: Mapping[str, BuiltInReason] = field(default_factory=dict)
    next_step: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[LifeTarget, ...] = ()
    dangers: tuple[Term, ...] = ()
    lines: tuple[Line, ...] = ()
    urgency_order: tuple[str, ...] = ()
    floors: Mapping[str, FloorAction] = field(default_factory=dict)
    refused: Action = NO_ACTION

    @cached_property
    def rating_ids(self) -> tuple[str, ...]:
        """The ratings by id, the lowest first."""
        return tuple(term.id for term in self.ratings)

    @cached_property
    def urgency_ids(self) -> tuple[str, ...]:
        """The urgencies by id, the least urgent first."""
        return tuple(term.id for term in self.urgencies)

    @cached_property
    def life_problems(self) -> frozenset[str]:
        """The targets whose supports do not count while a condition stands beside them."""
        return frozenset(target.id for target in self.targets if target.life_problem)

    @cached_property
    def cap(self) -> str:
        """The highest rating of what stands beside a leading problem that nothing supports."""
        reason = self.built_in.get(NOT_THE_LEADING_PROBLEM)
        return reason.value if reason is not None and reason.value is not None else NO_LIMIT

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
