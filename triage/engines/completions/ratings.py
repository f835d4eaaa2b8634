"""Compile ratings and levels to diagrams: the rating of each target, the overall rating and the level.

The rating of a target is stored as its rank plus 1. The value 0 means that no support counts for the target. So the
maximum over targets ignores targets without support, and a limit, which is a minimum, never raises a rating.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from triage.engines.completions.diagram import Node
from triage.engines.completions.meaning import Meaning
from triage.model.fact import PRESENT, REMITTED
from triage.model.rule import Condition, Limits, OneOf, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import NO_SUPPORT
from triage.model.vocabulary import Lead


class Ratings:
    """The diagrams of one rule set. Constraints are not applied to them."""

    def __init__(self, ruleset: RuleSet, meaning: Meaning) -> None:
        self._ruleset, self._meaning, self._table = ruleset, meaning, meaning.table
        self._rank = ruleset.scales.rating_rank
        self._highest = len(ruleset.scales.rating_ids)
        self.fires = {rule.id: meaning.fires(rule.when, rule.unless) for rule in ruleset.deciding}

    @cached_property
    def level(self) -> Node:
        """The rank of the highest level of the rules that fire."""
        rank = self._ruleset.scales.urgency_rank
        urgent = ((rule.id, rank(rule.urgency.level)) for rule in self._ruleset.deciding if rule.urgency)
        return self._table.greatest([self._table.terminal(0), *(self._where(id_, high, 0) for id_, high in urgent)])

    @cached_property
    def rating(self) -> Node:
        """The rank of the overall rating."""
        nothing = self._rank(NO_SUPPORT) + 1
        supported = self._table.recoded(self.leading, lambda value: value or nothing)
        return self._table.recoded(self._table.least((supported, self.general)), lambda value: value - 1)

    @cached_property
    def general(self) -> Node:
        """The lowest of the limits that apply to all targets, as its rank plus 1."""
        return self._lowest(
            (rule.id, limit.to) for rule in self._ruleset.deciding for limit in rule.of(Limits) if not limit.targets
        )

    @cached_property
    def of_target(self) -> dict[str, Node]:
        """The rating of each target that a rule supports, under the limits that name the target."""
        supported = {
            target for rule in self._ruleset.deciding for support in rule.of(Supports) for target in support.targets
        }
        return {target: self._of(target) for target in self._ruleset.targets if target in supported}

    def _of(self, target: str) -> Node:
        rules = self._ruleset.deciding
        supports = [
            self._where(rule.id, self._rank(support.rating) + 1, 0)
            for rule in rules
            for support in rule.of(Supports)
            if target in support.targets
        ]
        limits = ((rule.id, limit.to) for rule in rules for limit in rule.of(Limits) if target in limit.targets)
        value = self._table.least((self._table.greatest(supports), self._lowest(limits)))
        if target in self._ruleset.scales.life_problems:
            return self._table.least((value, self._mask(self._table.negated(self._condition_beside))))
        return value

    @cached_property
    def leading(self) -> Node:
        """The highest rating of the targets that lead, without the limits on all targets."""
        cases: list[Node] = []
        unnamed = self._meaning.yes
        for problem, lead in self._ruleset.vocabulary.leads.items():
            is_it = self._meaning.holds(_is_problem(self._ruleset, problem))
            unnamed = self._meaning.all_of((unnamed, self._table.negated(is_it)))
            cases.append(self._table.least((self._mask(is_it), self._led_by(lead))))
        cases.append(self._table.least((self._mask(unnamed), self._highest_of_all)))
        return self._table.greatest(cases)

    @cached_property
    def _highest_of_all(self) -> Node:
        return self._table.greatest([self._table.terminal(0), *self.of_target.values()])

    def about(self, lead: Lead) -> Node:
        """The highest rating of the targets that a leading problem is about; 0 where none of them is supported."""
        targets = [self.of_target[target] for target in lead.targets if target in self.of_target]
        if lead.also_remitted:
            targets += [
                self._table.least((rating, self._mask(self._meaning.holds(OneOf(name, frozenset({REMITTED}))))))
                for name, rating in self.of_target.items()
                if name in self._ruleset.vocabulary.facts
            ]
        return self._table.greatest([self._table.terminal(0), *targets])

    def _led_by(self, lead: Lead) -> Node:
        """The highest rating of the targets that lead with this problem."""
        about = self.about(lead)
        cap = self._rank(self._ruleset.scales.cap) + 1 if lead.otherwise == "all_lead_capped" else self._highest
        others = self._table.least((self._highest_of_all, self._table.terminal(cap)))
        unsupported = self._table.recoded(about, lambda value: 0 if value else self._highest)
        return self._table.greatest((about, self._table.least((others, unsupported))))

    @cached_property
    def _condition_beside(self) -> Node:
        """Whether a suspected or current condition keeps life problems from counting."""
        vocabulary = self._ruleset.vocabulary
        return self._meaning.any_of(
            self._meaning.holds(OneOf(fact.name, PRESENT))
            for fact in vocabulary
            if fact.type == "condition" and fact.name not in vocabulary.not_a_condition_beside
        )

    def _lowest(self, limits: Iterable[tuple[str, str]]) -> Node:
        none = self._table.terminal(self._highest)
        return self._table.least([none, *(self._where(id_, self._rank(to) + 1, self._highest) for id_, to in limits)])

    def _where(self, id_: str, value: int, otherwise: int) -> Node:
        """``value`` where the rule fires, and ``otherwise`` where it does not."""
        return self._table.recoded(self.fires[id_], lambda fires: value if fires else otherwise)

    def _mask(self, truth: Node) -> Node:
        """The highest value where the truth holds, and 0 elsewhere."""
        return self._table.recoded(truth, lambda holds: self._highest if holds else 0)


def conditions_of_targets(ruleset: RuleSet) -> list[Condition]:
    """The conditions that ratings depend on besides those of rules: on the leading problem and on conditions.

    A condition matters when it is present (it keeps life problems from counting) or remitted (it may lead).
    """
    vocabulary = ruleset.vocabulary
    read: list[Condition] = [_is_problem(ruleset, problem) for problem in vocabulary.leads]
    supported = {target for rule in ruleset.deciding for support in rule.of(Supports) for target in support.targets}
    for fact in vocabulary:
        if fact.type == "condition":
            if supported & ruleset.scales.life_problems and fact.name not in vocabulary.not_a_condition_beside:
                read.append(OneOf(fact.name, PRESENT))
            if fact.name in supported and any(lead.also_remitted for lead in vocabulary.leads.values()):
                read.append(OneOf(fact.name, frozenset({REMITTED})))
    return read


def _is_problem(ruleset: RuleSet, problem: str) -> OneOf:
    leading = ruleset.vocabulary.leading_fact
    assert leading is not None, "a vocabulary with leads names its leading fact"
    return OneOf(leading, frozenset({problem}))
