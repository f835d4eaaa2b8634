"""The rating of each target and of the whole, and the level, as diagrams.

The rating of a target is written as its rank and one more, 0 being a target that no support counts for: so the highest
of some targets is that of the supported ones, and a limit lifts none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

from triage.engines.completions.diagram import Node, NodeTable
from triage.engines.completions.meaning import Meaning
from triage.engines.outcome import PRESENT, REMITTED
from triage.model.rule import Condition, Limits, OneOf, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import NO_SUPPORT
from triage.model.vocabulary import Lead


class Ratings:
    """Makes the diagrams of one rule set, whatever the constraints."""

    of_target: Mapping[str, Node]
    """The rating of each target that a rule supports, under the limits that name it."""

    def __init__(self, ruleset: RuleSet, meaning: Meaning) -> None:
        self._ruleset, self._meaning, self._table = ruleset, meaning, meaning.table
        self._rank = ruleset.scales.rating_rank
        self._highest = len(ruleset.scales.rating_ids)
        self.fires = {rule.id: meaning.fires(rule.when, rule.unless) for rule in ruleset.deciding}
        self.of_target = {target: self._of(target) for target in supported_targets(ruleset)}

    @cached_property
    def level(self) -> Node:
        """The rank of the level: the highest of the rules that fire."""
        rank = self._ruleset.scales.urgency_rank
        urgent = ((rule.id, rank(rule.urgency.level)) for rule in self._ruleset.deciding if rule.urgency)
        return self._table.greatest([self._table.terminal(0), *(self._where(id_, high, 0) for id_, high in urgent)])

    @cached_property
    def rating(self) -> Node:
        """The rank of the rating of the whole."""
        nothing = self._rank(NO_SUPPORT) + 1
        leading = Leading(self._ruleset, self._table, self.of_target, self._meaning.holds)
        supported = self._table.recoded(leading.rating(self.of_target), lambda value: value or nothing)
        return self._table.recoded(self._table.least((supported, self.general)), lambda value: value - 1)

    @cached_property
    def general(self) -> Node:
        """The lowest limit that applies to all targets."""
        return self._lowest(
            (rule.id, limit.to) for rule in self._ruleset.deciding for limit in rule.of(Limits) if not limit.targets
        )

    def _of(self, target: str) -> Node:
        rules = self._ruleset.deciding
        supports = [
            self._where(rule.id, self._rank(each.rating) + 1, 0)
            for rule in rules
            for each in rule.of(Supports)
            if target in each.targets
        ]
        limits = ((rule.id, each.to) for rule in rules for each in rule.of(Limits) if target in each.targets)
        value = self._table.least((self._table.greatest(supports), self._lowest(limits)))
        if target in self._ruleset.scales.life_problems:
            return self._table.least((value, self._mask(self._table.negated(self._condition_beside))))
        return value

    @cached_property
    def _condition_beside(self) -> Node:
        """A condition is suspected or current, beside which a life problem does not count."""
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
        """A value where the rule fires, another where it does not."""
        return self._table.recoded(self.fires[id_], lambda fires: value if fires else otherwise)

    def _mask(self, truth: Node) -> Node:
        """The highest value where the truth holds, and 0 elsewhere."""
        return self._table.recoded(truth, lambda holds: self._highest if holds else 0)


class Leading:
    """Which targets lead, by the leading problem; ``of_target`` are their ratings, ``holds`` makes conditions."""

    def __init__(
        self,
        ruleset: RuleSet,
        table: NodeTable,
        of_target: Mapping[str, Node],
        holds: Callable[[Condition], Node],
    ) -> None:
        self._ruleset, self._table, self._of_target, self._holds = ruleset, table, of_target, holds
        self._highest = len(ruleset.scales.rating_ids)
        self._none = table.terminal(0)
        self._problems = [(lead, holds(_is_problem(ruleset, name))) for name, lead in ruleset.vocabulary.leads.items()]
        self._about = [self._rating_about(lead, of_target) for lead, _ in self._problems]

    def rating(self, targets: Collection[str]) -> Node:
        """The highest rating of those of the targets that lead, 0 where none does; the limits on all are left out."""
        of_all = self._table.greatest([self._none, *(self._of_target[target] for target in targets)])
        named = self._table.greatest([self._none, *(is_it for _, is_it in self._problems)])
        cases = [self._table.least((of_all, self._mask(self._table.negated(named))))]
        for (lead, is_it), about in zip(self._problems, self._about, strict=True):
            here = self._table.terminal(self._cap(lead))
            unsupported = self._table.recoded(about, lambda value: 0 if value else self._highest)
            otherwise = self._table.least((of_all, here, unsupported))
            rating = self._table.greatest((self._rating_about(lead, targets), otherwise))
            cases.append(self._table.least((self._mask(is_it), rating)))
        return self._table.greatest(cases)

    def _rating_about(self, lead: Lead, among: Collection[str]) -> Node:
        """The highest rating of those of the targets that a leading problem is about."""
        ratings = [self._of_target[target] for target in lead.targets if target in self._of_target and target in among]
        if lead.also_remitted:
            remitted = (name for name in among if name in self._ruleset.vocabulary.facts)
            ratings += [
                self._table.least((self._of_target[name], self._mask(self._holds(OneOf(name, REMITTED)))))
                for name in remitted
            ]
        return self._table.greatest([self._none, *ratings])

    def _cap(self, lead: Lead) -> int:
        """The highest rating of what stands beside a problem that nothing supports."""
        scales = self._ruleset.scales
        return scales.rating_rank(scales.cap) + 1 if lead.otherwise == "all_lead_capped" else self._highest

    def _mask(self, truth: Node) -> Node:
        """The highest value where the truth holds, and 0 elsewhere."""
        return self._table.recoded(truth, lambda holds: self._highest if holds else 0)


def supported_targets(ruleset: RuleSet) -> tuple[str, ...]:
    """The targets that some rule supports, in order."""
    supported = {target for rule in ruleset.deciding for each in rule.of(Supports) for target in each.targets}
    return tuple(target for target in ruleset.targets if target in supported)


def conditions_of_targets(ruleset: RuleSet) -> list[Condition]:
    """What is read beside the rules: which problem leads, and which conditions stand beside or are remitted."""
    vocabulary = ruleset.vocabulary
    read: list[Condition] = [_is_problem(ruleset, problem) for problem in vocabulary.leads]
    supported = supported_targets(ruleset)
    life_problems = bool(ruleset.scales.life_problems.intersection(supported))
    also_remitted = any(lead.also_remitted for lead in vocabulary.leads.values())
    for fact in vocabulary:
        if fact.type == "condition" and life_problems and fact.name not in vocabulary.not_a_condition_beside:
            read.append(OneOf(fact.name, PRESENT))
        if fact.name in supported and also_remitted:
            read.append(OneOf(fact.name, REMITTED))
    return read


def _is_problem(ruleset: RuleSet, problem: str) -> OneOf:
    leading = ruleset.vocabulary.leading_fact
    assert leading is not None, "problems lead only in a vocabulary that names the fact which says them"
    return OneOf(leading, frozenset({problem}))
