"""Many possible referrals at once: a bit of an integer is one of them, and a rule is a few operations on integers.

Worlds show what *can* be. That something cannot be, they never show; the search does.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from triage.engines.opening import Effects, Opening
from triage.engines.search import Domains
from triage.engines.space import Box, Space

SIZE = 2048
"""How many made-up worlds are kept for a rule set."""
STIRRED = (0.0, 0.0, 0.02, 0.05, 0.1, 0.3)
"""With which chance a world's answers are taken at random; the others are the calm ones."""

Columns = list[dict[int, int]]
"""For each axis, and each of its classes that some world has, the worlds that have it."""


class Pool:
    """Worlds made once for a rule set: calm ones, in which some rules were made to fire."""

    def __init__(self, space: Space, effects: Effects, size: int = SIZE) -> None:
        chance = random.Random(7)  # noqa: S311  # no secret: any choice of worlds gives the same answers, only sooner or later
        boxes = effects.all_boxes()
        self.size = size
        self.axes = [[1 << number for number in range(len(axis.classes))] for axis in space.axes]
        self.calm = calm_classes(space, effects)
        everyone = (1 << size) - 1
        self.columns: Columns = [{calm: everyone} for calm in self.calm]
        for world in range(size):
            self._place(world, self._made_up(boxes, world, chance))

    def _made_up(self, boxes: Sequence[Box], world: int, chance: random.Random) -> dict[int, int]:
        """One world's classes where it is not calm."""
        stirred = STIRRED[world % len(STIRRED)]
        classes = {
            axis: _some(all_, chance) for axis, all_ in enumerate(self.axes) if stirred and chance.random() < stirred
        }
        if boxes:
            for box in (chance.choice(boxes), boxes[world % len(boxes)]):
                for axis, mask in box:
                    if not classes.get(axis, self.calm[axis]) & mask:
                        classes[axis] = chance.choice([each for each in self.axes[axis] if each & mask])
        return classes

    def _place(self, world: int, classes: dict[int, int]) -> None:
        bit = 1 << world
        for axis, class_ in classes.items():
            column = self.columns[axis]
            column[self.calm[axis]] &= ~bit
            column[class_] = column.get(class_, 0) | bit


def calm_classes(space: Space, effects: Effects) -> list[int]:
    """For each axis the class that is in the fewest boxes of limits and urgencies."""
    against = [box for ranked in (effects.limits, effects.urgencies) for boxes in ranked for box in boxes]
    masks: list[list[int]] = [[] for _ in space.axes]
    for box in against:
        for axis, mask in box:
            masks[axis].append(mask)
    return [_calmest(len(axis.classes), masks[index]) for index, axis in enumerate(space.axes)]


def _calmest(classes: int, against: Sequence[int]) -> int:
    return min((1 << number for number in range(classes)), key=lambda class_: sum(1 for m in against if m & class_))


def _some(classes: Sequence[int], chance: random.Random) -> int:
    return classes[int(chance.random() * len(classes))]


class Worlds:
    """The pool as one referral leaves it, with the worlds that the search found added."""

    def __init__(self, pool: Pool, opening: Opening, found: Sequence[Domains] = ()) -> None:
        self.opening = opening
        self.everyone = (1 << (pool.size + len(found))) - 1
        self._pool, self._found = pool, found
        self._columns: dict[int, dict[int, int]] = {}
        self._parts: dict[tuple[int, int], int] = {}

    def column(self, axis: int) -> dict[int, int]:
        """The worlds of each class of an axis; worlds outside the domain are moved into it."""
        column = self._columns.get(axis)
        if column is None:
            domain = self.opening.domains[axis]
            column = {each: worlds for each, worlds in self._pool.columns[axis].items() if each & domain}
            placed = 0
            for worlds in column.values():
                placed |= worlds
            strays = ((1 << self._pool.size) - 1) & ~placed
            lowest = domain & -domain
            if strays:
                column[lowest] = column.get(lowest, 0) | strays
            for index, domains in enumerate(self._found, self._pool.size):
                class_ = domains[axis] & -domains[axis]
                column[class_] = column.get(class_, 0) | 1 << index
            self._columns[axis] = column
        return column

    def part(self, axis: int, mask: int) -> int:
        """The worlds whose class on the axis is in the mask."""
        worlds = self._parts.get((axis, mask))
        if worlds is None:
            worlds = 0
            for class_, having in self.column(axis).items():
                if class_ & mask:
                    worlds |= having
            self._parts[axis, mask] = worlds
        return worlds

    def inside(self, box: Iterable[tuple[int, int]]) -> int:
        """The worlds that lie in the box."""
        worlds = self.everyone
        for axis, mask in box:
            worlds &= self.part(axis, mask)
        return worlds
