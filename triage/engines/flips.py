"""Every world with one answer changed: what each answer can leave, and whether the answer makes a difference.

Pairs of worlds that differ in one fact, its gates carried along, are the pairs of completions that the contract speaks
of: answers to facts asked in both are the same, and a fact asked in only one of them has an answer there alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from triage.engines.opening import Opening, Ranked
from triage.engines.worlds import Worlds


@dataclass(frozen=True, slots=True)
class Reached:
    """What some world shows with one class of an axis: that it can be, and which ranks it can leave."""

    possible: bool
    ratings: tuple[int, ...]
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """What worlds show of one axis: each class that was tried, and whether it can change rating and level."""

    reached: dict[int, Reached]
    rating_changes: bool
    level_changes: bool


@dataclass(frozen=True, slots=True)
class _Layer:
    """The boxes of one rank: worlds in any that does not read the axis, and (mask, worlds) of those that do."""

    rank: int
    always: int
    when: tuple[tuple[int, int], ...]

    def at(self, class_: int) -> int:
        worlds = self.always
        for mask, inside in self.when:
            if mask & class_:
                worlds |= inside
        return worlds


_Inside = list[tuple[int, list[tuple[dict[int, int], int]]]]
"""For each rank its boxes, by axis, with the worlds inside."""


class Flips:
    """Tries the classes of each axis in all worlds."""

    def __init__(self, opening: Opening, worlds: Worlds) -> None:
        self.opening, self.worlds = opening, worlds
        effects = opening.effects
        self._supports = self._inside(effects.supports)
        self._limits = self._inside(effects.limits)
        self._urgencies = self._inside(effects.urgencies)
        self._forbidden = self._inside((opening.forbidden,))

    def _inside(self, ranked: Ranked) -> _Inside:
        return [
            (rank, [(dict(box), self.worlds.inside(box)) for box in boxes])
            for rank, boxes in enumerate(ranked)
            if boxes
        ]

    def now(self) -> Reached:
        """What the worlds show as they are."""
        return self._reached(0, *(self._layers(-1, each) for each in self._kinds()))[0]

    def of(self, axis: int, classes: list[int]) -> Flip:
        """What the worlds show with each of the classes on the axis in turn."""
        layers = [self._layers(axis, each) for each in self._kinds()]
        tops, levels = len(self.opening.effects.supports), len(self.opening.effects.urgencies)
        reached: dict[int, Reached] = {}
        least, most = [0] * (tops + levels), [0] * (tops + levels)
        for class_ in classes:
            reached[class_], valid, at_least = self._reached(class_, *layers)
            for index, worlds in enumerate(at_least):
                most[index] |= worlds
                least[index] |= valid & ~worlds
        differs = [bool(low & high) for low, high in zip(least, most, strict=True)]
        return Flip(reached, any(differs[:tops]), any(differs[tops:]))

    def _kinds(self) -> tuple[_Inside, ...]:
        return self._supports, self._limits, self._urgencies, self._forbidden

    def _layers(self, axis: int, ranked: _Inside) -> list[_Layer]:
        layers = []
        for rank, boxes in ranked:
            always, when = 0, []
            for box, inside in boxes:
                mask = box.get(axis)
                if mask is None:
                    always |= inside
                else:
                    when.append((mask, self.worlds.inside(part for part in box.items() if part[0] != axis)))
            layers.append(_Layer(rank, always, tuple(when)))
        return layers

    def _reached(
        self, class_: int, supports: list[_Layer], limits: list[_Layer], urgencies: list[_Layer], never: list[_Layer]
    ) -> tuple[Reached, int, list[int]]:
        """The ranks that some world reaches, the worlds that are possible, and for each rank those at or above it."""
        valid = self.worlds.everyone
        for layer in never:
            valid &= ~layer.at(class_)
        ratings = self._ratings(class_, supports, limits, valid)
        levels = _at_least([(layer.rank, layer.at(class_)) for layer in urgencies], len(self.opening.effects.urgencies))
        levels = [worlds & valid for worlds in levels]
        levels[0] = valid
        return Reached(bool(valid), _exactly(ratings), _exactly(levels)), valid, [*ratings, *levels]

    def _ratings(self, class_: int, supports: list[_Layer], limits: list[_Layer], valid: int) -> list[int]:
        base, top = self.opening.base, self.opening.top
        supported = _at_least(
            [(layer.rank, layer.at(class_)) for layer in supports], len(self.opening.effects.supports)
        )
        ratings = []
        kept = valid
        limited = {layer.rank: layer.at(class_) for layer in limits}
        for rank, worlds in enumerate(supported):
            ratings.append(0 if rank > top else kept & worlds if rank > base else kept)
            kept &= ~limited.get(rank, 0)
        return ratings


def _at_least(ranked: list[tuple[int, int]], count: int) -> list[int]:
    """For each rank the worlds of that rank or a higher one."""
    worlds = [0] * count
    for rank, inside in ranked:
        worlds[rank] |= inside
    for rank in range(count - 2, -1, -1):
        worlds[rank] |= worlds[rank + 1]
    return worlds


def _exactly(at_least: list[int]) -> tuple[int, ...]:
    """The ranks that some world has."""
    above = [*at_least[1:], 0]
    return tuple(rank for rank, (these, higher) in enumerate(zip(at_least, above, strict=True)) if these & ~higher)
