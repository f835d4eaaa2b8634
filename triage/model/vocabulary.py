"""The vocabulary: every fact, which are asked and which are core, and what contradicts what.

``rules/vocabulary.yaml`` is read here once; the referral model, the API schema, the form, the engines and the
proofs are all made from what this module returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from triage.model.fact import Fact
from triage.model.rule import (
    Answers,
    Condition,
    Conjunction,
    Truth,
    Value,
    all_hold,
    all_of,
    any_holds,
    holds,
    is_open,
)

MOST_REMEMBERED = 10_000
"""How many combinations of answers ``asked_all`` remembers before it begins anew."""


@dataclass(frozen=True, slots=True)
class AtMost:
    """A constraint between two numbers: ``lower`` <= ``upper`` + ``plus``."""

    id: str
    message: str
    lower: str
    upper: str
    plus: int

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the constraint ties together."""
        return (self.lower, self.upper)

    def broken_by(self, answers: Answers) -> bool:
        """Say whether the given answers contradict one another."""
        lower, upper = answers.get(self.lower), answers.get(self.upper)
        return isinstance(lower, int) and isinstance(upper, int) and lower > upper + self.plus


@dataclass(frozen=True, slots=True)
class Never:
    """A constraint against conditions that can't hold together; with ``given``, against giving that fact meanwhile."""

    id: str
    message: str
    never: Conjunction
    given: str | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the constraint ties together."""
        named = dict.fromkeys(condition.fact for condition in self.never)
        return (self.given, *named) if self.given else tuple(named)

    def broken_by(self, answers: Answers) -> bool:
        """Say whether the given answers contradict one another."""
        if self.given is not None and self.given not in answers:
            return False
        return all_hold(self.never, answers) is True


Constraint = AtMost | Never


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the form."""

    id: str
    title: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose word an answer may be. Where it does not count, ``why`` says so in an answer's ``not_counted``."""

    id: str
    label: str
    counts: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Clouded:
    """A state in which no reassuring answer counts, whoever gave it."""

    when: Conjunction
    why: str


@dataclass(frozen=True, slots=True)
class Lead:
    """What a leading problem is about, and what leads where none of that is supported.

    ``also_remitted``: about every condition that is answered remitted, too. ``otherwise``: where none of its targets
    is supported all targets lead, and with ``all_lead_capped`` none is rated above the cap that the scales set.
    """

    targets: tuple[str, ...] = ()
    also_remitted: bool = False
    otherwise: Literal["all_lead", "all_lead_capped"] = "all_lead"


@dataclass(frozen=True)
class Vocabulary:
    """All facts by name in the order of the file, their groups and the constraints between them.

    ``leads`` holds, for each value of the ``leading_fact``, what it is about. ``not_a_condition_beside`` are conditions
    that do not keep a life problem from counting, ``outside`` facts of which a yes lies outside what the rules know.
    """

    facts: Mapping[str, Fact]
    groups: tuple[Group, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    clouded_while: tuple[Clouded, ...] = ()
    leading_fact: str | None = None
    leads: Mapping[str, Lead] = field(default_factory=dict)
    not_a_condition_beside: frozenset[str] = frozenset()
    outside: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Fact:
        return self.facts[name]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    @cached_property
    def gated(self) -> tuple[Fact, ...]:
        """The facts that are asked only when something else holds."""
        return tuple(fact for fact in self.facts.values() if fact.asked_when)

    @property
    def deciding_conditions(self) -> Iterator[Condition]:
        """Every condition that decides what is asked, what is core, which floor holds and what contradicts what."""
        for fact in self:
            held_while = fact.floor.held_while if fact.floor is not None else ()
            for conjunction in (*fact.asked_when, *fact.core.when, *held_while):
                yield from conjunction
        for constraint in self.constraints:
            if isinstance(constraint, Never):
                yield from constraint.never

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """The facts of type condition, by name."""
        return tuple(fact.name for fact in self if fact.type == "condition")

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Each fact's place in the file, for ordering answers."""
        return {name: index for index, name in enumerate(self.facts)}

    def is_answered(self, name: str, answers: Answers) -> bool:
        """Say whether the fact is answered: it has an answer, and no open set."""
        return name in answers and not is_open(answers[name])

    def asked(self, name: str, answers: Answers) -> Truth:
        """Say whether the fact is asked of this referral; None where that is not yet known.

        A fact that is core, or can become so, counts as asked once it has any answer but its neutral one, so that no
        other answer can silence it.
        """
        fact = self.facts[name]
        if not fact.asked_when:
            return True
        if fact.can_be_core and name in answers and answers[name] != fact.neutral:
            return True
        return any_holds(fact.asked_when, answers)

    def asked_all(self, answers: Answers) -> Mapping[str, Truth]:
        """Say of each fact that is only sometimes asked whether it is asked of this referral.

        Remembered by the answers that it hangs on, which are few: it is asked several times a referral.
        """
        key = tuple(answers.get(name) for name in self._gating)
        known = self._asked.get(key)
        if known is None:
            if len(self._asked) > MOST_REMEMBERED:
                self._asked.clear()
            known = self._asked[key] = {fact.name: self.asked(fact.name, answers) for fact in self.gated}
        return known

    @cached_property
    def _gating(self) -> tuple[str, ...]:
        """The facts that decide which facts are asked: those that gates read, and gated facts that can be core."""
        read = (condition.fact for fact in self.gated for when in fact.asked_when for condition in when)
        return tuple(dict.fromkeys([*read, *(fact.name for fact in self.gated if fact.can_be_core)]))

    @cached_property
    def _asked(self) -> dict[tuple[Value | None, ...], dict[str, Truth]]:
        return {}

    def truth(self, condition: Condition, answers: Answers, asked: Mapping[str, Truth]) -> Truth:
        """Say whether a rule's condition holds: "asked, and the answer satisfies it"; ``asked`` from asked_all."""
        return all_of((asked.get(condition.fact, True), holds(condition, answers)))

    def core_unanswered(self, answers: Answers, still_open: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Name the core facts that are asked, or may be, and not answered.

        ``still_open`` names facts that stay unanswered here although they have an answer, as
        ``Referral.unanswered_for_floor`` does.
        """
        return tuple(
            fact.name
            for fact in self
            if fact.can_be_core
            and (fact.name in still_open or not self.is_answered(fact.name, answers))
            and self.asked(fact.name, answers) is not False
            and self._is_core(fact, answers)
        )

    def _is_core(self, fact: Fact, answers: Answers) -> bool:
        """Say whether the fact is core. "Core when" is read with caution: unless known to be false."""
        match fact.core.kind:
            case "never":
                return False
            case "always":
                return True
            case "when":
                return any_holds(fact.core.when, answers) is not False
            case "given":
                return fact.core.given in answers

    def contradictions(self, answers: Answers) -> tuple[Constraint, ...]:
        """Give the constraints that the given answers break."""
        return tuple(constraint for constraint in self.constraints if constraint.broken_by(answers))

    def unanswered(self, answers: Answers) -> tuple[str, ...]:
        """Name the facts that are asked, or may be, and are not answered."""
        return tuple(
            name
            for name in self.facts
            if not self.is_answered(name, answers) and self.asked(name, answers) is not False
        )

    def not_used(self, answers: Answers) -> tuple[str, ...]:
        """Name the answers that have no effect since their fact is not asked; neutral answers are not named."""
        return tuple(
            fact.name
            for fact in self.gated
            if fact.name in answers and answers[fact.name] != fact.neutral and self.asked(fact.name, answers) is False
        )

    def is_complete(self, answers: Answers) -> bool:
        """Say whether every fact that is asked is answered, and no set open."""
        return not self.unanswered(answers)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Sort names of facts by their place in the vocabulary."""
        return sorted(names, key=self.order.__getitem__)
