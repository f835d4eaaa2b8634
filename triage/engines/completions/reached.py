"""The values that a function has in the completions of one referral, by the answer to each open fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.engines.completions.diagram import Node
from triage.engines.completions.levels import FactLevels, Levels


class Reached:
    """The nodes and values that paths of a restricted diagram reach, collected in one pass over it.

    ``entries`` holds for each fact the nodes by which paths enter its levels. ``passing`` holds for each fact the
    values, as bits, of the paths that skip its levels and so do not read the fact.
    """

    def __init__(self, root: Node, levels: Levels) -> None:
        self.root, self._levels = root, levels
        self.entries: list[set[Node]] = [set() for _ in levels.facts]
        self.passing = [0] * len(levels.facts)
        self._pass()
        self._differ = _Differ(levels.sizes)

    def _pass(self) -> None:
        owner, beyond = self._levels.owner, len(self.entries)
        jumps: dict[tuple[int, int], int] = {}
        seen: set[Node] = set()
        left: list[tuple[int, tuple[Node, ...]]] = [(-1, (self.root,))]
        while left:
            start, nodes = left.pop()
            for node in nodes:
                end = owner[node.level] if node.children else beyond
                if end - start > 1:
                    jumps[start, end] = jumps.get((start, end), 0) | node.values
                if end < beyond:
                    if start < end:
                        self.entries[end].add(node)
                    if node not in seen:
                        seen.add(node)
                        left.append((end, node.children))
        for (start, end), values in jumps.items():
            for place in range(start + 1, end):
                self.passing[place] |= values

    def values_with(self, fact: FactLevels, path: Sequence[int]) -> int:
        """The values, as bits, of the completions with this answer; ``path`` is its class on each level of the fact."""
        values, last = self.passing[fact.place], fact.levels.stop - 1
        if values == self.root.values:
            return values
        for entry in self.entries[fact.place]:
            node = entry
            while node.level <= last:
                node = node.children[path[node.level - fact.first]]
            values |= node.values
        return values

    def is_changed_by(self, fact: FactLevels, *, constrained: bool) -> bool:
        """Whether two completions that differ in this fact alone have different values.

        ``constrained`` says whether a constraint depends on the fact. If none does, it suffices that the diagram reads
        the fact.
        """
        entries, last = self.entries[fact.place], fact.levels.stop - 1
        if not constrained:
            return bool(entries)
        return any(self._differ.somewhere(_exits(entry, last)) for entry in entries)


def _exits(entry: Node, last: int) -> set[Node]:
    """The first nodes after the level ``last`` that paths from the entry reach."""
    inside, exits = {entry}, set[Node]()
    while inside:
        children = {child for node in inside for child in node.children}
        inside = {child for child in children if child.level <= last}
        exits |= children - inside
    return exits


class ValuesByAnswer:
    """The values of a function in completions with each of several answers to one fact.

    ``paths`` are the answers, each as its class on each level of the fact. The values of all answers are kept in one
    number, with ``width`` bits for each answer.
    """

    def __init__(self, fact: FactLevels, paths: Sequence[Sequence[int]], width: int) -> None:
        self._fact, self._paths, self._width = fact, paths, width
        self._levels = sum(1 << level for level in fact.levels)
        self._of_each = sum(1 << width * number for number in range(len(paths)))
        self._done: dict[Node, int] = {}

    def of(self, node: Node) -> list[int]:
        """The values, as bits, of a restricted function for each answer, in the order of ``paths``."""
        packed, lowest = self._packed(node), (1 << self._width) - 1
        return [packed >> self._width * number & lowest for number in range(len(self._paths))]

    def _packed(self, node: Node) -> int:
        if not node.support & self._levels:
            return node.values * self._of_each
        if node not in self._done:
            self._done[node] = self._by_path(node) if node.level in self._fact.levels else self._of_all(node)
        return self._done[node]

    def _of_all(self, node: Node) -> int:
        packed = 0
        for child in node.children:
            packed |= self._packed(child)
        return packed

    def _by_path(self, node: Node) -> int:
        """The values of a node on a level of the fact: for each answer, those of the child of its class."""
        packed, of_one = 0, (1 << self._width) - 1
        for number, path in enumerate(self._paths):
            below = self._packed(node.children[path[node.level - self._fact.first]])
            packed |= below & of_one << self._width * number
        return packed


class _Differ:
    """Decides whether two functions have different values for the same classes of all levels."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = sizes
        self._nowhere: set[frozenset[Node]] = set()

    def somewhere(self, nodes: Iterable[Node]) -> bool:
        """Whether two of the functions differ for some classes of the levels; contradictions are not values."""
        valued = frozenset(node for node in nodes if node.values)
        if len(valued) < 2 or _at_most_one_value(valued) or valued in self._nowhere:
            return False
        if sum(node.low >= 0 for node in valued) > 1:  # both have a value everywhere, and distinct nodes differ
            return True
        level = min(node.level for node in valued)
        for class_ in range(self._sizes[level]):
            if self.somewhere([n.children[class_] if n.level == level else n for n in valued]):
                return True
        self._nowhere.add(valued)
        return False


def _at_most_one_value(nodes: Iterable[Node]) -> bool:
    values = 0
    for node in nodes:
        values |= node.values
    return not values & (values - 1)
