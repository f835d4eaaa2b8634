"""Find an order of the facts in which the diagrams of the published rules are small.

Each fact in turn is moved past all others and stays where the diagrams are smallest (Rudell's sifting 1993), until a
round gains little. A fact moves by exchanging neighbouring levels: only the nodes of the two are made anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.check import load_ruleset
from triage.engines.completions.diagram import DiagramTooLarge, Node
from triage.engines.completions.engine import Completions
from triage.engines.completions.order import PUBLISHED as ORDER
from triage.model.ruleset import RuleSet
from triage.settings import PUBLISHED

ROUNDS = 6
GAIN = 0.01
"""The least part of the size that a further round must gain."""

Key = tuple[int, tuple[int, ...]]
"""A node: its variable, and its children by number."""


def main() -> None:
    """Sift from the published order, or from FORCE's where that is smaller, and publish the better one."""
    completions = _smaller_start(load_ruleset(PUBLISHED))
    facts = completions.levels.facts.values()
    diagram = Exchangeable(completions.functions, [list(fact.levels) for fact in facts], completions.levels.sizes)
    names = list(completions.levels.facts)
    for number in range(1, ROUNDS + 1):
        before = diagram.size
        for block in sorted(range(len(names)), key=diagram.size_of_block, reverse=True):
            diagram.sift(block)
        print(f"round {number}: from {before:,} to {diagram.size:,} children, {diagram.count:,} nodes", flush=True)
        ORDER.write_text("\n".join(names[block] for block in diagram.order) + "\n", encoding="utf-8")
        if diagram.size > before * (1 - GAIN):
            break


def _smaller_start(ruleset: RuleSet) -> Completions:
    """The diagrams in the published order or in FORCE's. Raises DiagramTooLarge where both are beyond the limit."""
    try:
        published = Completions(ruleset)
    except DiagramTooLarge:
        return Completions(ruleset, order=())
    try:
        return min(published, Completions(ruleset, order=()), key=lambda engine: engine.size)
    except DiagramTooLarge:
        return published


class Exchangeable:
    """Diagrams whose levels can change places; ``blocks`` are the variables of each fact, which stay together."""

    def __init__(self, roots: Sequence[Node], blocks: Sequence[Sequence[int]], sizes: Sequence[int]) -> None:
        self.blocks, self.order = blocks, list(range(len(blocks)))
        self._sizes = sizes
        self._variables = [variable for block in blocks for variable in block]
        self._nodes: dict[int, Key] = {}
        self._numbers: dict[Key, int] = {}
        self._uses: dict[int, int] = {}
        self._of_variable: list[set[int]] = [set() for _ in sizes]
        self._next = 0
        copied: dict[Node, int] = {}
        for root in roots:
            self._uses[self._copied(root, copied)] += 1

    @property
    def size(self) -> int:
        """The children of all nodes: what a query walks."""
        return sum(len(nodes) * self._sizes[variable] for variable, nodes in enumerate(self._of_variable))

    @property
    def count(self) -> int:
        """How many nodes there are, the terminals left out."""
        return sum(map(len, self._of_variable))

    def size_of_block(self, block: int) -> int:
        """How many nodes read the fact."""
        return sum(len(self._of_variable[variable]) for variable in self.blocks[block])

    def sift(self, block: int) -> None:
        """Move a fact past all others, and back to where the diagrams were smallest."""
        start, last = self.order.index(block), len(self.order) - 1
        best, best_place, place = self.size, start, start
        nearer = (0, last) if start < last - start else (last, 0)
        for end in nearer:
            while place != end:
                step = 1 if end > place else -1
                self._exchange_blocks(min(place, place + step))
                place += step
                if self.size < best:
                    best, best_place = self.size, place
                elif self.size > 1.3 * best:
                    break
        while place != best_place:
            step = 1 if best_place > place else -1
            self._exchange_blocks(min(place, place + step))
            place += step

    def _exchange_blocks(self, place: int) -> None:
        """Let the fact at a place and the one behind it change places."""
        upper, lower = (self.blocks[number] for number in self.order[place : place + 2])
        first = self._variables.index(upper[0])
        for moved in range(len(lower)):
            for at in range(first + len(upper) + moved - 1, first + moved - 1, -1):
                self._exchange(at)
        self.order[place : place + 2] = reversed(self.order[place : place + 2])

    def _exchange(self, at: int) -> None:
        """Let the variable at a place and the one behind it change places."""
        upper, lower = self._variables[at], self._variables[at + 1]
        self._variables[at : at + 2] = [lower, upper]
        for number in list(self._of_variable[upper]):
            children = self._nodes[number][1]
            if any(self._nodes[child][0] == lower for child in children):
                self._turn(number, upper, lower, children)

    def _turn(self, number: int, upper: int, lower: int, children: tuple[int, ...]) -> None:
        """Let a node read the lower variable first; its number, and so its function, stays."""
        self._forget(number, upper)
        below = [self._nodes[child][1] if self._nodes[child][0] == lower else None for child in children]
        turned = tuple(
            self._node(
                upper,
                tuple(
                    grandchildren[class_] if grandchildren else child
                    for grandchildren, child in zip(below, children, strict=True)
                ),
            )
            for class_ in range(self._sizes[lower])
        )
        for child in turned:
            self._uses[child] += 1
        self._know(number, (lower, turned))
        for child in children:
            self._release(child)

    def _node(self, variable: int, children: tuple[int, ...]) -> int:
        """The number of a node, which is made where it is new."""
        if children.count(children[0]) == len(children):
            return children[0]
        known = self._numbers.get((variable, children))
        if known is None:
            known = self._made((variable, children))
            for child in children:
                self._uses[child] += 1
        return known

    def _made(self, key: Key) -> int:
        self._next += 1
        self._uses[self._next] = 0
        self._know(self._next, key)
        return self._next

    def _know(self, number: int, key: Key) -> None:
        self._nodes[number] = key
        self._numbers[key] = number
        if key[0] >= 0:
            self._of_variable[key[0]].add(number)

    def _forget(self, number: int, variable: int) -> None:
        del self._numbers[self._nodes[number]]
        self._of_variable[variable].discard(number)

    def _release(self, number: int) -> None:
        """Take away one use of a node, and the node where that was the last."""
        self._uses[number] -= 1
        variable, children = self._nodes[number]
        if not self._uses[number] and variable >= 0:
            self._forget(number, variable)
            del self._nodes[number], self._uses[number]
            for child in children:
                self._release(child)

    def _copied(self, node: Node, copied: dict[Node, int]) -> int:
        """The number of a node of a built diagram; a terminal's key has its value below 0 in place of a variable."""
        if node not in copied:
            if node.children:
                copied[node] = self._node(node.level, tuple(self._copied(child, copied) for child in node.children))
            else:
                copied[node] = self._made((-2 - node.low, ()))
        return copied[node]


if __name__ == "__main__":
    main()
