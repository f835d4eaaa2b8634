"""Reduced, ordered, multi-valued decision diagrams. A node stands for a function; equal functions are the same node.

A node reads one level and has a child for each class of that level; a terminal holds a value. The children of a node
are never all the same, and no two nodes of one table are equal. So a function depends on a level exactly if one of its
nodes reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

CONTRADICTION = -1
"""The value of a terminal where the answers break a constraint, so that they are no completion."""

BELOW_ALL_LEVELS = 1_000_000
"""The level of a terminal."""


class Node:
    """A function of the levels from ``level`` on.

    ``low`` and ``high`` are its least and greatest value. Bit *i* of ``values`` is set if the function takes the value
    *i*; a contradiction is not a value. Bit *i* of ``support`` is set if the function depends on level *i*.
    """

    __slots__ = ("children", "high", "level", "low", "support", "values")

    level: int
    children: tuple[Node, ...]
    low: int
    high: int
    values: int
    support: int

    def __init__(self, level: int, children: tuple[Node, ...]) -> None:
        self.level, self.children = level, children
        first = children[0]
        low, high, values, support = first.low, first.high, first.values, first.support
        for child in children[1:]:
            if child.low < low:
                low = child.low
            if child.high > high:
                high = child.high
            values |= child.values
            support |= child.support
        self.low, self.high, self.values, self.support = low, high, values, support | 1 << level


class Terminal(Node):
    """A function with one value."""

    __slots__ = ()

    def __init__(self, value: int) -> None:
        self.level, self.children = BELOW_ALL_LEVELS, ()
        self.low = self.high = value
        self.values, self.support = (0 if value == CONTRADICTION else 1 << value), 0


class DiagramTooLarge(Exception):
    """A diagram needs more nodes than its table may hold."""


class NodeTable:
    """The nodes of diagrams, one for each function.

    ``shared`` are the nodes of another table; they are used and never changed. ``most_nodes`` bounds the nodes that
    this table adds (None: no bound).
    """

    def __init__(self, most_nodes: int | None = None, shared: Mapping[object, Node] | None = None) -> None:
        self.most_nodes = most_nodes
        self._shared = {} if shared is None else shared
        self.nodes: dict[object, Node] = {}

    def terminal(self, value: int) -> Node:
        """The function that has this value everywhere."""
        return self._shared.get(value) or self.nodes.get(value) or self.nodes.setdefault(value, Terminal(value))

    def node(self, level: int, children: tuple[Node, ...]) -> Node:
        """The function that takes its value from the child of the level's class. Raises DiagramTooLarge."""
        if children.count(children[0]) == len(children):
            return children[0]
        key = (level, children)
        known = self._shared.get(key) or self.nodes.get(key)
        if known is None:
            if self.most_nodes is not None and len(self.nodes) >= self.most_nodes:
                raise DiagramTooLarge(f"The decision diagram has more than {self.most_nodes:,} nodes.")
            known = self.nodes[key] = Node(level, children)
        return known

    def least(self, nodes: Iterable[Node]) -> Node:
        """The pointwise minimum of one or more functions; of truths (0 and 1), their conjunction."""
        return self._folded(nodes, _Choice(self, least=True))

    def greatest(self, nodes: Iterable[Node]) -> Node:
        """The pointwise maximum of one or more functions; of truths (0 and 1), their disjunction."""
        return self._folded(nodes, _Choice(self, least=False))

    def _folded(self, nodes: Iterable[Node], choice: _Choice) -> Node:
        """Combine the functions as a balanced tree of pairs, so that few steps involve large diagrams."""
        left = list(nodes)
        while len(left) > 1:
            pairs = zip(left[::2], left[1::2], strict=False)
            left = [*(choice.of(node, other) for node, other in pairs), *(left[-1:] if len(left) % 2 else ())]
        return left[0]

    def recoded(self, node: Node, recode: Callable[[int], int]) -> Node:
        """The function with each value replaced by what ``recode`` gives for it."""
        return _Recoding(self, recode).of(node)

    def negated(self, node: Node) -> Node:
        """The negation of a truth."""
        return self.recoded(node, lambda truth: 1 - truth)

    def restricted(self, nodes: Sequence[Node], classes: Mapping[int, int]) -> tuple[Node, ...]:
        """The functions with each level in ``classes`` fixed to its class."""
        restriction = Restriction(self, classes)
        return tuple(restriction.of(node) for node in nodes)

    def only(self, nodes: Iterable[Node]) -> Mapping[object, Node]:
        """The entries of the table that the given functions consist of, to be shared with other tables."""
        used: set[Node] = set()
        left = list(nodes)
        while left:
            node = left.pop()
            if node not in used:
                used.add(node)
                left.extend(node.children)
        return {key: node for key, node in self.nodes.items() if node in used}


class _Choice:
    """The pointwise minimum or maximum of two functions; the result for each pair of nodes is cached."""

    def __init__(self, table: NodeTable, *, least: bool) -> None:
        self._table, self._least = table, least
        self._done: dict[tuple[Node, Node], Node] = {}

    def of(self, node: Node, other: Node) -> Node:
        if node.high <= other.low:
            return node if self._least else other
        if other.high <= node.low:
            return other if self._least else node
        done = self._done.get((node, other))
        if done is None:
            level = min(node.level, other.level)
            ones, others = _at(node, level), _at(other, level)
            if len(ones) == 1:
                ones *= len(others)
            if len(others) == 1:
                others *= len(ones)
            children = tuple(self.of(a, b) for a, b in zip(ones, others, strict=True))
            done = self._done[node, other] = self._table.node(level, children)
        return done


def _at(node: Node, level: int) -> tuple[Node, ...]:
    return node.children if node.level == level else (node,)


class _Recoding:
    """Replaces the values of functions; the result for each node is cached."""

    def __init__(self, table: NodeTable, recode: Callable[[int], int]) -> None:
        self._table, self._recode = table, recode
        self._done: dict[Node, Node] = {}

    def of(self, node: Node) -> Node:
        if not node.children:
            return self._table.terminal(self._recode(node.low))
        done = self._done.get(node)
        if done is None:
            children = tuple([self.of(child) for child in node.children])
            done = self._done[node] = self._table.node(node.level, children)
        return done


class Restriction:
    """Fixes levels to one class each. The result for each node is cached.

    ``like`` is a restriction that differs from this one only on the level ``but``. Its results are reused for nodes
    that do not depend on that level.
    """

    def __init__(
        self, table: NodeTable, classes: Mapping[int, int], *, like: Restriction | None = None, but: int = 0
    ) -> None:
        self._table, self._classes = table, classes
        self._levels = sum(1 << level for level in classes)
        self._done: dict[Node, Node] = {}
        self._like, self._but = like, 1 << but

    def with_class(self, level: int, class_: int) -> Restriction:
        """The same restriction, with another class for one of the levels."""
        return Restriction(self._table, {**self._classes, level: class_}, like=self, but=level)

    def of(self, node: Node) -> Node:
        """The restricted function."""
        levels, done = self._levels, self._done
        if not node.support & levels:
            return node
        if self._like is not None and not node.support & self._but:
            return self._like.of(node)
        known = done.get(node)
        if known is None:
            class_ = self._classes.get(node.level)
            if class_ is not None:
                known = self.of(node.children[class_])
            else:
                # The support and the cache are tested before the call, since it is the most frequent one of a query.
                children = [
                    child if not child.support & levels else done.get(child) or self.of(child)
                    for child in node.children
                ]
                known = self._table.node(node.level, tuple(children))
            done[node] = known
        return known
