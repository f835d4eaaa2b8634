"""Add up the weights of all assignments of classes to the levels of diagrams, by the values of the functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Generic, TypeVar

from triage.engines.completions.diagram import Node

Number = TypeVar("Number", int, float)

Values = tuple[int, ...]
"""The values of several functions for one assignment."""


class Weighing(Generic[Number]):
    """Adds up the weights of assignments. An assignment's weight is the product of the weights of its classes.

    ``weights`` holds the weight of each class of each level. Each combination of nodes is computed once.
    """

    def __init__(self, weights: Sequence[Sequence[Number]]) -> None:
        self._weights: Sequence[Sequence[Number]] = weights
        self._totals: list[Number] = [sum(of_level) for of_level in weights]
        self._done: dict[tuple[Node, ...], Mapping[Values, Number]] = {}

    def of(self, functions: Sequence[Node]) -> Mapping[Values, Number]:
        """The total weight of the assignments, by the values of the functions."""
        nodes = tuple(functions)
        above = self._between(0, _level(nodes, len(self._weights)))
        return {values: weight * above for values, weight in self._below(nodes).items()}

    def _between(self, level: int, until: int) -> Number:
        """The total weight of the assignments of the levels ``level`` to ``until`` - 1, which no node reads."""
        weight: Number = prod(self._totals[level:until])
        return weight

    def _below(self, nodes: tuple[Node, ...]) -> Mapping[Values, Number]:
        """The total weight of the assignments from the first level that one of the nodes reads to the last level."""
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
