"""Every referral that is accepted, complete or not, as variables for the solver.

Each answer is a set of yes/no variables, of which none is true while the fact is not answered: one for each value, one
for each member of a set, one for each stretch of a number between the cut-points of rules, constraints and properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, assert_never

from triage.analysis.formulas import Formula, Search, at_most, every, holds_in, no, same, some, yes_or_no
from triage.model.fact import Fact
from triage.model.rule import Answers, Between, Condition, Empty, Includes, OneOf, Value
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import AtMost, Vocabulary


class Variables:
    """The answers to one referral as variables, with the numbers cut wherever one of the rule sets cuts them."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        rulesets: Iterable[RuleSet],
        prefix: str = "",
        also_cut: Iterable[Condition] = (),
    ) -> None:
        self.vocabulary = vocabulary
        cuts = _cuts(vocabulary, [*_conditions(vocabulary, rulesets), *also_cut])
        self.values: dict[str, dict[Any, Formula]] = {
            fact.name: {key: yes_or_no(f"{prefix}{fact.name}={key}") for key in _keys(fact, cuts)}
            for fact in vocabulary
        }
        self._set_answered = {fact.name: yes_or_no(f"{prefix}{fact.name}?") for fact in vocabulary if fact.is_set}
        self._answered = {fact.name: self._any_value(fact) for fact in vocabulary}

    def _any_value(self, fact: Fact) -> Formula:
        return self._set_answered[fact.name] if fact.is_set else some(self.values[fact.name].values())

    def answered(self, name: str) -> Formula:
        """The fact has an answer."""
        return self._answered[name]

    def accepted(self) -> Formula:
        """The referral is one that is accepted: one answer to each fact, none that contradicts another."""
        rules: list[Formula] = []
        for fact in self.vocabulary:
            if fact.is_set:
                rules += [some((no(each), self.answered(fact.name))) for each in self.values[fact.name].values()]
            else:
                rules.append(at_most(1, self.values[fact.name].values()))
        for constraint in self.vocabulary.constraints:
            if isinstance(constraint, AtMost):
                rules += self._at_most(constraint)
            else:
                given = [self.answered(constraint.given)] if constraint.given else []
                rules.append(no(every([*given, *(self.holds(each) for each in constraint.never)])))
        return every(rules)

    def _at_most(self, constraint: AtMost) -> list[Formula]:
        lower, upper = self.values[constraint.lower], self.values[constraint.upper]
        return [
            no(every((low, high)))
            for (least, _), low in lower.items()
            for (_, most), high in upper.items()
            if least > most + constraint.plus
        ]

    def holds(self, condition: Condition) -> Formula:
        """The answer is there and satisfies the condition."""
        return _satisfied(condition, self.values[condition.fact], self.answered(condition.fact))

    def fails(self, condition: Condition) -> Formula:
        """The answer is there and does not satisfy the condition."""
        return every((self.answered(condition.fact), no(self.holds(condition))))

    def is_given(self, answers: Answers, *, and_no_other: bool = False) -> Formula:
        """The answers are these; with ``and_no_other`` no other fact is answered."""
        rules = [self.is_answer(name, value) for name, value in answers.items()]
        if and_no_other:
            rules += [no(self.answered(name)) for name in self.values if name not in answers]
        return every(rules)

    def is_answer(self, name: str, value: Value) -> Formula:
        """The fact's answer is this one."""
        values = self.values[name]
        if isinstance(value, frozenset):
            return every([self.answered(name), *(held if key in value else no(held) for key, held in values.items())])
        if isinstance(value, int):
            return next(held for (low, high), held in values.items() if low <= value <= high)
        return values[value]

    def same(self, other: Variables, names: Iterable[str]) -> Formula:
        """Both referrals have the same answers, or none, to these facts."""
        rules = []
        for name in names:
            rules += [same(held, other.values[name][key]) for key, held in self.values[name].items()]
            rules.append(same(self.answered(name), other.answered(name)))
        return every(rules)

    def read(self, model: Any) -> dict[str, Value]:
        """The referral of a model."""
        facts: dict[str, Value] = {}
        for fact in self.vocabulary:
            held = [key for key, each in self.values[fact.name].items() if holds_in(model, each)]
            if fact.is_set:
                if holds_in(model, self.answered(fact.name)):
                    facts[fact.name] = frozenset(held)
            elif held:
                facts[fact.name] = held[0][0] if fact.is_integer else held[0]
        return facts


def search_among(*referrals: Variables, timeout: float = 10.0) -> Search:
    """A search among the referrals that is accepted; the smallest have the fewest answers."""
    accepted = [each.accepted() for each in referrals]
    return Search(accepted, [each.answered(name) for each in referrals for name in each.values], timeout)


def _satisfied(condition: Condition, values: Mapping[Any, Formula], answered: Formula) -> Formula:
    match condition:
        case OneOf(values=wanted):
            return some(held for key, held in values.items() if key in wanted)
        case Between(low=low, high=high):
            if any(first < low <= last or first <= high < last for first, last in values):
                raise ValueError(f"{condition} cuts inside a stretch of numbers that was not cut there.")
            return some(held for (first, last), held in values.items() if low <= first and last <= high)
        case Includes(members=members):
            return some(held for key, held in values.items() if key in members)
        case Empty(empty=True):
            return every([answered, *(no(held) for held in values.values())])
        case Empty():
            return some(values.values())
    assert_never(condition)


def _keys(fact: Fact, cuts: Mapping[str, set[int]]) -> list[Any]:
    if not fact.is_integer:
        return list(fact.values)
    points = sorted(cuts[fact.name] | {fact.minimum, fact.maximum + 1})
    return [(low, high - 1) for low, high in pairwise(points)]


def _cuts(vocabulary: Vocabulary, conditions: Iterable[Condition]) -> dict[str, set[int]]:
    """The numbers at which a stretch begins; a number that a constraint compares with another is cut everywhere."""
    cuts: dict[str, set[int]] = {fact.name: set() for fact in vocabulary if fact.is_integer}
    for condition in conditions:
        if isinstance(condition, Between):
            cuts[condition.fact] |= {condition.low, condition.high + 1}
    for constraint in vocabulary.constraints:
        if isinstance(constraint, AtMost):
            for name in constraint.facts:
                cuts[name] |= set(range(vocabulary[name].minimum, vocabulary[name].maximum + 1))
    return cuts


def _conditions(vocabulary: Vocabulary, rulesets: Iterable[RuleSet]) -> Iterator[Condition]:
    for ruleset in rulesets:
        for rule in ruleset.all_rules or ruleset.rules:
            yield from rule.conditions
    for fact in vocabulary:
        for conjunction in fact.asked_when:
            yield from conjunction
        yield from fact.core.unless
    for constraint in vocabulary.constraints:
        if not isinstance(constraint, AtMost):
            yield from constraint.never
