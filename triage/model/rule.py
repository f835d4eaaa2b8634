"""The rule language as frozen dataclasses. What a condition means is in :mod:`triage.model.truth`.

A condition is about one fact. A conjunction is a list of conditions that must all hold. A rule's ``when`` is one or
more conjunctions, of which at least one must hold. Truth is ``True``, ``False``, or ``None`` for unknown.

An *open set* is an answer that may be incomplete: a frozenset of ``"unknown"`` and at least one member. Its members
are known to be in the set; whether any other value is in it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar, assert_never, get_args

from triage.model.faults import NOWHERE, Place, Places, place_in

UNKNOWN = "unknown"
"""The answer "asked, not known". It is recorded and evaluated like no answer. As a member it makes a set open."""

Value = str | int | frozenset[str]
"""An answer: a value's id, a number, or the members of a set, with "unknown" among them where the set is open."""

Answers = Mapping[str, Value]
"""Answers by name of fact. A fact without an answer is absent; one with an open set is present but unanswered."""

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
    """Supports IPT for each target, up to ``rating``, in this role and with this certainty of evidence."""

    rating: str
    targets: tuple[str, ...]
    role: str
    certainty: str


@dataclass(frozen=True, slots=True)
class AdultsOnly:
    """Why a limit that begins at some age does not hold for 12 to 17: a sentence and the id of its source."""

    because: str
    source: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits the rating of each target to ``to`` at most.

    Empty ``targets`` means every target. ``until`` says what ends the limit, where it is temporary.
    """

    to: str
    targets: tuple[str, ...] = ()
    certainty: str | None = None
    role: str | None = None
    until: str | None = None
    adults_only: AdultsOnly | None = None

    def applies_to(self, target: str) -> bool:
        """Whether the limit applies to this target."""
        return not self.targets or target in self.targets


@dataclass(frozen=True, slots=True)
class Action:
    """What the coordinator does: first of all, then, what to ask, the ids of additive lines, and what to do later."""

    first: str = ""
    do: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


NO_ACTION = Action()


@dataclass(frozen=True, slots=True)
class Urgency:
    """Sets an urgency: a clinician must act within the time of ``level``, because of this kind of ``danger``.

    ``covers`` names the rules whose reason and whose ``first``, ``do`` and ``ask`` are not shown beside this rule.
    """

    level: str
    danger: str = ""
    action: Action = NO_ACTION
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derives:
    """Assumes ``value`` for ``fact`` in the rating so far, while the fact is unanswered."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class Focus:
    """Proposes one of the problem areas."""

    area: str


@dataclass(frozen=True, slots=True)
class Format:
    """Says whether a format of the sessions is suited."""

    format: str
    suited: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """A therapy to offer before IPT ("first") or as a choice beside it, for these targets (empty: for all).

    ``because`` says why this therapy is offered; where it is empty, the rule's own sentence does.
    """

    therapy: str
    offer: Literal["first", "beside"]
    targets: tuple[str, ...] = ()
    because: str = ""


Compared = Literal["ipt", "cbt"]
"""The two therapies that a comparison is between. They are keys of every answer, so they are part of the language."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A note that changes no rating. A comparison says which therapy it ``favours``."""

    topic: str
    favours: Compared | None = None


Effect = Supports | Limits | Urgency | Derives | Focus | Format | Alternative | Advice
EffectName = Literal["supports", "limits", "urgency", "derives", "focus", "format", "alternative", "advice"]
Kind = TypeVar("Kind", bound=Effect)
EFFECTS: tuple[EffectName, ...] = get_args(EffectName)
"""The names of all effects."""


def effect_name(effect: Effect) -> EffectName:
    """The name of an effect in rule files and answers."""
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
    """A reference to a source by id, with the claim of the page or the finding that is cited."""

    id: str
    claim: str | None = None
    finding: str | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Example:
    """An example in a rule file: answers, and whether the rule fires on them (None: it is open)."""

    name: str
    given: Mapping[str, Value]
    fires: Truth
    place: Place


SET_ASIDE = ("draft", "retired")
"""The statuses of a rule that is not run."""


@dataclass(frozen=True)
class Rule:
    """One rule. ``when``, ``unless`` and ``effects`` are its meaning; the rest documents it.

    ``table`` is the id of the file for a row of a table or a cut-off of an instrument, else None.
    """

    id: str
    title: str
    when: tuple[Conjunction, ...]
    unless: Conjunction
    effects: tuple[Effect, ...]
    because: str
    sources: tuple[SourceRef, ...]
    place: Place = NOWHERE
    status: Literal["draft", "active", "retired"] = "active"
    examples: tuple[Example, ...] = ()
    not_covered: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    author: str | None = None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    reviewed_meaning: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    table: str | None = None
    places: Places = field(default_factory=dict, compare=False, repr=False)

    def at(self, *path: str | int) -> Place:
        """The place of a part of the rule in its file, or of the nearest part that encloses it."""
        return place_in(self.places, path, self.place)

    def at_condition(self, fact: str) -> Place:
        """The place of the first condition on a fact."""
        paths = [path for path in self.places if path[0:1] in (("when",), ("unless",)) and path[-1] == fact]
        return self.at(*paths[0]) if paths else self.at("when")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of the rule, those of ``unless`` last."""
        return tuple(condition for conjunction in self.when for condition in conjunction) + self.unless

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the rule's conditions read, each once, in order of appearance."""
        return tuple(dict.fromkeys(condition.fact for condition in self.conditions))

    @cached_property
    def read_by_alternatives(self) -> tuple[tuple[str, ...], ...]:
        """The facts that each alternative of ``when`` reads, each once."""
        return tuple(tuple(dict.fromkeys(condition.fact for condition in conjunction)) for conjunction in self.when)

    def of(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """The rule's effects of one kind."""
        return tuple(effect for effect in self.effects if isinstance(effect, kind))

    @cached_property
    def supports(self) -> tuple[Supports, ...]:
        """The rule's supports."""
        return self.of(Supports)

    @cached_property
    def limits(self) -> tuple[Limits, ...]:
        """The rule's limits."""
        return self.of(Limits)

    @cached_property
    def derives(self) -> Derives | None:
        """What the rule derives; a rule that derives has no other effect."""
        return next(iter(self.of(Derives)), None)

    @cached_property
    def urgency(self) -> Urgency | None:
        """The urgency that the rule sets; a rule sets one at most."""
        return next(iter(self.of(Urgency)), None)
