"""Propose examples that show what a rule's own examples do not: a referral where it fires, and its neighbours.

In a referral on which one alternative of the rule fires, each answer that the rule reads is replaced by every value
listed, by every other value, by the numbers on both sides of a bound, and by no answer. Only those are kept that show a
condition or a value that no example showed before.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from triage.check.examples import truth_of
from triage.check.mutants import Differences, Mutant, is_caught, mutants
from triage.check.shown import is_shown
from triage.model.fact import Fact
from triage.model.faults import NOWHERE
from triage.model.rule import Answers, Between, Condition, Conjunction, Empty, Example, Includes, OneOf, Rule, Value
from triage.model.truth import satisfies
from triage.model.vocabulary import Vocabulary

TRIES = 3_000
"""How many random referrals are drawn at most, after the neighbours."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An example without a name, and the one fact in which it differs from the referral it is a neighbour of."""

    example: Example
    changed: str | None


def proposed(rule: Rule, vocabulary: Vocabulary) -> tuple[Proposal, ...]:
    """Propose examples for what the rule's own do not show; none if they show everything."""
    chosen = Chosen(rule, vocabulary)
    for base, given in _candidates(rule, vocabulary):
        chosen.offer(base, given)
    drawn = _drawn(rule, vocabulary)
    for _ in range(TRIES):
        if not chosen.lacking:
            break
        given = next(drawn)
        chosen.offer(given, given)
    return tuple(chosen.proposals)


class Chosen:
    """The examples taken so far, and the mutants that neither they nor the rule's own catch or show."""

    def __init__(self, rule: Rule, vocabulary: Vocabulary) -> None:
        self._rule, self._vocabulary = rule, vocabulary
        self.proposals: list[Proposal] = []
        changed = tuple(mutants(rule, vocabulary))
        differences = Differences([rule, *(mutant.rule for mutant in changed)], vocabulary)
        self._asked_for = [mutant for mutant in changed if differences.differs(rule, mutant)]
        self.lacking = self._asked_for
        self._look_again()

    def offer(self, base: Answers, given: Answers) -> None:
        """Take a referral, with the one it is a neighbour of, if they show something new."""
        pair = [answers for answers in ((base, given) if base != given else (given,)) if self._is_new(answers)]
        if not pair:
            return
        taken = replace(self._rule, examples=(*self._rule.examples, *map(self._example, pair)))
        if self._of_new_kind(taken) or len(self._left(taken)) < len(self.lacking):
            new = taken.examples[len(self._rule.examples) :]
            self.proposals += [Proposal(example, _difference(base, example.given)) for example in new]
            self._rule = taken
            self._look_again()

    def _is_new(self, given: Answers) -> bool:
        known = any(dict(example.given) == dict(given) for example in self._rule.examples)
        return not known and not self._vocabulary.contradictions(given)

    def _of_new_kind(self, taken: Rule) -> bool:
        return {example.fires for example in taken.examples} != {example.fires for example in self._rule.examples}

    def _example(self, given: Answers) -> Example:
        example = Example("", dict(given), None, NOWHERE)
        return replace(example, fires=truth_of(self._rule, example, self._vocabulary))

    def _look_again(self) -> None:
        self.lacking = self._left(self._rule)

    def _left(self, rule: Rule) -> list[Mutant]:
        """List the mutants that are not caught, or whose condition is not shown to matter."""
        missed = [mutant for mutant in self.lacking if not is_caught(mutant, rule, self._vocabulary)]
        return missed + [
            mutant
            for mutant in self.lacking
            if mutant.drops and mutant not in missed and not is_shown(mutant.condition, rule)
        ]


def _difference(base: Answers, given: Answers) -> str | None:
    """Name the first fact in which two referrals differ, if any."""
    return next((name for name in {**base, **given} if base.get(name) != given.get(name)), None)


def _candidates(rule: Rule, vocabulary: Vocabulary) -> Iterator[tuple[Answers, Answers]]:
    """List for each alternative a referral on which it fires alone, with each of its neighbours."""
    for alternative in rule.when:
        base = _firing(rule, alternative, vocabulary)
        yield base, base
        for condition in (*alternative, *rule.unless):
            fact = vocabulary[condition.fact]
            for value in _tried(condition, fact):
                yield base, {**base, fact.name: value}
            yield base, {name: value for name, value in base.items() if name != fact.name}


def _firing(rule: Rule, alternative: Conjunction, vocabulary: Vocabulary) -> dict[str, Value]:
    """Build a referral on which this alternative holds, no ``unless`` and, if possible, no other alternative."""
    given: dict[str, Value] = {}
    _satisfy(alternative, given, vocabulary)
    others = [conjunction for conjunction in rule.when if conjunction != alternative]
    for conjunction in (*((condition,) for condition in rule.unless), *others):
        if not any(_fails(condition, given, vocabulary) for condition in conjunction):
            given |= _answer_against(conjunction, given, vocabulary)
    return given


def _fails(condition: Condition, given: Answers, vocabulary: Vocabulary) -> bool:
    """Say whether the condition is known not to hold."""
    if vocabulary.asked(condition.fact, given) is False:
        return True
    return condition.fact in given and not satisfies(condition, given[condition.fact])


def _answer_against(conjunction: Conjunction, given: Answers, vocabulary: Vocabulary) -> dict[str, Value]:
    """Pick one answer with which the conjunction does not hold, a neutral one if possible; none if there is none."""
    facts = [vocabulary[condition.fact] for condition in conjunction]
    against = [
        (fact, value)
        for condition, fact in zip(conjunction, facts, strict=True)
        if fact.name not in given and (value := _off(condition, fact)) is not None
    ]
    fact, value = min(against, key=lambda pair: pair[1] != pair[0].neutral, default=(None, None))
    return {fact.name: value} if fact and value is not None else {}


def _satisfy(conjunction: Conjunction, given: dict[str, Value], vocabulary: Vocabulary) -> None:
    for condition in conjunction:
        fact = vocabulary[condition.fact]
        if fact.name not in given:
            same_fact = [other for other in conjunction if other.fact == fact.name]
            tried = {value: None for other in same_fact for value in _tried(other, fact)}
            fitting = [value for value in tried if all(satisfies(other, value) for other in same_fact)]
            given[fact.name] = fitting[0] if fitting else frozenset(_members(same_fact))
    for condition in conjunction:
        gates = vocabulary[condition.fact].asked_when
        if gates and vocabulary.asked(condition.fact, given) is not True:
            _satisfy(gates[0], given, vocabulary)


def _members(conditions: Iterable[Condition]) -> Iterator[str]:
    """Pick one member for each condition that a set includes some."""
    return (min(condition.members) for condition in conditions if isinstance(condition, Includes))


def _off(condition: Condition, fact: Fact) -> Value | None:
    """Pick an answer that does not satisfy the condition, the neutral one if possible."""
    neutral = [] if fact.neutral is None else [fact.neutral]
    return next((value for value in (*neutral, *_tried(condition, fact)) if not satisfies(condition, value)), None)


def _tried(condition: Condition, fact: Fact) -> list[Value]:
    """List the answers that tell the condition from its mutants, those that satisfy it first."""
    match condition:
        case OneOf():
            values: Iterable[Value] = fact.values
        case Between(low=low, high=high):
            values = [number for number in (low, low - 1) if low > fact.minimum]
            values += [number for number in (high, high + 1) if high < fact.maximum]
            values = dict.fromkeys(values)
        case Includes() | Empty():
            values = [*(frozenset({member}) for member in fact.values), frozenset()]
    return sorted(values, key=lambda value: not satisfies(condition, value))


def _drawn(rule: Rule, vocabulary: Vocabulary) -> Iterator[Answers]:
    """Draw complete answers to the facts that the rule reads, always the same for one rule."""
    chance = random.Random(rule.id)  # noqa: S311  # no secret
    tried: dict[str, list[Value]] = {}
    for condition in rule.conditions:
        tried.setdefault(condition.fact, []).extend(_tried(condition, vocabulary[condition.fact]))
    gates = [condition for name in tried for gate in vocabulary[name].asked_when for condition in gate]
    for condition in gates:
        tried.setdefault(condition.fact, []).extend(_tried(condition, vocabulary[condition.fact]))
    while True:
        given = {name: chance.choice(values) for name, values in tried.items()}
        yield {name: value for name, value in given.items() if vocabulary.asked(name, given) is not False}
