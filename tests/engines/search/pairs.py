"""Whether an answer makes a difference: two completions alike but for one answer, with different outcomes.

The second completion is the first with the answer on one axis read from another axis beside it. A fact that is asked in
only one of the two has an answer there alone, so that one answer for both says all: where it is not asked, no rule
looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.engines.search.opening import Opening, Ranked
from tests.engines.search.reach import with_answer
from tests.engines.search.search import Domains, Groups, find
from tests.engines.search.space import Box


@dataclass(frozen=True, slots=True)
class _Both:
    """Boxes that do not read the axis, those that do, and these as the second of the pair meets them."""

    others: list[Box]
    reading: list[Box]
    turned: list[Box]

    @property
    def first(self) -> list[Box]:
        """All boxes as the first of the pair meets them."""
        return self.others + self.reading

    @property
    def second(self) -> list[Box]:
        """All boxes as the second of the pair meets them."""
        return self.others + self.turned


class Pairs:
    """Pairs of completions of one referral that differ on one axis."""

    def __init__(self, opening: Opening, axis: int, deadline: float | None) -> None:
        self.opening, self.axis, self.deadline = opening, axis, deadline
        self.other = len(opening.domains)
        again = [self._changed(box) for box in opening.forbidden if self._reads(box)]
        self.forbidden = [*opening.forbidden, *again]

    def change_rating(self, ranks: Iterable[int], near: Mapping[int, Domains]) -> bool:
        """Whether one of a pair has a rating of one of these ranks or higher, and the other a lower one.

        ``near`` are completions of some ranks, near which to look first. Raises OutOfTime.
        """
        supports, limits = self._both(self.opening.effects.supports), self._both(self.opening.effects.limits)
        for rank in ranks:
            speaking, against = _joined(supports[rank:]), _joined(limits[:rank])
            supported = rank > self.opening.base
            needed = [speaking.first] if supported else []
            start = near.get(rank)
            if against.turned and self._exists(against.first, [*needed, against.turned], start):
                return True
            if supported and self._lost(speaking, against.first, start):
                return True
        return False

    def change_level(self, ranks: Iterable[int], near: Mapping[int, Domains]) -> bool:
        """Whether one of a pair has a level of one of these ranks or higher, and the other a lower one.

        ``near`` are completions of some ranks, near which to look first. Raises OutOfTime.
        """
        urgencies = self._both(self.opening.effects.urgencies)
        start = near[min(near)] if near else None
        return any(self._lost(_joined(urgencies[rank:]), (), start) for rank in ranks)

    def _lost(self, boxes: _Both, forbidden: Sequence[Box], start: Domains | None) -> bool:
        """Whether one of a pair is in some of the boxes and in none forbidden, and the other in none of the boxes."""
        return bool(boxes.reading) and self._exists([*boxes.second, *forbidden], [boxes.reading], start)

    def _exists(self, forbidden: Sequence[Box], groups: Groups, start: Domains | None) -> bool:
        everywhere = self.opening.domains
        near = [] if start is None else [with_answer(start, self.axis, everywhere[self.axis])]
        forbidden = [*forbidden, *self.forbidden]
        return any(
            find([*domains, everywhere[self.axis]], forbidden, groups, self.deadline) is not None
            for domains in (*near, everywhere)
        )

    def _both(self, ranked: Ranked) -> list[_Both]:
        """For each rank its boxes as the first and as the second of the pair meet them."""
        found = []
        for boxes in ranked:
            others: list[Box] = []
            reading: list[Box] = []
            for box in boxes:
                (reading if self._reads(box) else others).append(box)
            found.append(_Both(others, reading, [self._changed(box) for box in reading]))
        return found

    def _reads(self, box: Box) -> bool:
        return any(axis == self.axis for axis, _ in box)

    def _changed(self, box: Box) -> Box:
        """The box as the second of the pair meets it."""
        return tuple((self.other if axis == self.axis else axis, mask) for axis, mask in box)


def _joined(ranked: Sequence[_Both]) -> _Both:
    return _Both(
        [box for each in ranked for box in each.others],
        [box for each in ranked for box in each.reading],
        [box for each in ranked for box in each.turned],
    )
