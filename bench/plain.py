"""The baseline of the exact answers: all rules written out plainly for z3, and one question to it for each value."""

from __future__ import annotations

from typing import Any, assert_never

import z3  # type: ignore[import-untyped]

from triage.engines.outcome import Bounds
from triage.model.rule import (
    Answers,
    Between,
    Condition,
    Conjunction,
    Empty,
    Includes,
    Limits,
    OneOf,
    Rule,
    Supports,
    Urgency,
)
from triage.model.ruleset import RuleSet
from triage.model.scales import NO_LIMIT, NO_SUPPORT
from triage.model.vocabulary import AtMost


class Plain:
    """Bounds by z3 without any preparation: all rules, all facts."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        vocabulary, scales = ruleset.vocabulary, ruleset.scales
        self.variables: dict[str, Any] = {
            fact.name: {value: z3.Bool(f"{fact.name}:{value}") for value in fact.values}
            if fact.is_set
            else z3.Int(fact.name)
            for fact in vocabulary
        }
        self.asked = {
            fact.name: z3.Or([self._all(each) for each in fact.asked_when]) if fact.asked_when else z3.BoolVal(True)
            for fact in vocabulary
        }
        self.domains = []
        for fact in vocabulary:
            if not fact.is_set:
                low, high = (fact.minimum, fact.maximum) if fact.is_integer else (0, len(fact.values) - 1)
                self.domains += [self.variables[fact.name] >= low, self.variables[fact.name] <= high]
        support, limit, level = (
            z3.IntVal(scales.rating_rank(NO_SUPPORT)),
            z3.IntVal(scales.rating_rank(NO_LIMIT)),
            z3.IntVal(0),
        )
        for rule in ruleset.deciding:
            fires = self._fires(rule)
            match rule.effect:
                case Supports(rating=rating):
                    rank = scales.rating_rank(rating)
                    support = z3.If(z3.And(fires, support < rank), rank, support)
                case Limits(to=to):
                    rank = scales.rating_rank(to)
                    limit = z3.If(z3.And(fires, limit > rank), rank, limit)
                case Urgency(level=name):
                    rank = scales.urgency_rank(name)
                    level = z3.If(z3.And(fires, level < rank), rank, level)
        self.rating, self.level = z3.If(support < limit, support, limit), level

    def bounds(self, answers: Answers) -> Bounds:
        """What rating and urgency can still be."""
        solver = z3.Solver()
        solver.add(*self.domains, *self._constraints(answers), *(self._equals(name, answers[name]) for name in answers))
        scales = self.ruleset.scales
        ratings = [each for rank, each in enumerate(scales.rating_ids) if solver.check(self.rating == rank) == z3.sat]
        levels = [each for rank, each in enumerate(scales.urgency_ids) if solver.check(self.level == rank) == z3.sat]
        return Bounds(tuple(ratings), tuple(levels))

    def _fires(self, rule: Rule) -> Any:
        when = z3.Or([z3.And([self._asked_and(each) for each in conjunction]) for conjunction in rule.when])
        return z3.And(when, z3.Not(z3.Or([self._asked_and(each) for each in rule.unless])))

    def _asked_and(self, condition: Condition) -> Any:
        return z3.And(self.asked[condition.fact], self._holds(condition))

    def _all(self, conjunction: Conjunction) -> Any:
        return z3.And([self._holds(each) for each in conjunction])

    def _holds(self, condition: Condition) -> Any:
        variable = self.variables[condition.fact]
        match condition:
            case OneOf(values=values):
                of = self.ruleset.vocabulary[condition.fact].values
                return z3.Or([variable == of.index(value) for value in values])
            case Between(low=low, high=high):
                return z3.And(variable >= low, variable <= high)
            case Includes(members=members):
                return z3.Or([variable[member] for member in members])
            case Empty(empty=empty):
                return z3.Not(z3.Or(list(variable.values()))) if empty else z3.Or(list(variable.values()))
        assert_never(condition)

    def _constraints(self, answers: Answers) -> list[Any]:
        kept = []
        for constraint in self.ruleset.vocabulary.constraints:
            there = [z3.BoolVal(True) if name in answers else self.asked[name] for name in constraint.facts]
            if isinstance(constraint, AtMost):
                lower, upper = self.variables[constraint.lower], self.variables[constraint.upper]
                kept.append(z3.Or(z3.Not(z3.And(there)), lower <= upper + constraint.plus))
            else:
                kept.append(z3.Not(z3.And(*there, self._all(constraint.never))))
        return kept

    def _equals(self, name: str, value: Any) -> Any:
        variable, fact = self.variables[name], self.ruleset.vocabulary[name]
        if fact.is_set:
            return z3.And([held if member in value else z3.Not(held) for member, held in variable.items()])
        return variable == (value if fact.is_integer else fact.values.index(value))
