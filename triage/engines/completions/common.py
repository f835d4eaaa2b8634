"""What all completions with one rating have in common: targets, role, certainty and course.

It is needed only where the reported rating differs from the rating of the fired rules. Diagrams are built for the one
referral. They are small, since the answers given decide most levels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from triage.engines.completions.diagram import Node, NodeTable
from triage.engines.completions.levels import Levels
from triage.engines.completions.meaning import Meaning
from triage.engines.completions.ratings import Ratings
from triage.engines.outcome import Common
from triage.model.course import Length
from triage.model.fact import AGE, REMITTED
from triage.model.rule import Answers, Between, Condition, Limits, OneOf, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import Term

TOP = 1_000
"""A value above every value of these functions. It marks where a function is not defined."""


def conditions_of_courses(ruleset: RuleSet) -> list[Condition]:
    """The conditions that the choice of a course depends on: the age, and whether a condition is remitted."""
    if ruleset.course is None:
        return []
    read: list[Condition] = []
    conditions = set(ruleset.vocabulary.conditions)
    supported = {target for rule in ruleset.deciding for support in rule.of(Supports) for target in support.targets}
    for length in ruleset.course.lengths:
        if length.remitted:
            about = length.targets or supported
            read += [OneOf(target, frozenset({REMITTED})) for target in sorted(about & supported & conditions)]
        if length.age is not None and AGE in ruleset.vocabulary.facts:
            read.append(Between(AGE, *length.age))
    return read


class _Decided(NodeTable):
    """A node table in which the answers given decide some levels. No node reads these levels."""

    def __init__(self, classes: Mapping[int, int]) -> None:
        super().__init__()
        self._classes = classes

    def node(self, level: int, children: tuple[Node, ...]) -> Node:
        """The function that is the child of the level's class; the child itself where the class is known."""
        if level in self._classes:
            return children[self._classes[level]]
        return super().node(level, children)


class CommonTo:
    """What the completions of one referral with the rating ``rating`` have in common."""

    def __init__(self, ruleset: RuleSet, levels: Levels, answers: Answers, rating: str) -> None:
        self._ruleset = ruleset
        self._rank = ruleset.scales.rating_rank
        self._answers, self._rating = answers, rating
        self._table = _Decided(levels.classes_of(answers) | levels.not_given(answers))
        self._meaning = Meaning(levels, self._table)
        self._ratings = Ratings(ruleset, self._meaning)

    def of(self, common: Common) -> Common:
        """The part of ``common`` that all of these completions share. ``common`` is what some of them share.

        It has the targets with the rating in all of them, and role, certainty and course where they are always the
        same.
        """
        scales = self._ruleset.scales
        return Common(
            tuple(target for target in common.targets if self._values(self._best[target]) == [1]),
            common.role and self._said(scales.roles, self._role),
            common.certainty and self._said(scales.certainties, self._certainty),
            common.plan and self._plan(),
        )

    @cached_property
    def _with_rating(self) -> Node:
        """Whether the completion has the rating and breaks no constraint."""
        has_it = self._is(self._ratings.rating, self._rank(self._rating))
        return self._all(has_it, self._table.negated(self._meaning.broken()))

    @cached_property
    def _best(self) -> dict[str, Node]:
        """For each target that leads and has the rating in some completion with the rating: whether it does."""
        best = ((target, self._all(self._is_best(target), self._with_rating)) for target in self._ratings.of_target)
        return {target: is_best for target, is_best in best if is_best.high > 0}

    def _is_best(self, target: str) -> Node:
        own, wanted = self._ratings.of_target[target], self._rank(self._rating) + 1
        under_limits = self._table.least((own, self._ratings.general))
        under_cap = self._table.least((under_limits, self._table.terminal(self._rank(self._ruleset.scales.cap) + 1)))
        supported = self._table.recoded(own, lambda value: int(value > 0))
        leads, leads_capped = self._leads(target)
        has_it = self._any(
            self._all(leads, self._is(under_limits, wanted)), self._all(leads_capped, self._is(under_cap, wanted))
        )
        return self._all(supported, has_it)

    def _leads(self, target: str) -> tuple[Node, Node]:
        """Whether the target leads without the cap, and whether it leads under the cap."""
        vocabulary, meaning = self._ruleset.vocabulary, self._meaning
        leads: list[Node] = []
        capped: list[Node] = []
        unnamed = meaning.yes
        for problem, lead in vocabulary.leads.items():
            assert vocabulary.leading_fact is not None
            is_it = meaning.holds(OneOf(vocabulary.leading_fact, frozenset({problem})))
            unnamed = self._all(unnamed, self._table.negated(is_it))
            about = meaning.no
            if target in lead.targets:
                about = meaning.yes
            elif lead.also_remitted and target in vocabulary.conditions:
                about = meaning.holds(OneOf(target, frozenset({REMITTED})))
            unsupported = self._table.recoded(self._ratings.about(lead), lambda value: int(not value))
            leads.append(self._all(is_it, about))
            (capped if lead.otherwise == "all_lead_capped" else leads).append(self._all(is_it, unsupported))
        return self._any(*leads, unnamed), self._any(*capped)

    @cached_property
    def _role(self) -> Node:
        """The most cautious role of the best targets, from their highest supports and the limits that apply."""
        order = _places(self._ruleset.scales.roles)
        roles = []
        for target, is_best in self._best.items():
            carried = [self._of_supports(target, lambda support: order[support.role])]
            carried += [
                self._where(self._ratings.fires[rule.id], self._table.terminal(order[limit.role]), TOP)
                for rule in self._ruleset.deciding
                for limit in rule.of(Limits)
                if limit.role and limit.applies_to(target)
            ]
            roles.append(self._where(is_best, self._table.least(carried), TOP))
        return self._table.least([self._table.terminal(TOP), *roles])

    @cached_property
    def _certainty(self) -> Node:
        """The lowest certainty of the best targets. A target's is the highest among its highest supports."""
        order = _places(self._ruleset.scales.certainties)
        certainties = [
            self._where(is_best, self._of_supports(target, lambda support: order[support.certainty]), 0)
            for target, is_best in self._best.items()
        ]
        return self._table.greatest([self._table.terminal(0), *certainties])

    def _of_supports(self, target: str, value: Callable[[Supports], int]) -> Node:
        """The least ``value`` among the fired supports that give the target its highest support."""
        supports = [
            (self._ratings.fires[rule.id], support)
            for rule in self._ruleset.deciding
            for support in rule.of(Supports)
            if target in support.targets
        ]
        ranks = (
            self._where(fires, self._table.terminal(self._rank(support.rating) + 1), 0) for fires, support in supports
        )
        highest = self._table.greatest([self._table.terminal(0), *ranks])
        values = (
            self._where(
                self._all(fires, self._is(highest, self._rank(support.rating) + 1)),
                self._table.terminal(value(support)),
                TOP,
            )
            for fires, support in supports
        )
        return self._table.least([self._table.terminal(TOP), *values])

    def _plan(self) -> str | None:
        """The id of the course where all best targets have the same one, in all completions with the rating."""
        course = self._ruleset.course
        if course is None:
            return None
        ids = [course.default.id, *(length.id for length in course.lengths)]
        plans = [(is_best, self._plan_of(target, course.lengths)) for target, is_best in self._best.items()]
        least = self._table.least([self._table.terminal(TOP), *(self._where(best, of, TOP) for best, of in plans)])
        greatest = self._table.greatest([self._table.terminal(0), *(self._where(best, of, 0) for best, of in plans)])
        lowest, highest = self._values(least), self._values(greatest)
        return ids[lowest[0] - 1] if len(lowest) == 1 and lowest == highest else None

    def _plan_of(self, target: str, lengths: tuple[Length, ...]) -> Node:
        """The number of the first length that fits the target, counted from 2; 1 is the default length."""
        chosen = self._table.terminal(1)
        for place, length in reversed([*enumerate(lengths, start=2)]):
            fits = self._fits(length, target)
            chosen = self._table.greatest(
                (self._where(fits, self._table.terminal(place), 0), self._where(self._table.negated(fits), chosen, 0))
            )
        return chosen

    def _fits(self, length: Length, target: str) -> Node:
        meaning, vocabulary = self._meaning, self._ruleset.vocabulary
        if length.targets and target not in length.targets:
            return meaning.no
        if length.remitted and target not in vocabulary.conditions:
            return meaning.no
        remitted = self._known(OneOf(target, frozenset({REMITTED}))) if length.remitted else meaning.yes
        if length.age is None:
            return remitted
        return self._all(remitted, self._known(Between(AGE, *length.age))) if AGE in vocabulary.facts else meaning.no

    def _known(self, condition: Condition) -> Node:
        """Whether the fact has an answer that satisfies the condition. A given answer counts even if not asked."""
        given = condition.fact in self._answers
        return self._meaning.satisfied(condition) if given else self._meaning.holds(condition)

    def _said(self, terms: Iterable[Term], function: Node) -> str | None:
        """The term that is the function's only value, as a place counted from 1; None where it has several or none."""
        values = self._values(function)
        return dict(enumerate((term.id for term in terms), start=1)).get(values[0]) if len(values) == 1 else None

    def _values(self, function: Node) -> list[int]:
        """The values of a function in completions that have the rating, lowest first."""
        shifted = self._table.recoded(function, lambda value: value + 1)
        values = self._where(self._with_rating, shifted, 0).values >> 1
        return [value for value in range(values.bit_length()) if values >> value & 1]

    def _is(self, function: Node, wanted: int) -> Node:
        return self._table.recoded(function, lambda value: int(value == wanted))

    def _where(self, truth: Node, function: Node, otherwise: int) -> Node:
        """The function where the truth holds, and ``otherwise`` elsewhere, which is below or above all its values."""
        above = otherwise >= function.high
        bound = self._table.recoded(truth, lambda holds: (0 if above else TOP + 1) if holds else otherwise)
        return self._table.greatest((function, bound)) if above else self._table.least((function, bound))

    def _all(self, *truths: Node) -> Node:
        return self._meaning.all_of(truths)

    def _any(self, *truths: Node) -> Node:
        return self._meaning.any_of(truths)


def _places(terms: Iterable[Term]) -> dict[str, int]:
    """The place of each term, counted from 1."""
    return {term.id: place for place, term in enumerate(terms, start=1)}
