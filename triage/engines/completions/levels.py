"""The levels of a diagram: which answers to a fact are told apart, and which level and class stand for an answer.

A fact is one level, its classes being groups of answers that no condition tells apart. A set is one level for each
member that some condition reads (0 it is not in the set, 1 it is): an open set leaves some of its levels open.
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
    """The levels of one fact, from ``first`` on; ``place`` is its place in the order of the facts.

    ``classes`` are the groups of answers of a fact that is no set, ``members`` the members of a set that have a level.
    A given answer can count although its gate is closed: for a constraint, or since its fact can be core. Then the
    fact ``notes_given``: its first level says whether an answer was given (1) or not (0).
    """

    fact: Fact
    place: int
    first: int
    classes: tuple[tuple[Value, ...], ...] = ()
    members: tuple[str, ...] = ()
    notes_given: bool = False

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many classes each of the levels has."""
        of_answer = (2,) * len(self.members) if self.fact.is_set else (len(self.classes),)
        return (2, *of_answer) if self.notes_given else of_answer

    @cached_property
    def levels(self) -> range:
        """The numbers of the levels."""
        return range(self.first, self.first + len(self.sizes))

    @property
    def of_answer(self) -> range:
        """The numbers of the levels that the answer itself decides."""
        return self.levels[1:] if self.notes_given else self.levels

    @cached_property
    def _class_of(self) -> dict[Value, int]:
        return {value: number for number, values in enumerate(self.classes) for value in values}

    def path(self, value: Value) -> tuple[int, ...]:
        """The class of a given answer, which is no open set, on each of the levels."""
        if isinstance(value, frozenset):
            of_answer = tuple([int(member in value) for member in self.members])
        else:
            of_answer = (self._class_of[value],)
        return (1, *of_answer) if self.notes_given else of_answer

    @cached_property
    def answers_read(self) -> int:
        """How many answers the levels tell apart, each class counted with the answers in it."""
        return 1 << len(self.members) if self.fact.is_set else sum(len(answers) for answers in self.classes)


class Levels:
    """The levels of the facts that some conditions read, and of those that gates and constraints tie to them."""

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
        """For each level the place of its fact in the order."""
        return tuple(fact.place for fact in self.facts.values() for _ in fact.levels)

    @cached_property
    def in_vocabulary_order(self) -> tuple[FactLevels, ...]:
        """The facts that have levels, in the order of the vocabulary."""
        return tuple(self.facts[name] for name in self.vocabulary.in_order(self.facts))

    def classes_of(self, answers: Answers) -> dict[int, int]:
        """Each level that the given answers decide, with its class; an open set decides those of its members."""
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
        """The levels that say of facts without an answer that none was given."""
        return {level: 0 for name, level in self.given.items() if name not in answers}


def neutral_where_given_counts(fact: Fact) -> tuple[Condition, ...]:
    """The condition that a given answer is neutral, of a fact that counts as asked by any other answer given."""
    if not (fact.asked_when and fact.can_be_core) or fact.neutral is None:
        return ()
    match fact.neutral:
        case int(number):
            return (Between(fact.name, number, number),)
        case str(value):
            return (OneOf(fact.name, frozenset({value})),)
    return (Empty(fact.name, empty=True),)


def _with_gates(vocabulary: Vocabulary, read: Iterable[str]) -> list[str]:
    """The facts read and those that decide whether they are asked, in the order of the vocabulary."""
    names = set(read)
    names |= {
        condition.fact for name in names for conjunction in vocabulary[name].asked_when for condition in conjunction
    }
    return [fact.name for fact in vocabulary if fact.name in names]


def _groups(vocabulary: Vocabulary, conjunctions: Iterable[Conjunction]) -> set[frozenset[str]]:
    """The facts that meet in a conjunction, a gate or a constraint: those to keep near each other."""
    read = [[condition.fact for condition in conjunction] for conjunction in conjunctions]
    read += [list(constraint.facts) for constraint in vocabulary.constraints]
    return {frozenset(_with_gates(vocabulary, names)) for names in read}


def _classes(fact: Fact, conditions: Sequence[Condition], *, singly: bool) -> tuple[tuple[Value, ...], ...]:
    """The answers in groups that no condition tells apart; ``singly`` where each number is one."""
    groups: dict[object, list[Value]] = {}
    for value in fact.all_answers:
        truths = tuple(satisfies(condition, value) for condition in conditions)
        groups.setdefault((value, truths) if singly else truths, []).append(value)
    return tuple(tuple(group) for group in groups.values())


def _members_read(fact: Fact, conditions: Sequence[Condition]) -> tuple[str, ...]:
    """The members that some condition reads: all of them where one asks whether the set is empty."""
    if any(isinstance(condition, Empty) for condition in conditions):
        return fact.values
    read = {member for condition in conditions if isinstance(condition, Includes) for member in condition.members}
    return tuple(member for member in fact.values if member in read)
