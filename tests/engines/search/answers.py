"""The answers that a question is shown with: each value, each member of a set alone, numbers between cut-points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.engines.search.space import Axis, cuts
from triage.model.rule import Condition

Answer = tuple[Any, int]
"""An answer as the interface gives it, and the classes of the axis that it stands for."""


class AnswerList:
    """The answers to one fact. ``classes`` are all the classes that they stand for, a bit each."""

    def __init__(self, axis: Axis, conditions: Iterable[Condition]) -> None:
        self.axis = axis
        self._cuts = frozenset(cuts(axis.fact, conditions)) if axis.ranges else frozenset()
        self._listed = () if axis.ranges else tuple(_listed(axis))
        all_ = ((1 << number for number in range(len(axis.ranges))), (mask for _, mask in self._listed))
        self.classes = tuple(dict.fromkeys(all_[0] if axis.ranges else all_[1]))

    def within(self, possible: int) -> Iterator[Answer]:
        """The answers that lie in the possible classes; a range ends where a number is not possible."""
        if self.axis.ranges:
            return self._ranges(possible)
        return ((answer, mask) for answer, mask in self._listed if mask & possible)

    def _ranges(self, possible: int) -> Iterator[Answer]:
        run: tuple[int, int, int] | None = None
        for number, (low, high) in enumerate(self.axis.ranges):
            bit = 1 << number
            if run is not None and (low in self._cuts or not possible & bit):
                yield _range(run)
                run = None
            if possible & bit:
                run = (low, high, bit) if run is None else (run[0], high, run[2] | bit)
        if run is not None:
            yield _range(run)


def _range(run: tuple[int, int, int]) -> Answer:
    low, high, mask = run
    return {"from": low, "to": high}, mask


def _listed(axis: Axis) -> Iterator[Answer]:
    if not axis.fact.is_set:
        yield from ((value, axis.bit(value)) for value in axis.fact.values)
        return
    yield [], axis.bit(frozenset())
    yield from (([member], axis.bit(frozenset({member}))) for member in axis.fact.values)
