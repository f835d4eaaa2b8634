"""The baseline of the exact answers: all rules written out plainly for z3, and one question to it for each value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

import z3  # type: ignore[import-untyped]

from triage.engines.outcome import Bounds
from triage.model.fact import Fact
from triage.model.rule import Answers, Between, Condition, Conjunction, Empty, Includes, Limits, OneOf, Rule, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import NO_LIMIT, NO_SUPPORT
from triage.model.truth import is_open
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
        self.counts_as_asked = {fact.name: z3.Bool(f"{fact.name} counts as asked") for fact in vocabulary.gated}
        self.asked = {fact.name: self._asked(fact) for fact in vocabulary}
        self.domains = []
        for fact in vocabulary:
            if not fact.is_set:
                low, high = (fact.minimum, fact.maximum) if fact.is_integer else (0, len(fact.values) - 1)
                self.domains += [self.variables[fact.name] >= low, self.variables[fact.name] <= high]
        self.fires = {rule.id: self._fires(rule) for rule in ruleset.deciding}
        self.rating, self.level = self._rating(), z3.IntVal(0)
        for rule in ruleset.deciding:
            if rule.urgency is not None:
                rank = scales.urgency_rank(rule.urgency.level)
                self.level = z3.If(z3.And(self.fires[rule.id], self.level < rank), rank, self.level)

    def _asked(self, fact: Fact) -> Any:
        if not fact.asked_when:
            return z3.BoolVal(True)
        return z3.Or(self.counts_as_asked[fact.name], *(self._all(gate) for gate in fact.asked_when))

    def _rating(self) -> Any:
        """The rank of the rating: the highest of the leading targets, or no indication under the limits on all."""
        scales, vocabulary = self.ruleset.scales, self.ruleset.vocabulary
        targets = {target: self._target(target) for target in self.ruleset.targets}
        cap = scales.rating_rank(scales.cap)
        _, general = self._target(None)
        nothing = z3.IntVal(scales.rating_rank(NO_SUPPORT))
        result = _highest(targets.values(), _least(nothing, general))
        capped = _highest(((supported, _least(rank, z3.IntVal(cap))) for supported, rank in targets.values()), None)
        for problem, lead in vocabulary.leads.items() if vocabulary.leading_fact else ():
            is_it = self._asked_and(OneOf(str(vocabulary.leading_fact), frozenset({problem})))
            about = []
            for target, (supported, rank) in targets.items():
                remitted = lead.also_remitted and target in vocabulary.facts
                also = self._asked_and(OneOf(target, frozenset({"remitted"}))) if remitted else z3.BoolVal(False)
                about.append((z3.And(supported, z3.Or(target in lead.targets, also)), rank))
            any_about = z3.Or([supported for supported, _ in about])
            any_at_all = z3.Or([supported for supported, _ in targets.values()])
            result = z3.If(z3.And(is_it, any_about), _highest(about, None), result)
            if lead.otherwise == "all_lead_capped":
                result = z3.If(z3.And(is_it, z3.Not(any_about), any_at_all), capped, result)
        return result

    def _target(self, target: str | None) -> tuple[Any, Any]:
        """Whether a support for the target counts, and its rank; of no target, the lowest limit on all."""
        rank = self.ruleset.scales.rating_rank
        supported, support, limit = z3.BoolVal(False), z3.IntVal(0), z3.IntVal(rank(NO_LIMIT))
        for rule in self.ruleset.deciding:
            fires = self.fires[rule.id]
            for supports in rule.of(Supports):
                if target in supports.targets:
                    supported = z3.Or(supported, fires)
                    support = z3.If(z3.And(fires, support < rank(supports.rating)), rank(supports.rating), support)
            for limits in rule.of(Limits):
                if not limits.targets or target in limits.targets:
                    limit = z3.If(z3.And(fires, limit > rank(limits.to)), rank(limits.to), limit)
        if target is None:
            return supported, limit
        if target in self.ruleset.scales.life_problems:
            supported = z3.And(supported, z3.Not(z3.Or(self._conditions_beside())))
        return supported, _least(support, limit)

    def _conditions_beside(self) -> list[Any]:
        vocabulary = self.ruleset.vocabulary
        return [
            self._asked_and(OneOf(fact.name, frozenset({"suspected", "current"})))
            for fact in vocabulary
            if fact.type == "condition" and fact.name not in vocabulary.not_a_condition_beside
        ]

    def bounds(self, answers: Answers) -> Bounds:
        """What rating and urgency can still be."""
        solver = z3.Solver()
        solver.add(*self.domains, *self._constraints(answers), *(self._equals(name, answers[name]) for name in answers))
        for name, counts in self.counts_as_asked.items():
            fact = self.ruleset.vocabulary[name]
            given = fact.can_be_core and name in answers and answers[name] != fact.neutral
            solver.add(counts if given else z3.Not(counts))
        scales = self.ruleset.scales
        ratings = [
            rating for rank, rating in enumerate(scales.rating_ids) if solver.check(self.rating == rank) == z3.sat
        ]
        levels = [level for rank, level in enumerate(scales.urgency_ids) if solver.check(self.level == rank) == z3.sat]
        return Bounds(tuple(ratings), tuple(levels))

    def _fires(self, rule: Rule) -> Any:
        when = z3.Or([z3.And([self._asked_and(condition) for condition in conjunction]) for conjunction in rule.when])
        return z3.And(when, z3.Not(z3.Or([self._asked_and(condition) for condition in rule.unless])))

    def _asked_and(self, condition: Condition) -> Any:
        return z3.And(self.asked[condition.fact], self._holds(condition))

    def _all(self, conjunction: Conjunction) -> Any:
        return z3.And([self._holds(condition) for condition in conjunction])

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
            answered = [z3.BoolVal(True) if name in answers else self.asked[name] for name in constraint.facts]
            if isinstance(constraint, AtMost):
                lower, upper = self.variables[constraint.lower], self.variables[constraint.upper]
                kept.append(z3.Or(z3.Not(z3.And(answered)), lower <= upper + constraint.plus))
            else:
                kept.append(z3.Not(z3.And(*answered, self._all(constraint.never))))
        return kept

    def _equals(self, name: str, value: Any) -> Any:
        variable, fact = self.variables[name], self.ruleset.vocabulary[name]
        if fact.is_set:
            absent = (
                [] if is_open(value) else [z3.Not(held) for member, held in variable.items() if member not in value]
            )
            return z3.And([held for member, held in variable.items() if member in value] + absent)
        return variable == (value if fact.is_integer else fact.values.index(value))


def _least(one: Any, other: Any) -> Any:
    return z3.If(one < other, one, other)


def _highest(ranks: Iterable[tuple[Any, Any]], otherwise: Any) -> Any:
    """The highest of the ranks that are there; ``otherwise`` where none is, or any value where that is None."""
    highest = z3.IntVal(-1)
    for holds, rank in ranks:
        highest = z3.If(z3.And(holds, rank > highest), rank, highest)
    return highest if otherwise is None else z3.If(highest < 0, otherwise, highest)
