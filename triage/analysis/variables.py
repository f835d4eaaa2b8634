"""Any accepted referral, complete or not, as variables for the solver.

Each answer is a set of yes/no variables, of which none is true while the fact has no answer: one for each value, one
for each member of a set, one for each stretch of a number between the cut-points of rules, constraints and properties.
A set has one more, "answered": its members are then all of them, and every other is known not to be in it. A set that
has a member and is not answered is open. Only answers that count are here; the reading settles which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
from typing import Any, assert_never

from triage.analysis.formulas import Formula, Search, at_most, every, holds_in, no, same, some, yes_or_no
from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Answers, Between, Condition, Empty, Includes, OneOf, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import is_open
from triage.model.vocabulary import AtMost, Vocabulary


class Variables:
    """The answers of one referral as variables; numbers are cut wherever one of the rule sets cuts them."""

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
        self._closed = {fact.name: yes_or_no(f"{prefix}{fact.name}?") for fact in vocabulary if fact.is_set}
        self._any = {fact.name: some(self.values[fact.name].values()) for fact in vocabulary}

    def answered(self, name: str) -> Formula:
        """The fact is answered; an open set is not."""
        return self._closed.get(name, self._any[name])

    def given(self, name: str) -> Formula:
        """The fact has an answer, which may be an open set."""
        return some((self._closed[name], self._any[name])) if name in self._closed else self._any[name]

    def open(self, name: str) -> Formula:
        """The answer is an open set."""
        return every((self._any[name], no(self.answered(name))))

    def accepted(self) -> Formula:
        """The referral is one that is accepted: one answer to each fact, none that contradicts another."""
        single = [fact.name for fact in self.vocabulary if not fact.is_set]
        formulas = [at_most(1, self.values[name].values()) for name in single]
        for constraint in self.vocabulary.constraints:
            if isinstance(constraint, AtMost):
                formulas += self._at_most(constraint)
            else:
                given = [self.given(constraint.given)] if constraint.given else []
                never = (self.holds(condition) for condition in constraint.never)
                formulas.append(no(every([*given, *never])))
        return every(formulas)

    def _at_most(self, constraint: AtMost) -> list[Formula]:
        lower, upper = self.values[constraint.lower], self.values[constraint.upper]
        return [
            no(every((low, high)))
            for (least, _), low in lower.items()
            for (_, most), high in upper.items()
            if least > most + constraint.plus
        ]

    def holds(self, condition: Condition) -> Formula:
        """The condition is known to hold."""
        if isinstance(condition, Empty):
            return self._empty(condition.fact) if condition.empty else self._any[condition.fact]
        return some(self._wanted(condition))

    def fails(self, condition: Condition) -> Formula:
        """The condition is known not to hold."""
        if isinstance(condition, Empty):
            return self._any[condition.fact] if condition.empty else self._empty(condition.fact)
        return every((self.answered(condition.fact), no(some(self._wanted(condition)))))

    def _empty(self, name: str) -> Formula:
        return every((self.answered(name), no(self._any[name])))

    def _wanted(self, condition: OneOf | Between | Includes) -> Iterator[Formula]:
        """The answers that satisfy the condition."""
        values = self.values[condition.fact]
        match condition:
            case OneOf(values=wanted) | Includes(members=wanted):
                return (formula for key, formula in values.items() if key in wanted)
            case Between(low=low, high=high):
                if any(first < low <= last or first <= high < last for first, last in values):
                    raise ValueError(f"{condition} cuts inside a stretch of numbers that was not cut there.")
                return (formula for (first, last), formula in values.items() if low <= first and last <= high)
        assert_never(condition)

    def is_given(self, answers: Answers, *, and_no_other: bool = False) -> Formula:
        """The answers are these; with ``and_no_other`` no other fact has an answer."""
        formulas = [self.is_answer(name, value) for name, value in answers.items()]
        if and_no_other:
            formulas += [no(self.given(name)) for name in self.values if name not in answers]
        return every(formulas)

    def is_answer(self, name: str, value: Value) -> Formula:
        """The fact's answer is this one."""
        values = self.values[name]
        if isinstance(value, frozenset):
            known = (formula if key in value else no(formula) for key, formula in values.items())
            return every([no(self.answered(name)) if is_open(value) else self.answered(name), *known])
        if isinstance(value, int):
            return next(formula for (low, high), formula in values.items() if low <= value <= high)
        return values[value]

    def kept_in(self, other: Variables, name: str) -> Formula:
        """All that is known of the fact in this referral is known in the other one too, where more may be known."""
        values, others = self.values[name], other.values[name]
        known = [some((no(formula), others[key])) for key, formula in values.items()]
        if name in self._closed:
            known.append(some((no(self.answered(name)), self.same(other, [name]))))
        return every(known)

    def same(self, other: Variables, names: Iterable[str]) -> Formula:
        """Both referrals have the same answers, or none, to these facts."""
        formulas = []
        for name in names:
            formulas += [same(formula, other.values[name][key]) for key, formula in self.values[name].items()]
            formulas.append(same(self.answered(name), other.answered(name)))
        return every(formulas)

    def read(self, model: Any) -> dict[str, Value]:
        """The referral of a model."""
        facts: dict[str, Value] = {}
        for fact in self.vocabulary:
            held = [key for key, formula in self.values[fact.name].items() if holds_in(model, formula)]
            if fact.is_set:
                if holds_in(model, self.answered(fact.name)):
                    facts[fact.name] = frozenset(held)
                elif held:
                    facts[fact.name] = frozenset((*held, UNKNOWN))
            elif held:
                facts[fact.name] = held[0][0] if fact.is_integer else held[0]
        return facts


def search_among(*referrals: Variables, timeout: float = 10.0) -> Search:
    """A search among accepted referrals; the smallest have the fewest answers and the fewest open sets."""
    accepted = [referral.accepted() for referral in referrals]
    counted = [formula for referral in referrals for name in referral.values for formula in _counted(referral, name)]
    return Search(accepted, counted, timeout)


def _counted(variables: Variables, name: str) -> list[Formula]:
    is_set = variables.vocabulary[name].is_set
    return [variables.given(name), variables.open(name)] if is_set else [variables.given(name)]


def _keys(fact: Fact, cuts: Mapping[str, set[int]]) -> list[Any]:
    if not fact.is_integer:
        return list(fact.values)
    points = sorted(cuts[fact.name] | {fact.minimum, fact.maximum + 1})
    return [(low, high - 1) for low, high in pairwise(points)]


def _cuts(vocabulary: Vocabulary, conditions: Iterable[Condition]) -> dict[str, set[int]]:
    """The numbers at which a stretch begins; a number that a constraint compares with another is cut everywhere."""
    cuts: dict[str, set[int]] = {fact.name: _around_neutral(fact) for fact in vocabulary if fact.is_integer}
    for condition in conditions:
        if isinstance(condition, Between):
            cuts[condition.fact] |= {condition.low, condition.high + 1}
    for constraint in vocabulary.constraints:
        if isinstance(constraint, AtMost):
            for name in constraint.facts:
                cuts[name] |= set(range(vocabulary[name].minimum, vocabulary[name].maximum + 1))
    return cuts


def _around_neutral(fact: Fact) -> set[int]:
    """The neutral number stands alone where whether the fact counts as asked may hang on it."""
    alone = fact.can_be_core and fact.asked_when and isinstance(fact.neutral, int)
    return {fact.neutral, fact.neutral + 1} if alone and isinstance(fact.neutral, int) else set()


def _conditions(vocabulary: Vocabulary, rulesets: Iterable[RuleSet]) -> Iterator[Condition]:
    yield from vocabulary.deciding_conditions
    for ruleset in rulesets:
        yield from ruleset.vocabulary.deciding_conditions
        for rule in ruleset.all_rules or ruleset.rules:
            yield from rule.conditions
        for therapy in ruleset.scales.therapies:
            yield from chain.from_iterable(therapy.not_offered_when)
        for format_ in ruleset.scales.formats:
            yield from chain.from_iterable(format_.suited_only_when)
