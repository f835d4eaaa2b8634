"""What an incomplete referral can still become, and which questions can change it, exactly over all completions.

The meaning of a rule set is compiled once to decision diagrams: the ranks of rating and level as functions of the
answers to all facts, with a contradiction where the answers break a constraint. For a referral, they are restricted by
its answers; the restricted diagrams cover exactly its completions. A compiled rule set never changes, so threads may
share it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import islice
from typing import NamedTuple

from triage.engines.completions.common import CommonTo, conditions_of_courses
from triage.engines.completions.diagram import Node, NodeTable, Restriction
from triage.engines.completions.drawn import NOTHING, common_to, drawn_completions
from triage.engines.completions.levels import FactLevels, Levels
from triage.engines.completions.meaning import Meaning
from triage.engines.completions.ratings import Ratings, conditions_of_targets
from triage.engines.completions.reached import Reached, ValuesByAnswer
from triage.engines.completions.shown import Path, Reach, ShownAnswers
from triage.engines.outcome import Bounds, Common, Consequence, OpenQuestion, StillOpen
from triage.model.rule import Answers, Conjunction, Rule
from triage.model.ruleset import RuleSet
from triage.model.truth import members

MOST_NODES = 200_000
"""The most nodes that building the diagrams of one rule set may take."""

DRAWN = 30
"""The number of completions drawn to rule out what is not common, before all completions are examined."""

SUITABILITY, URGENCY = "suitability", "urgency"


class Functions(NamedTuple):
    """Rating and level as functions giving ranks, or a contradiction, and whether a constraint is broken."""

    rating: Node
    level: Node
    broken: Node


class NoCompletion(Exception):
    """The answers given contradict each other, so that they have no completion."""


class Completions:
    """Answers questions about all completions of a referral, for one rule set.

    ``size`` is the number of nodes of rating, level and contradictions. ``order`` is the order of the facts in the
    diagrams; without it the published one is used. Raises DiagramTooLarge where building the diagrams takes more than
    ``most_nodes`` nodes.
    """

    def __init__(self, ruleset: RuleSet, most_nodes: int = MOST_NODES, order: Sequence[str] | None = None) -> None:
        self.ruleset = ruleset
        self.levels = Levels(ruleset.vocabulary, read_by(ruleset), order)
        table = NodeTable(most_nodes)
        self.functions = functions_of(ruleset, Meaning(self.levels, table))
        self.size = len(table.only(self.functions))
        self._none_given = Functions(*table.restricted(self.functions, self.levels.not_given(())))
        self._one_given = {
            name: Functions(*table.restricted(self.functions, {**self.levels.not_given((name,)), level: 1}))
            for name, level in self.levels.given.items()
            if any(function.support >> level & 1 for function in self.functions)
        }
        kept = (self.functions, self._none_given, *self._one_given.values())
        self.nodes = table.only(node for functions in kept for node in functions)
        self._ratings, self._levels = (
            tuple(tuple(id_ for rank, id_ in enumerate(ids) if bits >> rank & 1) for bits in range(1 << len(ids)))
            for ids in (ruleset.scales.rating_ids, ruleset.scales.urgency_ids)
        )
        conditions = [condition for rule in ruleset.deciding for condition in rule.conditions]
        self.shown = {
            name: ShownAnswers(fact, [condition for condition in conditions if condition.fact == name])
            for name, fact in self.levels.facts.items()
        }

    def of(self, answers: Answers) -> StillOpen:
        """The ratings and levels that a referral can still become, and every question that can change them.

        Raises NoCompletion.
        """
        referral = _Referral(self, answers)
        return StillOpen(referral.bounds(), tuple(referral.questions()))

    def bounds(self, answers: Answers) -> Bounds:
        """The ratings and levels that are still possible. Raises NoCompletion."""
        return _Referral(self, answers).bounds()

    def common(self, answers: Answers, rating: str) -> Common:
        """What all completions with this rating have in common; at least one must have it. Raises NoCompletion.

        First, some completions are drawn. Only what these have in common is then checked for all completions, which is
        much faster while many questions are open.
        """
        restricted, rank = _Referral(self, answers).rating, self.ruleset.scales.rating_rank(rating)
        some = islice(drawn_completions(self.levels, answers, restricted, rank), DRAWN)
        common_to_some = common_to(self.ruleset, some)
        if common_to_some == NOTHING:
            return NOTHING
        return CommonTo(self.ruleset, self._levels_of_courses, answers, rating).of(common_to_some)

    @cached_property
    def _levels_of_courses(self) -> Levels:
        """The levels of the facts that rating, level and the choice of a course depend on."""
        read = [*read_by(self.ruleset), *((condition,) for condition in conditions_of_courses(self.ruleset))]
        return Levels(self.ruleset.vocabulary, read, tuple(self.levels.facts))

    @property
    def counting_once_given(self) -> Collection[str]:
        """The facts whose given answer can count although their gate is closed (``FactLevels.notes_given``)."""
        return self._one_given.keys()

    @cached_property
    def width(self) -> int:
        """The number of bits that hold a set of ratings or a set of levels."""
        return max(len(self.ruleset.scales.rating_ids), len(self.ruleset.scales.urgency_ids))

    def with_given(self, answers: Answers) -> tuple[Functions, dict[int, int]]:
        """The functions to start from for these answers, and the levels (whether one is given) still to restrict."""
        given = self.levels.given
        if given.keys().isdisjoint(answers):
            return self._none_given, {}
        return self.functions, {level: int(name in answers) for name, level in given.items()}

    def with_supposed(self, name: str, answers: Answers, restriction: Restriction) -> tuple[Node, Node]:
        """Rating and level, restricted, where an answer to the fact ``name`` is given as well."""
        if self.levels.given.keys().isdisjoint(answers):
            functions = self._one_given[name]
        else:
            functions, restriction = self.functions, restriction.with_class(self.levels.given[name], 1)
        return restriction.of(functions.rating), restriction.of(functions.level)

    def named(self, ratings: int, levels: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ratings and levels whose bits are set, each lowest first."""
        return self._ratings[ratings], self._levels[levels]


def completions_of(ruleset: RuleSet) -> Completions:
    """The completions engine of a rule set. The last one is cached, since a rule set is first checked, then used.

    Raises DiagramTooLarge.
    """
    global _last_made
    if _last_made is None or _last_made.ruleset is not ruleset:
        _last_made = Completions(ruleset)
    return _last_made


_last_made: Completions | None = None


def conjunctions_of(rules: Iterable[Rule]) -> list[Conjunction]:
    """Each alternative of each rule, together with the rule's ``unless``: conditions that are read together."""
    return [(*alternative, *rule.unless) for rule in rules for alternative in rule.when]


def read_by(ruleset: RuleSet) -> list[Conjunction]:
    """The conditions that rating and level depend on; those that are read together form one conjunction."""
    return [*conjunctions_of(ruleset.deciding), *((condition,) for condition in conditions_of_targets(ruleset))]


def functions_of(ruleset: RuleSet, meaning: Meaning) -> Functions:
    """Compile a rule set to the functions of rating and level. Raises DiagramTooLarge."""
    broken, ratings = meaning.broken(), Ratings(ruleset, meaning)
    rating, level = (meaning.where_kept(function, broken) for function in (ratings.rating, ratings.level))
    return Functions(rating, level, broken)


class _Referral:
    """The functions restricted to the completions of one referral."""

    def __init__(self, completions: Completions, answers: Answers) -> None:
        self._completions, self._answers = completions, answers
        functions, given = completions.with_given(answers)
        table = NodeTable(shared=completions.nodes)
        self._restriction = Restriction(table, completions.levels.classes_of(answers) | given)
        self._functions = Functions(*map(self._restriction.of, functions))
        if not self._functions.rating.values:
            raise NoCompletion("The answers given contradict one another: no completion keeps them.")

    @property
    def rating(self) -> Node:
        """The function of the rating's rank over the completions."""
        return self._functions.rating

    def bounds(self) -> Bounds:
        """The ratings and levels that are still possible."""
        return Bounds(*self._completions.named(self._functions.rating.values, self._functions.level.values))

    def questions(self) -> Iterator[OpenQuestion]:
        """The questions that can change rating or level, in the order of the vocabulary."""
        for fact, changes in self._changes():
            yield OpenQuestion(fact.fact.name, changes, tuple(self._would(fact)))

    def _changes(self) -> Iterator[tuple[FactLevels, tuple[str, ...]]]:
        """Each unanswered fact that can change rating or level, with the names of those it can change."""
        read_by_constraints = self._functions.broken.support
        vocabulary = self._completions.ruleset.vocabulary
        for fact in self._completions.levels.in_vocabulary_order:
            if not vocabulary.is_answered(fact.fact.name, self._answers):
                constrained = any(read_by_constraints >> level & 1 for level in fact.levels)
                rating, level = (reached.is_changed_by(fact, constrained=constrained) for reached in self._reached)
                if rating or level:
                    yield fact, (SUITABILITY,) * rating + (URGENCY,) * level

    @cached_property
    def _reached(self) -> tuple[Reached, Reached]:
        levels = self._completions.levels
        return Reached(self._functions.rating, levels), Reached(self._functions.level, levels)

    def _would(self, fact: FactLevels) -> Iterator[Consequence]:
        """The ratings and levels that are possible with each answer that breaks no constraint."""
        name = fact.fact.name
        given = self._answers.get(name)
        known = members(given) if isinstance(given, frozenset) else frozenset[str]()
        shown = self._completions.shown[name]
        if given is None and name in self._completions.counting_once_given:
            reach = self._once_given(fact, shown.paths(known))
        else:
            reach = partial(self._reach, fact)
        for answer, reached in shown.with_reach(reach, known):
            yield Consequence(answer, *self._completions.named(*reached))

    def _reach(self, fact: FactLevels, path: Path) -> Reach:
        rating, level = self._reached
        return rating.values_with(fact, path), level.values_with(fact, path)

    def _once_given(self, fact: FactLevels, paths: list[Path]) -> Callable[[Path], Reach]:
        """Like ``_reach``, for a fact whose given answer can count although its gate is closed."""
        functions = self._completions.with_supposed(fact.fact.name, self._answers, self._restriction)
        by_answer = ValuesByAnswer(fact, paths, self._completions.width)
        reached = zip(*map(by_answer.of, functions), strict=True)
        return dict(zip(paths, reached, strict=True)).__getitem__
