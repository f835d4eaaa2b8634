"""The rule language as one frozen tree, and what a single condition means.

A condition is about one fact. A conjunction is conditions that must all hold; a rule's ``when`` is one or more
conjunctions, of which any one is enough. Truth is three-valued: ``True``, ``False``, or ``None`` for unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never, get_args

from triage.model.faults import NOWHERE, Place, Places, place_in

Value = str | int | frozenset[str]
"""An answer: a value's id, a number, or the members of a set."""

Answers = Mapping[str, Value]
"""Answered facts by name; a fact that is not answered is absent."""

Truth = bool | None
"""True, False, or None for unknown (Kleene's strong three-valued logic)."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact's value is one of ``values``."""

    fact: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Between:
    """The fact's number lies in ``low``..``high``, both included."""

    fact: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Includes:
    """The fact's set has at least one of ``members``."""

    fact: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Empty:
    """The fact's set is empty (``empty``) or is not."""

    fact: str
    empty: bool


Condition = OneOf | Between | Includes | Empty
Conjunction = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Supports:
    """Speaks for: the rating may go up to ``rating``."""

    rating: str
    targets: tuple[str, ...]
    role: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Speaks against: the rating may go no further than ``to``; ``until`` where it is for now only."""

    to: str
    certainty: str
    role: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Urgency:
    """A clinician must act within the time of ``level``; ``action`` tells the coordinator what to do."""

    level: str
    action: str


@dataclass(frozen=True, slots=True)
class Derives:
    """While ``fact`` is unanswered, take it to be ``value`` for the rating so far."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class Focus:
    """Proposes one of the problem areas."""

    area: str


@dataclass(frozen=True, slots=True)
class Format:
    """Says that a format is suited, or is not."""

    format: str
    suited: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """A therapy to offer first (``first``) or beside."""

    therapy: str
    first: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """A note that changes no rating; in a comparison it says which therapy it ``favours``."""

    topic: str
    favours: str | None = None


Effect = Supports | Limits | Urgency | Derives | Focus | Format | Alternative | Advice
EffectName = Literal["supports", "limits", "urgency", "derives", "focus", "format", "alternative", "advice"]
EFFECTS: tuple[EffectName, ...] = get_args(EffectName)
"""The names of all effects."""


def effect_name(effect: Effect) -> EffectName:
    """Give the effect's name as the answer and the rule files spell it."""
    match effect:
        case Supports():
            return "supports"
        case Limits():
            return "limits"
        case Urgency():
            return "urgency"
        case Derives():
            return "derives"
        case Focus():
            return "focus"
        case Format():
            return "format"
        case Alternative():
            return "alternative"
        case Advice():
            return "advice"
    assert_never(effect)


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a rule's knowledge comes from: a source's id, with the page's claim or what was found."""

    id: str
    claim: str | None = None
    finding: str | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Example:
    """A referral inside a rule file, and whether the rule fires on it (None: unknown)."""

    name: str
    given: Mapping[str, Value]
    fires: Truth
    place: Place


SET_ASIDE = ("draft", "retired")
"""The states of a rule that does not run."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one file. ``when``, ``unless`` and ``effect`` are its meaning; the rest explains and governs it."""

    id: str
    title: str
    when: tuple[Conjunction, ...]
    unless: Conjunction
    effect: Effect
    because: str
    sources: tuple[SourceRef, ...]
    place: Place = NOWHERE
    status: Literal["draft", "active", "retired"] = "active"
    examples: tuple[Example, ...] = ()
    not_covered: tuple[str, ...] = ()
    covered_by: str | None = None
    evidence: tuple[str, ...] = ()
    author: str | None = None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    places: Places = field(default_factory=dict, compare=False, repr=False)

    def at(self, *path: str | int) -> Place:
        """Where a part of the rule stands in its file, or what is nearest around it."""
        return place_in(self.places, path, self.place)

    def at_condition(self, fact: str) -> Place:
        """Where the first condition on a fact stands."""
        paths = [path for path in self.places if path[0:1] in (("when",), ("unless",)) and path[-1] == fact]
        return self.at(*paths[0]) if paths else self.at("when")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of the rule, those of ``unless`` last."""
        return tuple(c for conjunction in self.when for c in conjunction) + self.unless

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the rule's conditions read, each once, in order of appearance."""
        return tuple(dict.fromkeys(condition.fact for condition in self.conditions))


def value_satisfies(condition: Condition, value: Value) -> bool:
    """Say whether an answered value satisfies the condition.

    Raises TypeError where the value's type is not the condition's: only typed values may get here.
    """
    if isinstance(value, str):
        if isinstance(condition, OneOf):
            return value in condition.values
    elif isinstance(value, frozenset):
        if isinstance(condition, Includes):
            return not condition.members.isdisjoint(value)
        if isinstance(condition, Empty):
            return (not value) is condition.empty
    elif isinstance(condition, Between):
        return condition.low <= value <= condition.high
    raise TypeError(f"{condition.fact}: {value!r} does not fit {condition}")


def holds(condition: Condition, answers: Answers) -> Truth:
    """Say whether the condition holds of the answered facts; None where its fact is not answered."""
    value = answers.get(condition.fact)
    return None if value is None else value_satisfies(condition, value)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene conjunction: False if any is False, else None if any is unknown, else True."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene disjunction: True if any is True, else None if any is unknown, else False."""
    result: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            result = None
    return result
