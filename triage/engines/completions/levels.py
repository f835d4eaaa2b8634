"""The levels (variables) of a diagram, and the class (value) of each level that stands for an answer.

A fact that is not a set has one level. Its classes are groups of answers for which every condition has the same truth.
A set has a level for each member that some condition reads, with the classes 0 (not in the set) and 1 (in it). An open
set leaves some of these undecided.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from triage.engines.completions.order import good_order, published_order
from triage.model.fact import Fact
from triage.model.rule import Answers, Between, Condition, Conjunction, Empty, Includes, OneOf, Value
from triage.model.truth import is_open, satisfies
from triage.model.vocabulary import AtMost, Vocabulary


@dataclass(frozen=True)
class FactLevels:
    """The levels of one fact, from ``first`` on; ``place`` is the fact's place in the order of the facts.

    ``classes`` are the groups of answers of a fact that is not a set, ``members`` the members of a set with a level.
    A given answer can count although its gate is closed: for a constraint, or because its fact can be core. For such a
    fact ``notes_given`` is true: its first level says whether an answer was given (1) or not (0).
    """

    fact: Fact
    place: int
    first: int
    classes: tuple[tuple[Value, ...], ...] = ()
    members: tuple[str, ...] = ()
    notes_given: bool = False

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of classes of each level."""
        of_answer = (2,) * len(self.members) if self.fact.is_set else (len(self.classes),)
        return (2, *of_answer) if self.notes_given else of_answer

    @cached_property
    def levels(self) -> range:
        """The numbers of the levels."""
        return range(self.first, self.first + len(self.sizes))

    @property
    def of_answer(self) -> range:
        """The numbers of the levels that the answer decides, without the level that notes whether it was given."""
        return self.levels[1:] if self.notes_given else self.levels

    @cached_property
    def _class_of(self) -> dict[Value, int]:
        return {value: number for number, values in enumerate(self.classes) for value in values}

    def path(self, value: Value) -> tuple[int, ...]:
        """The class of a given answer on each of the levels. The answer must not be an open set."""
        if isinstance(value, frozenset):
            of_answer = tuple([int(member in value) for member in self.members])
        else:
            of_answer = (self._class_of[value],)
        return (1, *of_answer) if self.notes_given else of_answer

    @cached_property
    def answers_read(self) -> int:
        """The number of answers in all classes; for a set, the number of subsets of the members with a level."""
        return 1 << len(self.members) if self.fact.is_set else sum(len(answers) for answers in self.classes)


class Levels:
    """The levels of all facts that the conjunctions, the constraints and the gates of these facts read.

    ``order`` is the order of the facts, by name; without it the published order is used.
    """

    def __init__(
        self, vocabulary: Vocabulary, conjunctions: Iterable[Conjunction], order: Sequence[str] | None = None
    ) -> None:
        self.vocabulary = vocabulary
        read = [conjunction for conjunction in conjunctions if conjunction]
        conditions = [condition for conjunction in read for condition in conjunction]
        self._constrained = {name for constraint in vocabulary.constraints for name in constraint.facts}
        names = _with_gates(vocabulary, {condition.fact for condition in conditions} | self._constrained)
        conditions += [c for name in names for conjunction in vocabulary[name].asked_when for c in conjunction]
        conditions += [
            c for constraint in vocabulary.constraints if not isinstance(constraint, AtMost) for c in constraint.never
        ]
        conditions += [neutral for name in names for neutral in neutral_where_given_counts(vocabulary[name])]
        compared = {
            name for constraint in vocabulary.constraints if isinstance(constraint, AtMost) for name in constraint.facts
        }
        by_fact: dict[str, list[Condition]] = {name: [] for name in names}
        for condition in dict.fromkeys(conditions):
            by_fact[condition.fact].append(condition)
        self.sizes: list[int] = []
        self.facts: dict[str, FactLevels] = {}
        for name in good_order(names, _groups(vocabulary, read), published_order() if order is None else order):
            self._add(vocabulary[name], by_fact[name], singly=name in compared)

    def _add(self, fact: Fact, conditions: Sequence[Condition], *, singly: bool) -> None:
        notes_given = bool(fact.asked_when) and (fact.can_be_core or fact.name in self._constrained)
        classes = () if fact.is_set else _classes(fact, conditions, singly=singly)
        members = _members_read(fact, conditions) if fact.is_set else ()
        added = FactLevels(fact, len(self.facts), len(self.sizes), classes, members, notes_given)
        self.facts[fact.name] = added
        self.sizes.extend(added.sizes)

    @cached_property
    def owner(self) -> tuple[int, ...]:
        """The place of the fact of each level."""
        return tuple(fact.place for fact in self.facts.values() for _ in fact.levels)

    @cached_property
    def in_vocabulary_order(self) -> tuple[FactLevels, ...]:
        """The facts that have levels, in the order of the vocabulary."""
        return tuple(self.facts[name] for name in self.vocabulary.in_order(self.facts))

    def classes_of(self, answers: Answers) -> dict[int, int]:
        """The class of each level that the given answers decide; an open set decides the levels of its members only."""
        classes: dict[int, int] = {}
        for name, value in answers.items():
            if name in self.facts:
                fact = self.facts[name]
                path = zip(fact.levels, fact.path(value), strict=True)
                absent = fact.of_answer if is_open(value) else ()
                classes.update((level, class_) for level, class_ in path if class_ or level not in absent)
        return classes

    @cached_property
    def given(self) -> dict[str, int]:
        """The level of each fact that notes whether an answer was given."""
        return {name: fact.first for name, fact in self.facts.items() if fact.notes_given}

    def not_given(self, answers: Container[str]) -> dict[int, int]:
        """The class 0 (not given) for each level that notes whether an answer was given to a fact without one."""
        return {level: 0 for name, level in self.given.items() if name not in answers}


def neutral_where_given_counts(fact: Fact) -> tuple[Condition, ...]:
    """The condition that the answer is neutral, for a gated fact that can be core; empty for every other fact.

    Such a fact counts as asked once it has an answer other than its neutral one.
    """
    if not (fact.asked_when and fact.can_be_core) or fact.neutral is None:
        return ()
    match fact.neutral:
        case int(number):
            return (Between(fact.name, number, number),)
        case str(value):
            return (OneOf(fact.name, frozenset({value})),)
    return (Empty(fact.name, empty=True),)


def _with_gates(vocabulary: Vocabulary, read: Iterable[str]) -> list[str]:
    """The facts that are read, and those that their gates read, in the order of the vocabulary."""
    names = set(read)
    names |= {
        condition.fact for name in names for conjunction in vocabulary[name].asked_when for condition in conjunction
    }
    return [fact.name for fact in vocabulary if fact.name in names]


def _groups(vocabulary: Vocabulary, conjunctions: Iterable[Conjunction]) -> set[frozenset[str]]:
    """Groups of facts that one conjunction, gate or constraint reads together; the order keeps each group close."""
    read = [[condition.fact for condition in conjunction] for conjunction in conjunctions]
    read += [list(constraint.facts) for constraint in vocabulary.constraints]
    return {frozenset(_with_gates(vocabulary, names)) for names in read}


def _classes(fact: Fact, conditions: Sequence[Condition], *, singly: bool) -> tuple[tuple[Value, ...], ...]:
    """The answers in groups for which every condition has the same truth; with ``singly``, each answer by itself."""
    groups: dict[object, list[Value]] = {}
    for value in fact.all_answers:
        truths = tuple(satisfies(condition, value) for condition in conditions)
        groups.setdefault((value, truths) if singly else truths, []).append(value)
    return tuple(tuple(group) for group in groups.values())


def _members_read(fact: Fact, conditions: Sequence[Condition]) -> tuple[str, ...]:
    """The members that some condition reads; all members where a condition is about the empty set."""
    if any(isinstance(condition, Empty) for condition in conditions):
        return fact.values
    read = {member for condition in conditions if isinstance(condition, Includes) for member in condition.members}
    return tuple(member for member in fact.values if member in read)
