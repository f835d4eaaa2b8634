"""The scales: ratings, urgencies with their response times, certainties, roles, problem areas, built-in reasons."""

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
"""The built-in limit on all targets where no rule supports the leading problem. Its value is the cap."""
CONDITION_BESIDE = "condition-beside-a-life-problem"
"""The built-in reason why the supports of a life problem do not count: a condition is present as well."""
GENERAL_FLOOR = "general"
"""The id of the floor of every unanswered core fact without a floor of its own."""
LOWEST_WITH_ROLE = "possible"
"""The lowest rating for which an answer states a role."""
LOWEST_WITH_CERTAINTY = "suitable"
"""The lowest rating for which an answer states a certainty.

Below it, the evidence says that something else is better, which is no certainty of evidence for IPT.
"""
CORE_UNANSWERED = "core-safety-unanswered"
"""The built-in reason that lists the unanswered core safety questions."""


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a scale with its label."""

    id: str
    label: str
    meaning: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FormatTerm:
    """A format of the sessions. With ``suited_only_when`` it is called suited only while that is known to hold."""

    id: str
    label: str
    meaning: str = ""
    suited_only_when: tuple[Conjunction, ...] = ()


@dataclass(frozen=True, slots=True)
class UrgencyTerm:
    """An urgency. ``respond_within`` is copied into answers; ``action`` is used where no rule or floor gives one.

    ``clock`` holds the words by which a line of an action names this level's time. Such a line is not said at a higher
    level: one answer has one clock.
    """

    id: str
    label: str
    respond_within: Mapping[str, Any]
    action: Action = NO_ACTION
    meaning: str = ""
    clock: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltInReason:
    """A reason that comes from how ratings and levels are decided, not from a rule."""

    id: str
    effect: str
    value: str | None
    title: str
    because: str
    sources: tuple[SourceRef, ...]
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """An additive line: something never to do, or to do as well, shown with every rule that names it.

    It is left out where the line ``not_beside`` is shown.
    """

    id: str
    kind: Literal["never", "also"]
    text: str
    not_beside: str | None = None


@dataclass(frozen=True, slots=True)
class FloorAction:
    """The action of a floor. It is sorted among the rules of the floor's level by this danger."""

    danger: str
    action: Action


@dataclass(frozen=True, slots=True)
class LifeTarget:
    """A target of supports that is not a condition: a life problem with its problem area, or prevention."""

    id: str
    label: str
    life_problem: bool = False
    focus: str | None = None


@dataclass(frozen=True, slots=True)
class Therapy:
    """A therapy that may be offered, unless one of ``not_offered_when`` holds."""

    id: str
    label: str
    not_offered_when: tuple[Conjunction, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """The level of a stored record after so many failed attempts in a row to reach the person."""

    level: str
    failed_attempts: int
    to: str
    because: str
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True)
class Scales:
    """All scales, each from the lowest or most cautious value up; dangers and lines are in the order of display.

    ``urgency_order`` lists the id of each urgency rule once. It decides whose action comes first among rules of one
    level and danger. ``floor`` is the level of the general floor. ``floors`` holds the action of the general floor and
    of each fact with a floor of its own. ``hold_at`` are the levels at which no rating is shown.
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
    escalations: tuple[Escalation, ...] = ()

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
        """The targets whose supports do not count while a condition is suspected or current."""
        return frozenset(target.id for target in self.targets if target.life_problem)

    @cached_property
    def therapy_by_id(self) -> Mapping[str, tuple[int, Therapy]]:
        """The place of each therapy on its scale, and the therapy, by id."""
        return {therapy.id: (place, therapy) for place, therapy in enumerate(self.therapies)}

    @cached_property
    def cap(self) -> str:
        """The highest rating of any target where no rule supports the leading problem."""
        reason = self.built_in.get(NOT_THE_LEADING_PROBLEM)
        return reason.value if reason is not None and reason.value is not None else NO_LIMIT

    @cached_property
    def _rating_rank(self) -> Mapping[str, int]:
        return {id_: rank for rank, id_ in enumerate(self.rating_ids)}

    @cached_property
    def _urgency_rank(self) -> Mapping[str, int]:
        return {id_: rank for rank, id_ in enumerate(self.urgency_ids)}

    def rating_rank(self, rating: str) -> int:
        """A rating's rank, 0 for the lowest. Raises KeyError for a value that is not on the scale."""
        return self._rating_rank[rating]

    def ratings_below_support(self, rating: str) -> bool:
        """Whether a reported rating rests on no support: on hold, insufficient information, no indication or lower."""
        return self._rating_rank.get(rating, 0) <= self._rating_rank[NO_SUPPORT]

    def urgency_rank(self, level: str) -> int:
        """An urgency's rank, 0 for the lowest. Raises KeyError for a value that is not on the scale."""
        return self._urgency_rank[level]

    def urgency(self, level: str) -> UrgencyTerm:
        """The urgency with this id."""
        return self.urgencies[self._urgency_rank[level]]
