"""Adding up over all assignments of a diagram's levels: one pass from its end, each node once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Generic, TypeVar

from triage.engines.completions.diagram import Node

Number = TypeVar("Number", int, float)

Values = tuple[int, ...]
"""The values that several functions have together."""


class Weighing(Generic[Number]):
    """Adds up weights: an assignment's is the product of the weights of its classes, given by level and class."""

    def __init__(self, weights: Sequence[Sequence[Number]]) -> None:
        self._weights: Sequence[Sequence[Number]] = weights
        self._totals: list[Number] = [sum(of_level) for of_level in weights]
        self._done: dict[tuple[Node, ...], Mapping[Values, Number]] = {}

    def of(self, functions: Sequence[Node]) -> Mapping[Values, Number]:
        """The weight of all assignments by the values that the functions have there."""
        nodes = tuple(functions)
        above = self._between(0, _level(nodes, len(self._weights)))
        return {values: weight * above for values, weight in self._below(nodes).items()}

    def _between(self, level: int, until: int) -> Number:
        """The weight of all assignments of the levels from one to before another, which nothing reads."""
        weight: Number = prod(self._totals[level:until])
        return weight

    def _below(self, nodes: tuple[Node, ...]) -> Mapping[Values, Number]:
        """The weight of the assignments from the highest level that one of the nodes reads."""
        end = len(self._weights)
        level = _level(nodes, end)
        if level == end:
            return {tuple([node.low for node in nodes]): 1}
        if nodes not in self._done:
            by_children: dict[tuple[Node, ...], Number] = {}
            for class_, weight in enumerate(self._weights[level]):
                children = tuple([node.children[class_] if node.level == level else node for node in nodes])
                by_children[children] = by_children.get(children, 0) + weight
            by_values: dict[Values, Number] = {}
            for children, weight in by_children.items():
                weight *= self._between(level + 1, _level(children, end))
                if weight:
                    for values, below in self._below(children).items():
                        by_values[values] = by_values.get(values, 0) + weight * below
            self._done[nodes] = by_values
        return self._done[nodes]


def _level(nodes: Sequence[Node], end: int) -> int:
    return min(end, *(node.level for node in nodes))
