"""The vocabulary: every fact, which are asked and which are core, and what contradicts what.

``rules/vocabulary.yaml`` is read here once; the referral model, the API schema, the form, the engines and the
proofs are all made from what this module returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from triage.model.fact import Fact
from triage.model.rule import Answers, Condition, Conjunction, Truth, Value, all_of, any_of, holds, value_satisfies

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
        return all_of(holds(condition, answers) for condition in self.never) is True


Constraint = AtMost | Never


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the form."""

    id: str
    title: str
    help: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """All facts by name in the order of the file, their groups and the constraints between them."""

    facts: Mapping[str, Fact]
    groups: tuple[Group, ...] = ()
    constraints: tuple[Constraint, ...] = ()

    @cached_property
    def gated(self) -> tuple[Fact, ...]:
        """The facts that are asked only when something else holds."""
        return tuple(fact for fact in self.facts.values() if fact.asked_when)

    def __getitem__(self, name: str) -> Fact:
        return self.facts[name]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    @cached_property
    def _gating(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.fact for fact in self.gated for when in fact.asked_when for each in when))

    @cached_property
    def _asked(self) -> dict[tuple[Value | None, ...], dict[str, Truth]]:
        return {}

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Each fact's place in the file, for ordering answers."""
        return {name: index for index, name in enumerate(self.facts)}

    def asked(self, name: str, answers: Answers) -> Truth:
        """Say whether the fact is asked of this referral; None where that is not yet known."""
        conjunctions = self.facts[name].asked_when
        if not conjunctions:
            return True
        return any_of(all_of(holds(condition, answers) for condition in each) for each in conjunctions)

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

    def truth(self, condition: Condition, answers: Answers, asked: Mapping[str, Truth]) -> Truth:
        """Say whether a rule's condition holds: "asked, and the answer satisfies it"; ``asked`` from asked_all."""
        is_asked = asked.get(condition.fact, True)
        if is_asked is False:
            return False
        value = answers.get(condition.fact)
        if value is None:
            return None
        return is_asked if value_satisfies(condition, value) else False

    def core_unanswered(self, answers: Answers) -> tuple[str, ...]:
        """Name the core facts that are not answered. "Core when" is read with caution: unless known to be false."""
        return tuple(fact.name for fact in self if fact.name not in answers and self._is_core(fact, answers))

    def _is_core(self, fact: Fact, answers: Answers) -> bool:
        match fact.core.kind:
            case "never":
                return False
            case "always":
                return True
            case "unless":
                return all_of(holds(condition, answers) for condition in fact.core.unless) is not True
            case "given":
                return fact.core.given in answers

    def contradictions(self, answers: Answers) -> tuple[Constraint, ...]:
        """Give the constraints that the given answers break."""
        return tuple(constraint for constraint in self.constraints if constraint.broken_by(answers))

    def unanswered(self, answers: Answers) -> tuple[str, ...]:
        """Name the facts that are asked, or may be, and have no answer."""
        return tuple(f.name for f in self if f.name not in answers and self.asked(f.name, answers) is not False)

    def not_used(self, answers: Answers) -> tuple[str, ...]:
        """Name the answers that have no effect since their fact is not asked; neutral answers are not named."""
        return tuple(
            fact.name
            for fact in self.gated
            if fact.name in answers and answers[fact.name] != fact.neutral and self.asked(fact.name, answers) is False
        )

    def is_complete(self, answers: Answers) -> bool:
        """Say whether every fact that is asked is answered."""
        return all(self.asked(name, answers) is False for name in self.facts.keys() - answers.keys())

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Sort names of facts by their place in the vocabulary."""
        return sorted(names, key=self.order.__getitem__)
