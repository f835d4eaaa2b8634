"""The space that completions live in: an axis for each fact that matters, its answers grouped where nothing tells
them apart.

A set of classes is an integer with a bit for each class, so that "the answers still possible" and "the answers that
satisfy a condition" meet in one machine operation. A *box* says of some axes which classes: a conjunction of
conditions. Its meaning does not depend on the order of its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from triage.model.fact import Fact
from triage.model.rule import Between, Condition, Empty, Includes, Value, satisfies
from triage.model.vocabulary import AtMost, Vocabulary

Box = tuple[tuple[int, int], ...]
"""Pairs of an axis and its mask, each axis once, in order of axis: all must hold. The empty box always holds."""

MOST_KINDS = 14
"""Into how many kinds the members of a set may fall: its classes are two to that power."""


@dataclass(frozen=True)
class Axis:
    """One fact. ``classes`` are example answers, one of each class, in order; bit *i* of a mask is class *i*.

    For a number, ``ranges`` gives the lowest and highest number of each class. For a set, ``kinds`` are the groups
    of members that no condition tells apart, and bit *k* of a class's index says whether any of kind *k* is in it.
    """

    fact: Fact
    classes: tuple[Value, ...]
    ranges: tuple[tuple[int, int], ...] = ()
    kinds: tuple[frozenset[str], ...] = ()
    _masks: dict[Condition, int] = field(default_factory=dict, compare=False)

    @property
    def everything(self) -> int:
        """The mask of all classes."""
        return (1 << len(self.classes)) - 1

    def mask(self, condition: Condition) -> int:
        """The classes whose answers satisfy the condition."""
        if condition not in self._masks:
            self._masks[condition] = sum(
                1 << index for index, answer in enumerate(self.classes) if satisfies(condition, answer)
            )
        return self._masks[condition]

    def bit(self, value: Value) -> int:
        """The mask of the one class that holds the answer."""
        if isinstance(value, frozenset):
            return 1 << sum(1 << number for number, kind in enumerate(self.kinds) if not kind.isdisjoint(value))
        if isinstance(value, int):
            return 1 << next(index for index, (low, high) in enumerate(self.ranges) if low <= value <= high)
        return 1 << self.classes.index(value)


def axis_of(fact: Fact, conditions: Iterable[Condition], *, singly: bool) -> Axis:
    """Make a fact's axis from all conditions that read it; ``singly`` where each number must stay apart.

    Raises ValueError for a set whose members fall into more kinds than can be told apart.
    """
    if fact.is_integer:
        ranges = _ranges(fact, range(fact.minimum, fact.maximum + 1) if singly else cuts(fact, conditions))
        return Axis(fact, tuple(low for low, _ in ranges), ranges=ranges)
    if fact.is_set:
        kinds = _kinds(fact, tuple(conditions))
        return Axis(fact, tuple(_members(kinds, index) for index in range(1 << len(kinds))), kinds=kinds)
    return Axis(fact, fact.values)


def cuts(fact: Fact, conditions: Iterable[Condition]) -> list[int]:
    """The numbers at which some condition on the fact begins or ceases to hold, the lowest of all first."""
    found = {fact.minimum}
    for condition in conditions:
        if isinstance(condition, Between) and condition.fact == fact.name:
            found |= {condition.low, condition.high + 1}
    return sorted(cut for cut in found if fact.minimum <= cut <= fact.maximum)


def _ranges(fact: Fact, starts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(starts, [*(start - 1 for start in starts[1:]), fact.maximum], strict=True))


def _kinds(fact: Fact, conditions: tuple[Condition, ...]) -> tuple[frozenset[str], ...]:
    read = [each.members for each in conditions if isinstance(each, Includes) and each.fact == fact.name]
    whole = any(isinstance(each, Empty) and each.fact == fact.name for each in conditions)
    kinds: dict[tuple[bool, ...], set[str]] = {}
    for member in fact.values:
        signature = tuple(member in members for members in read)
        if whole or any(signature):
            kinds.setdefault(signature, set()).add(member)
    if len(kinds) > MOST_KINDS:
        raise ValueError(f"{fact.name}: rules tell more than {MOST_KINDS} kinds of members apart")
    return tuple(frozenset(kind) for kind in kinds.values())


def _members(kinds: tuple[frozenset[str], ...], index: int) -> frozenset[str]:
    return frozenset(min(kind) for number, kind in enumerate(kinds) if index >> number & 1)


class Space:
    """The axes of the facts that some conditions read, and those that gates and constraints tie to them."""

    def __init__(self, vocabulary: Vocabulary, conditions: Sequence[Condition]) -> None:
        self.vocabulary = vocabulary
        wanted = self._names(conditions)
        read = (*conditions, *_gates(vocabulary, wanted), *_constrained(vocabulary))
        together = {
            name for each in vocabulary.constraints if isinstance(each, AtMost) for name in (each.lower, each.upper)
        }
        names = [fact.name for fact in vocabulary if fact.name in wanted]
        self.number = {name: index for index, name in enumerate(names)}
        self.axes = tuple(
            axis_of(vocabulary[name], [c for c in read if c.fact == name], singly=name in together) for name in names
        )

    def _names(self, conditions: Sequence[Condition]) -> set[str]:
        """The facts read, those that decide whether they are asked, and those constrained."""
        names = {condition.fact for condition in conditions}
        for constraint in self.vocabulary.constraints:
            names.update(constraint.facts)
        return names | {condition.fact for condition in _gates(self.vocabulary, names)}

    def literal(self, condition: Condition, *, holds: bool = True) -> Box:
        """The box of an answer that satisfies the condition, or of one that does not."""
        number = self.number[condition.fact]
        axis = self.axes[number]
        mask = axis.mask(condition)
        return ((number, mask if holds else axis.everything & ~mask),)

    def gates(self, name: str) -> tuple[Box, ...]:
        """The boxes of which any one is enough for the fact to be asked."""
        asked_when = self.vocabulary[name].asked_when
        return disjoined(product([(self.literal(c),) for c in each]) for each in asked_when) if asked_when else ((),)

    def ungated(self, name: str) -> tuple[Box, ...]:
        """The boxes of which any one is enough for the fact not to be asked."""
        asked_when = self.vocabulary[name].asked_when
        return product([tuple(self.literal(c, holds=False) for c in each) for each in asked_when]) if asked_when else ()

    def asked_and(self, condition: Condition) -> tuple[Box, ...]:
        """A rule's condition as boxes: asked, and the answer satisfies it."""
        return product([(self.literal(condition),), self.gates(condition.fact)])

    def not_asked_or_not(self, condition: Condition) -> tuple[Box, ...]:
        """The opposite of a rule's condition: not asked, or the answer does not satisfy it."""
        return (*self.ungated(condition.fact), self.literal(condition, holds=False))


def _gates(vocabulary: Vocabulary, names: Iterable[str]) -> tuple[Condition, ...]:
    return tuple(condition for name in names for each in vocabulary[name].asked_when for condition in each)


def _constrained(vocabulary: Vocabulary) -> tuple[Condition, ...]:
    return tuple(c for each in vocabulary.constraints if not isinstance(each, AtMost) for c in each.never)


def meet(one: Box, other: Box) -> Box | None:
    """The box of both; None where nothing can be in both."""
    masks = dict(one)
    for axis, mask in other:
        both = masks[axis] & mask if axis in masks else mask
        if not both:
            return None
        masks[axis] = both
    return tuple(sorted(masks.items()))


def product(factors: Iterable[Iterable[Box]]) -> tuple[Box, ...]:
    """All of the factors, each any of its boxes: as boxes of which any one is enough."""
    boxes: tuple[Box, ...] = ((),)
    for factor in factors:
        alternatives = tuple(factor)
        boxes = disjoined([tuple(b for one in boxes for other in alternatives if (b := meet(one, other)) is not None)])
    return boxes


def disjoined(parts: Iterable[Iterable[Box]]) -> tuple[Box, ...]:
    """All boxes that are not empty and lie in no other, each once."""
    boxes = list(dict.fromkeys(box for part in parts for box in part if all(mask for _, mask in box)))
    return tuple(box for box in boxes if not any(other != box and _inside(box, other) for other in boxes))


def _inside(box: Box, other: Box) -> bool:
    masks = dict(box)
    return all(axis in masks and not masks[axis] & ~mask for axis, mask in other)
