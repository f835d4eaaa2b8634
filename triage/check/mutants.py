"""Mutation testing of rules: small changes of a rule, and which of them its examples catch.

A change adds or removes a value, moves a bound by one, or drops a condition. It is caught if the changed rule gives
another result on some example. It is *equivalent* if no complete, admitted referral tells it from the rule: no example
can catch it then. A decision diagram over the facts that the rule reads decides which changes are equivalent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from triage.check.examples import truth_of
from triage.engines.completions.diagram import NodeTable
from triage.engines.completions.engine import conjunctions_of
from triage.engines.completions.levels import Levels
from triage.engines.completions.meaning import Meaning
from triage.model.fact import Fact
from triage.model.rule import Between, Condition, Conjunction, Empty, Includes, OneOf, Rule
from triage.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one small change: the change in words, the condition it affects, and the changed rule."""

    change: str
    condition: Condition
    rule: Rule
    drops: bool = False


def mutants(rule: Rule, vocabulary: Vocabulary) -> Iterator[Mutant]:
    """List every small change of the rule that leaves each alternative at least one condition."""
    for number, conjunction in enumerate(rule.when):
        for condition, change, changed in _changes(conjunction, vocabulary):
            if changed:
                when = (*rule.when[:number], changed, *rule.when[number + 1 :])
                yield Mutant(change, condition, replace(rule, when=when), len(changed) < len(conjunction))
    for condition, change, changed in _changes(rule.unless, vocabulary):
        drops = len(changed) < len(rule.unless)
        yield Mutant(f"unless: {change}", condition, replace(rule, unless=changed), drops)


def _changes(conjunction: Conjunction, vocabulary: Vocabulary) -> Iterator[tuple[Condition, str, Conjunction]]:
    for number, condition in enumerate(conjunction):
        before, after = conjunction[:number], conjunction[number + 1 :]
        yield condition, f"`{condition.fact}` dropped", (*before, *after)
        for change, other in _others(condition, vocabulary[condition.fact]):
            yield condition, f"`{condition.fact}` {change}", (*before, other, *after)


def _others(condition: Condition, fact: Fact) -> Iterator[tuple[str, Condition]]:
    """List the condition with one value more or less, or with a bound moved by one."""
    match condition:
        case OneOf(values=values):
            yield from _members(values, fact.values, lambda left: OneOf(fact.name, left))
        case Includes(members=members):
            yield from _members(members, fact.values, lambda left: Includes(fact.name, left))
        case Between(low=low, high=high):
            if low > fact.minimum:
                yield from (
                    (f"from {bound}", Between(fact.name, bound, high)) for bound in (low - 1, low + 1) if bound <= high
                )
            if high < fact.maximum:
                yield from (
                    (f"to {bound}", Between(fact.name, low, bound)) for bound in (high - 1, high + 1) if bound >= low
                )
        case Empty():
            return


def _members(
    values: frozenset[str], known: Collection[str], condition_with: Callable[[frozenset[str]], Condition]
) -> Iterator[tuple[str, Condition]]:
    for value in known:
        if value not in values:
            yield f"with {value}", condition_with(values | {value})
        elif len(values) > 1:
            yield f"without {value}", condition_with(values - {value})


def is_caught(mutant: Mutant, rule: Rule, vocabulary: Vocabulary) -> bool:
    """Say whether the mutant gives another result on some example of the rule."""
    return any(truth_of(mutant.rule, example, vocabulary) is not example.fires for example in rule.examples)


class Differences:
    """Decide for mutants whether some complete, admitted referral tells them from their rule.

    ``compared`` are all rules and mutants that are asked about.
    """

    def __init__(self, compared: Iterable[Rule], vocabulary: Vocabulary) -> None:
        self._meaning = Meaning(Levels(vocabulary, conjunctions_of(compared)), NodeTable())
        self._broken = self._meaning.broken()

    def differs(self, rule: Rule, mutant: Mutant) -> bool:
        """Say whether rule and mutant differ on some referral."""
        meaning = self._meaning
        one, other = (meaning.fires(changed.when, changed.unless) for changed in (rule, mutant.rule))
        only_one = meaning.any_of(
            meaning.all_of((fires, meaning.table.negated(does_not))) for fires, does_not in ((one, other), (other, one))
        )
        return bool(meaning.where_kept(only_one, self._broken).values & 0b10)


@dataclass(frozen=True, slots=True)
class Tried:
    """The mutants of one rule: caught, missed or equivalent."""

    rule: str
    caught: tuple[Mutant, ...]
    missed: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]


def tried(rule: Rule, vocabulary: Vocabulary) -> Tried:
    """Try every small change of one rule on its examples."""
    changed = tuple(mutants(rule, vocabulary))
    caught = tuple(mutant for mutant in changed if is_caught(mutant, rule, vocabulary))
    left = [mutant for mutant in changed if mutant not in caught]
    differences = Differences([rule, *(mutant.rule for mutant in left)], vocabulary)
    missed = tuple(mutant for mutant in left if differences.differs(rule, mutant))
    return Tried(rule.id, caught, missed, tuple(mutant for mutant in left if mutant not in missed))
