"""What conditions, rules and constraints mean, as diagrams; a truth is a diagram with the values 0 and 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from triage.engines.completions.diagram import CONTRADICTION, Node, NodeTable
from triage.engines.completions.levels import Levels
from triage.model.rule import (
    Condition,
    Conjunction,
    Empty,
    Includes,
    Limits,
    Rule,
    Supports,
    Value,
    satisfies,
)
from triage.model.ruleset import RuleSet
from triage.model.scales import NO_LIMIT, NO_SUPPORT
from triage.model.vocabulary import AtMost, Constraint, Never


class Meaning:
    """Makes diagrams over one order of levels; a condition, and whether a fact is asked, is made once."""

    def __init__(self, levels: Levels, table: NodeTable) -> None:
        self.levels, self.table = levels, table
        self.no, self.yes = table.terminal(0), table.terminal(1)
        self._conditions: dict[Condition, Node] = {}
        self._asked: dict[str, Node] = {}

    def all_of(self, truths: Iterable[Node]) -> Node:
        """All of the truths hold."""
        return self.table.least([self.yes, *truths])

    def any_of(self, truths: Iterable[Node]) -> Node:
        """One of the truths holds."""
        return self.table.greatest([self.no, *truths])

    def satisfied(self, condition: Condition) -> Node:
        """The fact's answer satisfies the condition, whether the fact is asked or not."""
        if condition not in self._conditions:
            self._conditions[condition] = self._satisfied(condition)
        return self._conditions[condition]

    def _satisfied(self, condition: Condition) -> Node:
        match condition:
            case Includes(fact=name, members=members):
                return self.any_of(self._holds_member(name, member) for member in members)
            case Empty(fact=name, empty=empty):
                any_member = self.any_of(self._holds_member(name, each) for each in self.levels.facts[name].members)
                return self.table.negated(any_member) if empty else any_member
            case _:
                return self._where(condition.fact, lambda value: bool(satisfies(condition, value)))

    def _holds_member(self, name: str, member: str) -> Node:
        fact = self.levels.facts[name]
        return self.table.node(fact.of_answer[fact.members.index(member)], (self.no, self.yes))

    def _where(self, name: str, fits: Callable[[Value], bool]) -> Node:
        """The fact's answer is one that fits; all answers of a class fit or none."""
        fact = self.levels.facts[name]
        truths = tuple(self.yes if fits(answers[0]) else self.no for answers in fact.classes)
        return self.table.node(fact.of_answer[0], truths)

    def all_satisfied(self, conjunction: Conjunction) -> Node:
        """The answers satisfy all of the conditions, whether the facts are asked or not."""
        return self.all_of(self.satisfied(condition) for condition in conjunction)

    def asked(self, name: str) -> Node:
        """The fact is asked."""
        if name not in self._asked:
            gates = self.levels.vocabulary[name].asked_when
            self._asked[name] = self.any_of(self.all_satisfied(each) for each in gates) if gates else self.yes
        return self._asked[name]

    def fires(self, when: Iterable[Conjunction], unless: Conjunction) -> Node:
        """A rule fires: an alternative holds, and nothing that stops it."""
        holds = self.any_of(self.all_of(self._holds(each) for each in conjunction) for conjunction in when)
        stopped = self.any_of(self._holds(each) for each in unless)
        return self.all_of((holds, self.table.negated(stopped)))

    def _holds(self, condition: Condition) -> Node:
        """A rule's condition: the fact is asked, and its answer satisfies the condition."""
        return self.all_of((self.asked(condition.fact), self.satisfied(condition)))

    def rating(self, ruleset: RuleSet) -> Node:
        """The rank of the rating: the least of the highest support that fires and the lowest limit that fires."""
        rank = ruleset.scales.rating_rank
        without_support, without_limit = rank(NO_SUPPORT), rank(NO_LIMIT)
        supports, limits = [self.table.terminal(without_support)], [self.table.terminal(without_limit)]
        for rule in ruleset.deciding:
            supports.extend(self._rank_where(rule, rank(each.rating), without_support) for each in rule.of(Supports))
            limits.extend(self._rank_where(rule, rank(each.to), without_limit) for each in rule.of(Limits))
        return self.table.least((self.table.greatest(supports), self.table.least(limits)))

    def level(self, ruleset: RuleSet) -> Node:
        """The rank of the urgency level: the highest of the rules that fire."""
        rank = ruleset.scales.urgency_rank
        levels = [self._rank_where(rule, rank(rule.urgency.level), 0) for rule in ruleset.deciding if rule.urgency]
        return self.table.greatest([self.table.terminal(0), *levels])

    def _rank_where(self, rule: Rule, rank: int, otherwise: int) -> Node:
        return self.table.recoded(self.fires(rule.when, rule.unless), lambda fires: rank if fires else otherwise)

    def broken(self) -> Node:
        """The answers break a constraint."""
        return self.any_of(self._breaks(each) for each in self.levels.vocabulary.constraints)

    def _breaks(self, constraint: Constraint) -> Node:
        return self.all_of((*(self._counts(name) for name in constraint.facts), self._clash(constraint)))

    def _counts(self, name: str) -> Node:
        """The fact has an answer that counts for a constraint: it is asked, or its answer was given all the same."""
        fact = self.levels.facts[name]
        if not fact.tied:
            return self.asked(name)
        return self.any_of((self.table.node(fact.first, (self.no, self.yes)), self.asked(name)))

    def _clash(self, constraint: Constraint) -> Node:
        match constraint:
            case Never(never=never):
                return self.all_satisfied(never)
            case AtMost(lower=lower, upper=upper, plus=plus):
                return self.any_of(
                    self.all_of((self._where(lower, number.__eq__), self._where(upper, _below(number - plus))))
                    for (number,) in self.levels.facts[lower].classes
                    if isinstance(number, int)
                )

    def where_kept(self, value: Node, broken: Node) -> Node:
        """The function where the constraints are kept, and a contradiction elsewhere."""
        highest = value.high
        allowed = self.table.recoded(broken, lambda is_broken: CONTRADICTION if is_broken else highest)
        return self.table.least((value, allowed))


def _below(bound: int) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, int) and value < bound
