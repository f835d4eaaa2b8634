"""Compile conditions, rules and constraints to diagrams. A truth is a diagram with the values 0 and 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from triage.engines.completions.diagram import CONTRADICTION, Node, NodeTable
from triage.engines.completions.levels import Levels, neutral_where_given_counts
from triage.model.fact import Fact
from triage.model.rule import Condition, Conjunction, Empty, Includes, Value
from triage.model.truth import satisfies
from triage.model.vocabulary import AtMost, Constraint, Never


class Meaning:
    """Compiles to diagrams over one order of levels. The diagrams of conditions and of gates are cached."""

    def __init__(self, levels: Levels, table: NodeTable) -> None:
        self.levels, self.table = levels, table
        self.no, self.yes = table.terminal(0), table.terminal(1)
        self._conditions: dict[Condition, Node] = {}
        self._asked: dict[str, Node] = {}

    def all_of(self, truths: Iterable[Node]) -> Node:
        """Whether all of the truths hold."""
        return self.table.least([self.yes, *truths])

    def any_of(self, truths: Iterable[Node]) -> Node:
        """Whether at least one of the truths holds."""
        return self.table.greatest([self.no, *truths])

    def satisfied(self, condition: Condition) -> Node:
        """Whether the fact's answer satisfies the condition, no matter if the fact is asked."""
        if condition not in self._conditions:
            self._conditions[condition] = self._satisfied(condition)
        return self._conditions[condition]

    def _satisfied(self, condition: Condition) -> Node:
        match condition:
            case Includes(fact=name, members=members):
                return self.any_of(self._holds_member(name, member) for member in members)
            case Empty(fact=name, empty=empty):
                read = self.levels.facts[name].members
                any_member = self.any_of(self._holds_member(name, member) for member in read)
                return self.table.negated(any_member) if empty else any_member
            case _:
                return self._where(condition.fact, lambda value: bool(satisfies(condition, value)))

    def _holds_member(self, name: str, member: str) -> Node:
        fact = self.levels.facts[name]
        return self.table.node(fact.of_answer[fact.members.index(member)], (self.no, self.yes))

    def _where(self, name: str, fits: Callable[[Value], bool]) -> Node:
        """Whether the fact's answer fits. Of each class, either all answers must fit or none."""
        fact = self.levels.facts[name]
        truths = tuple(self.yes if fits(answers[0]) else self.no for answers in fact.classes)
        return self.table.node(fact.of_answer[0], truths)

    def all_satisfied(self, conjunction: Conjunction) -> Node:
        """Whether the answers satisfy all of the conditions, no matter if the facts are asked."""
        return self.all_of(self.satisfied(condition) for condition in conjunction)

    def asked(self, name: str) -> Node:
        """Whether the fact is asked."""
        if name not in self._asked:
            self._asked[name] = self._is_asked(self.levels.vocabulary[name])
        return self._asked[name]

    def _is_asked(self, fact: Fact) -> Node:
        """Whether the gate is open, or the fact can be core and has a given answer other than its neutral one."""
        if not (fact.asked_when and fact.can_be_core):
            return self.gate_open(fact)
        neutral = self.any_of(self.satisfied(condition) for condition in neutral_where_given_counts(fact))
        counts = self.all_of((self._given(fact.name), self.table.negated(neutral)))
        return self.any_of((self.gate_open(fact), counts))

    def gate_open(self, fact: Fact) -> Node:
        """Whether the fact is always asked or one of its gate's conjunctions holds."""
        return self.any_of(map(self.all_satisfied, fact.asked_when)) if fact.asked_when else self.yes

    def _given(self, name: str) -> Node:
        """Whether the fact has an answer in the referral."""
        return self.table.node(self.levels.facts[name].first, (self.no, self.yes))

    def fires(self, when: Iterable[Conjunction], unless: Conjunction) -> Node:
        """Whether a rule fires: at least one alternative of ``when`` and no condition of ``unless`` holds."""
        holds = self.any_of(self.all_of(map(self.holds, conjunction)) for conjunction in when)
        stopped = self.any_of(map(self.holds, unless))
        return self.all_of((holds, self.table.negated(stopped)))

    def holds(self, condition: Condition) -> Node:
        """Whether a rule's condition holds: the fact is asked and its answer satisfies the condition."""
        return self.all_of((self.asked(condition.fact), self.satisfied(condition)))

    def broken(self) -> Node:
        """Whether the answers break a constraint."""
        return self.any_of(map(self._breaks, self.levels.vocabulary.constraints))

    def _breaks(self, constraint: Constraint) -> Node:
        return self.all_of((*(self._counts(name) for name in constraint.facts), self._clash(constraint)))

    def _counts(self, name: str) -> Node:
        """Whether the fact has an answer that counts for a constraint: the fact is asked or its answer was given."""
        fact = self.levels.facts[name]
        return self.any_of((self._given(name), self.asked(name))) if fact.notes_given else self.asked(name)

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
        """The function where ``broken`` is false, and a contradiction elsewhere."""
        highest = value.high
        allowed = self.table.recoded(broken, lambda is_broken: CONTRADICTION if is_broken else highest)
        return self.table.least((value, allowed))


def _below(bound: int) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, int) and value < bound
