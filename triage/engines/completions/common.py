"""What all completions with one rating have in common: what stands beside a rating that was moved there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from triage.engines.completions.diagram import Node
from triage.engines.completions.meaning import Meaning
from triage.engines.completions.ratings import Leading
from triage.engines.outcome import REMITTED, Common
from triage.model.course import AGE, Length
from triage.model.rule import Between, Condition, Limits, OneOf, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import LOWEST_WITH_CERTAINTY, LOWEST_WITH_ROLE


class Pieces(NamedTuple):
    """The functions of a rule set that are read: when each rule fires, the rating of each target and of the whole.

    ``general`` is the lowest of the limits on all targets, written as a target's rating is.
    """

    fires: Mapping[str, Node]
    of_target: Mapping[str, Node]
    general: Node
    rating: Node

    @property
    def nodes(self) -> list[Node]:
        """All of them."""
        return [*self.fires.values(), *self.of_target.values(), self.general, self.rating]


class CommonToRating:
    """The completions of one referral that have one rating, given by its rank.

    ``classes`` are those of the levels that the referral decides, and every function is restricted to it. ``_best``
    says for each target where it leads and has the rating; a completion with another rating is left out.
    """

    def __init__(
        self, ruleset: RuleSet, pieces: Pieces, rank: int, meaning: Meaning, classes: Mapping[int, int]
    ) -> None:
        self._ruleset, self._rank, self._meaning, self._table = ruleset, rank, meaning, meaning.table
        self._classes = classes
        self._fires = self._all_restricted(pieces.fires)
        self._of_target = self._all_restricted(pieces.of_target)
        rating, self._general = self._table.restricted((pieces.rating, pieces.general), classes)
        self._those = self._table.recoded(rating, lambda value: int(value == rank))
        self._best = dict(self._best_targets())

    def common(self) -> Common:
        """Targets, role, certainty and course, each where it is the same in all of these completions."""
        return Common(
            tuple(target for target, best in self._best.items() if best is self._those),
            self._role(),
            self._certainty(),
            self._plan(),
        )

    def _best_targets(self) -> Iterator[tuple[str, Node]]:
        """Where each target is among the best, for those that are so somewhere."""
        leading = Leading(self._ruleset, self._table, self._of_target, self._holds)
        for target in self._of_target:
            rating = self._table.least((leading.rating((target,)), self._general))
            has_it = self._table.recoded(rating, lambda value: int(value == self._rank + 1))
            best = self._meaning.all_of((self._those, has_it))
            if best.high > 0:
                yield target, best

    def _role(self) -> str | None:
        """The role of the whole: the most cautious of the highest supports and the limits of the best targets."""
        scales = self._ruleset.scales
        if self._rank < scales.rating_rank(LOWEST_WITH_ROLE):
            return None
        roles = [term.id for term in reversed(scales.roles)]
        found = [
            self._where(truth, roles.index(role) + 1, 0)
            for target, best in self._best.items()
            for truth, role in (*self._highest_roles(target, best), *self._roles_of_limits(target, best))
        ]
        return self._only(self._table.greatest([self._table.terminal(0), *found]), roles)

    def _highest_roles(self, target: str, best: Node) -> Iterator[tuple[Node, str]]:
        for truth, effect in self._highest(target, best):
            yield truth, effect.role

    def _roles_of_limits(self, target: str, best: Node) -> Iterator[tuple[Node, str]]:
        for rule in self._ruleset.deciding:
            for limit in rule.of(Limits):
                if limit.role and limit.applies_to(target):
                    yield self._meaning.all_of((best, self._fires[rule.id])), limit.role

    def _certainty(self) -> str | None:
        """The certainty of the whole: the lowest of the best targets, each having the highest of its supports."""
        scales = self._ruleset.scales
        if self._rank < scales.rating_rank(LOWEST_WITH_CERTAINTY):
            return None
        certainties = [term.id for term in reversed(scales.certainties)]
        of_targets = []
        for target, best in self._best.items():
            found = [
                self._where(truth, certainties.index(effect.certainty) + 1, 0)
                for truth, effect in self._highest(target, best)
            ]
            elsewhere = self._where(best, 0, len(certainties) + 1)
            of_targets.append(self._table.greatest([elsewhere, *found]))
        none = self._table.terminal(len(certainties) + 1)
        return self._only(self._table.least([none, *of_targets]), certainties)

    def _plan(self) -> str | None:
        """The id of the course: the one of all best targets everywhere."""
        course = self._ruleset.course
        if course is None or not self._best:
            return None
        plans: set[str] = set()
        for target, best in self._best.items():
            left = best
            for length in course.lengths:
                fitting = self._meaning.all_of((left, self._fits(length, target)))
                left = self._meaning.all_of((left, self._table.negated(fitting)))
                plans.update([length.id] * fitting.high)
            plans.update([course.default.id] * left.high)
        return plans.pop() if len(plans) == 1 else None

    def _fits(self, length: Length, target: str) -> Node:
        conditions = conditions_of_length(self._ruleset, length, target)
        return self._meaning.no if conditions is None else self._meaning.all_of(map(self._holds, conditions))

    def _highest(self, target: str, best: Node) -> Iterator[tuple[Node, Supports]]:
        """Each support for a target, with where it is the highest that fires and the target among the best."""
        rank = self._ruleset.scales.rating_rank
        supports = [
            (self._fires[rule.id], effect)
            for rule in self._ruleset.deciding
            for effect in rule.of(Supports)
            if target in effect.targets
        ]
        for fires, effect in supports:
            higher = [other for other, its in supports if rank(its.rating) > rank(effect.rating)]
            none_higher = self._table.negated(self._meaning.any_of(higher))
            yield self._meaning.all_of((best, fires, none_higher)), effect

    def _holds(self, condition: Condition) -> Node:
        return self._table.restricted((self._meaning.holds(condition),), self._classes)[0]

    def _all_restricted(self, functions: Mapping[str, Node]) -> Mapping[str, Node]:
        return dict(zip(functions, self._table.restricted(list(functions.values()), self._classes), strict=True))

    def _where(self, truth: Node, value: int, otherwise: int) -> Node:
        return self._table.recoded(truth, lambda holds: value if holds else otherwise)

    def _only(self, function: Node, ids: list[str]) -> str | None:
        """The id that a function names, in all of these completions; None where it names several, or none somewhere.

        Its value is the number of the id, counted from 1.
        """
        counted = self._table.recoded(function, lambda value: value + 1)
        inside = self._table.least((counted, self._where(self._those, len(ids) + 2, 0)))
        numbers = [number for number in range(1, len(ids) + 3) if inside.values >> number & 1]
        return ids[numbers[0] - 2] if len(numbers) == 1 and 2 <= numbers[0] <= len(ids) + 1 else None


def conditions_of_length(ruleset: RuleSet, length: Length, target: str) -> tuple[Condition, ...] | None:
    """What must be answered for a length of course to be for this target; None where it never is."""
    if length.targets and target not in length.targets:
        return None
    facts = ruleset.vocabulary.facts
    conditions: list[Condition] = []
    if length.remitted:
        conditions.append(OneOf(target, REMITTED))
    if length.age is not None:
        conditions.append(Between(AGE, *length.age))
    return tuple(conditions) if all(each.fact in facts for each in conditions) else None


def conditions_of_course(ruleset: RuleSet, targets: Iterable[str]) -> list[Condition]:
    """What the course hangs on."""
    lengths = ruleset.course.lengths if ruleset.course is not None else ()
    found = (conditions_of_length(ruleset, length, target) or () for length in lengths for target in targets)
    return list(dict.fromkeys(condition for conditions in found for condition in conditions))
