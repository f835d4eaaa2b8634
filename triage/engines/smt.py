"""All referrals at once: the rules, the door and the outcome as formulas for z3, over every referral, complete or not.

Each answer is a set of yes/no variables, of which none is true while the fact is not answered: one for each value, one
for each member of a set, one for each stretch of a number between the points at which a rule or a constraint cuts. The
truth of a condition is two formulas, "known to hold" and "known not to hold", as the reference has three truths. Every
model is replayed in the reference before it is believed. This is the one file that knows z3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, assert_never

import z3  # type: ignore[import-untyped]  # z3-solver has no types

from triage.engines import reference
from triage.facts import Fact
from triage.lang import (
    Between,
    Condition,
    Conjunction,
    Derives,
    Empty,
    Facts,
    Includes,
    Limits,
    OneOf,
    Rule,
    Supports,
    Urgency,
    Value,
)
from triage.ruleset import RuleSet
from triage.scales import NO_SUPPORT
from triage.vocabulary import AtMost, Vocabulary

Formula = Any
"""A formula of z3."""

Stretch = tuple[int, int]
"""Numbers that no rule and no constraint tells apart, from the first to the last."""

solving = threading.RLock()
"""z3's memory is one for the whole process: whoever asks it holds this meanwhile."""


class SolverTimeout(Exception):
    """z3 gave no answer in the time it had: nothing is settled."""


class SolverDisagreement(Exception):
    """A referral that z3 found does not do in the reference what it does in the formulas."""


def every(formulas: Iterable[Formula]) -> Formula:
    """All of the formulas hold."""
    return z3.And(list(formulas))


def some(formulas: Iterable[Formula]) -> Formula:
    """At least one of the formulas holds."""
    return z3.Or(list(formulas))


def no(formula: Formula) -> Formula:
    """The formula does not hold."""
    return z3.Not(formula)


def at_most(count: int, formulas: Iterable[Formula]) -> Formula:
    """No more than ``count`` of the formulas hold."""
    return z3.AtMost(*formulas, count)


def holding(model: Any, formulas: Iterable[Formula]) -> int:
    """How many of the formulas hold in a model."""
    return sum(z3.is_true(model.eval(each, True)) for each in formulas)


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
            fact.name: {key: z3.Bool(f"{prefix}{fact.name}={key}") for key in _keys(fact, cuts)} for fact in vocabulary
        }
        self._set_answered = {fact.name: z3.Bool(f"{prefix}{fact.name}?") for fact in vocabulary if fact.is_set}
        self._answered = {fact.name: self._any_value(fact) for fact in vocabulary}

    def _any_value(self, fact: Fact) -> Formula:
        return self._set_answered[fact.name] if fact.is_set else some(self.values[fact.name].values())

    def answered(self, name: str) -> Formula:
        """The fact has an answer."""
        return self._answered[name]

    def door(self) -> Formula:
        """The referral is one that the door lets in: one answer to each fact, none that contradicts another."""
        rules: list[Formula] = []
        for fact in self.vocabulary:
            if fact.is_set:
                rules += [z3.Implies(each, self.answered(fact.name)) for each in self.values[fact.name].values()]
            else:
                rules.append(z3.AtMost(*self.values[fact.name].values(), 1))
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

    def is_given(self, facts: Facts, *, and_no_other: bool = False) -> Formula:
        """The answers are these; with ``and_no_other`` no other fact is answered."""
        rules = [self.is_answer(name, value) for name, value in facts.items()]
        if and_no_other:
            rules += [no(self.answered(name)) for name in self.values if name not in facts]
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
            rules += [held == other.values[name][key] for key, held in self.values[name].items()]
            rules.append(self.answered(name) == other.answered(name))
        return every(rules)

    def read(self, model: Any) -> dict[str, Value]:
        """The referral of a model."""
        facts: dict[str, Value] = {}
        for fact in self.vocabulary:
            held = [key for key, each in self.values[fact.name].items() if z3.is_true(model.eval(each, True))]
            if fact.is_set:
                if z3.is_true(model.eval(self.answered(fact.name), True)):
                    facts[fact.name] = frozenset(held)
            elif held:
                facts[fact.name] = held[0][0] if fact.is_integer else held[0]
        return facts


@dataclass(frozen=True)
class _Effective:
    """The answers with what was derived: what the concluding rules read."""

    variables: Variables
    derived: Mapping[str, Formula]

    def holds(self, condition: Condition) -> Formula:
        derived = self.derived.get(condition.fact)
        held = self.variables.holds(condition)
        if derived is None or not isinstance(condition, OneOf):
            return held
        return some((held, derived)) if "suspected" in condition.values else held

    def fails(self, condition: Condition) -> Formula:
        derived = self.derived.get(condition.fact)
        failed = self.variables.fails(condition)
        if derived is None or not isinstance(condition, OneOf):
            return failed
        return failed if "suspected" in condition.values else some((failed, derived))


class Symbolic:
    """One rule set over one referral's variables: what fires and what it comes to, as formulas."""

    def __init__(self, ruleset: RuleSet, variables: Variables) -> None:
        self.ruleset = ruleset
        self.variables = variables
        self.fired: dict[str, Formula] = {}
        given = _Effective(variables, {})
        derived: dict[str, list[Formula]] = {}
        for rule in ruleset.deriving:
            assert isinstance(rule.effect, Derives)
            unanswered = no(variables.answered(rule.effect.fact))
            self.fired[rule.id] = every((unanswered, self._fires(rule, given)))
            derived.setdefault(rule.effect.fact, []).append(self.fired[rule.id])
        effective = _Effective(variables, {name: some(each) for name, each in derived.items()})
        for rule in ruleset.concluding:
            self.fired[rule.id] = self._fires(rule, effective)

    def _fires(self, rule: Rule, read: _Effective) -> Formula:
        when = some(every(self._known(each, read) for each in conjunction) for conjunction in rule.when)
        return every([when, *(self._known_not(each, read) for each in rule.unless)])

    def _known(self, condition: Condition, read: _Effective) -> Formula:
        gate = self.ruleset.vocabulary[condition.fact].asked_when
        held = read.holds(condition)
        return every((_asked(gate, read), held)) if gate else held

    def _known_not(self, condition: Condition, read: _Effective) -> Formula:
        gate = self.ruleset.vocabulary[condition.fact].asked_when
        failed = read.fails(condition)
        return some((_not_asked(gate, read), failed)) if gate else failed

    def rating_at_least(self, rating: str) -> Formula:
        """The rating of the rules that fired is this one or higher."""
        scales = self.ruleset.scales
        rank = scales.rating_rank(rating)
        below = self._of(Limits, lambda effect: scales.rating_rank(effect.to) < rank)
        if rank <= scales.rating_rank(NO_SUPPORT):
            return no(some(below))
        reaching = self._of(Supports, lambda effect: scales.rating_rank(effect.rating) >= rank)
        return every((some(reaching), no(some(below))))

    def _of(self, kind: type, like: Callable[[Any], bool]) -> list[Formula]:
        """What says that a rule fired, for each rule with such an effect."""
        rules = self.ruleset.rules
        return [self.fired[rule.id] for rule in rules if isinstance(rule.effect, kind) and like(rule.effect)]

    def rating_is(self, rating: str) -> Formula:
        """The rating of the rules that fired is this one."""
        ids = self.ruleset.scales.rating_ids
        rank = ids.index(rating)
        higher = [no(self.rating_at_least(ids[rank + 1]))] if rank + 1 < len(ids) else []
        return every([self.rating_at_least(rating), *higher])

    def level_at_least(self, level: str) -> Formula:
        """A rule that fired sets this urgency or a higher one."""
        scales = self.ruleset.scales
        rank = scales.urgency_rank(level)
        if not rank:
            return z3.BoolVal(True)
        return some(self._of(Urgency, lambda effect: scales.urgency_rank(effect.level) >= rank))

    def level_is(self, level: str) -> Formula:
        """The highest urgency that fired rules set is this one."""
        ids = self.ruleset.scales.urgency_ids
        rank = ids.index(level)
        higher = [no(self.level_at_least(ids[rank + 1]))] if rank + 1 < len(ids) else []
        return every([self.level_at_least(level), *higher])

    def core_unanswered(self, name: str) -> Formula:
        """The fact is core and has no answer."""
        core = self.ruleset.vocabulary[name].core
        missing = no(self.variables.answered(name))
        match core.kind:
            case "never":
                return z3.BoolVal(False)
            case "always":
                return missing
            case "unless":
                return every((missing, no(every(self.variables.holds(each) for each in core.unless))))
            case "given":
                return every((missing, self.variables.answered(core.given)))

    def reported_at_least(self, level: str) -> Formula:
        """The urgency that is reported, the floor under unanswered core facts included, is this one or higher."""
        scales = self.ruleset.scales
        if scales.urgency_rank(level) > scales.urgency_rank(scales.floor):
            return self.level_at_least(level)
        missing = some(self.core_unanswered(fact.name) for fact in self.ruleset.vocabulary)
        return some((self.level_at_least(level), missing))

    def replay(self, model: Any) -> dict[str, Value]:
        """The referral of a model, after the reference fired the same rules on it. Raises SolverDisagreement."""
        facts = self.variables.read(model)
        told = {id_ for id_, fired in self.fired.items() if z3.is_true(model.eval(fired, True))}
        truly = reference.evaluate(self.ruleset, facts).fired
        if told != truly:
            raise SolverDisagreement(f"The solver and the reference differ about: {', '.join(sorted(told ^ truly))}.")
        return facts


class Search:
    """Looking for a referral that the door lets in and of which a formula holds; the smallest, where asked."""

    def __init__(self, *variables: Variables, timeout: float = 10.0) -> None:
        self._solver = z3.SolverFor("QF_FD")
        self._solver.set("timeout", int(timeout * 1_000))
        for each in variables:
            self._solver.add(each.door())
        self._counted = [each.answered(name) for each in variables for name in each.values]

    def add(self, formula: Formula) -> None:
        """Require a formula from here on."""
        self._solver.add(formula)

    @contextmanager
    def within(self) -> Iterator[None]:
        """Forget afterwards what is added inside."""
        self._solver.push()
        try:
            yield
        finally:
            self._solver.pop()

    def model(self, *formulas: Formula) -> Any | None:
        """A model of the formulas, or None where there is none. Raises SolverTimeout."""
        with self.within():
            self._solver.add(*formulas)
            found = self._solver.check()
            if found == z3.unknown:
                raise SolverTimeout(f"The solver gave no answer: {self._solver.reason_unknown()}.")
            return self._solver.model() if found == z3.sat else None

    def smallest(self, *formulas: Formula, counted: list[Formula] | None = None) -> Any | None:
        """A model in which the fewest ``counted`` formulas hold: the fewest answers, unless others are given."""
        counted = self._counted if counted is None else counted
        best = self.model(*formulas)
        low, high = 0, -1 if best is None else holding(best, counted)
        while low < high:
            middle = (low + high) // 2
            found = self.model(*formulas, at_most(middle, counted))
            if found is None:
                low = middle + 1
            else:
                best, high = found, holding(found, counted)
        return best


def _asked(gate: tuple[Conjunction, ...], read: _Effective) -> Formula:
    return some(every(read.holds(each) for each in conjunction) for conjunction in gate)


def _not_asked(gate: tuple[Conjunction, ...], read: _Effective) -> Formula:
    return every(some(read.fails(each) for each in conjunction) for conjunction in gate)


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
