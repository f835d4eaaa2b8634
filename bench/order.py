"""Find an order of the facts in which the diagrams of the published rules are small: minutes, by trying.

Each fact in turn is tried at every place and stays at the best (sifting), until a round gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.check import load_ruleset
from triage.engines.completions.diagram import DiagramTooLarge
from triage.engines.completions.engine import MOST_NODES, Completions
from triage.engines.completions.order import PUBLISHED as ORDER
from triage.model.ruleset import RuleSet
from triage.settings import PUBLISHED

ROUNDS = 4
MANY = 10
"""How many nodes an order may need, as a multiple of the best size, before it is given up."""


def main() -> None:
    """Sift from the order that is published, and publish the better one."""
    ruleset = load_ruleset(PUBLISHED)
    order = list(Completions(ruleset).levels.facts)
    best = _size(ruleset, order)
    for number in range(1, ROUNDS + 1):
        before = best
        for name in list(order):
            best, order = _sifted(ruleset, order, name, best)
        print(f"round {number}: from {before:,} to {best:,} children", flush=True)
        ORDER.write_text("\n".join(order) + "\n", encoding="utf-8")
        if best == before:
            break


def _sifted(ruleset: RuleSet, order: list[str], name: str, best: int) -> tuple[int, list[str]]:
    """The order with one fact at its best place, and its size."""
    others = [each for each in order if each != name]
    for place in range(len(order)):
        tried = [*others[:place], name, *others[place:]]
        size = _size(ruleset, tried, most_nodes=MANY * best)
        if size < best:
            best, order = size, tried
    return best, order


def _size(ruleset: RuleSet, order: Sequence[str], most_nodes: int = MOST_NODES) -> int:
    """The children of all nodes: what a query walks."""
    try:
        return sum(len(node.children) for node in Completions(ruleset, most_nodes, order).nodes.values())
    except DiagramTooLarge:
        return 10**9


if __name__ == "__main__":
    main()
