"""Find an order of the facts in which the diagrams of the published rules are small: minutes, by trying.

Each fact in turn is tried at every place and stays at the best (sifting), until a round gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.check import load_ruleset
from triage.engines.completions.diagram import DiagramTooLarge
from triage.engines.completions.engine import MOST_NODES, Completions, conjunctions_of
from triage.engines.completions.levels import Levels
from triage.engines.completions.order import PUBLISHED as ORDER
from triage.model.ruleset import RuleSet
from triage.settings import PUBLISHED

ROUNDS = 4
MANY = 10
"""How many nodes an order may need, as a multiple of the best size, before it is given up."""


TOO_LARGE = 10**9


def main() -> None:
    """Sift from the published order, or from FORCE's where that is smaller, and publish the better one."""
    ruleset = load_ruleset(PUBLISHED)
    conjunctions = conjunctions_of(ruleset.deciding)
    starts = [list(Levels(ruleset.vocabulary, conjunctions, order).facts) for order in (None, ())]
    best, order = min((_size(ruleset, start), start) for start in starts)
    if best == TOO_LARGE:
        raise SystemExit("Neither the published order nor FORCE stays below the limit: make the rules smaller first.")
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
        size = _size(ruleset, tried, most_nodes=min(MOST_NODES, MANY * best))
        if size < best:
            best, order = size, tried
    return best, order


def _size(ruleset: RuleSet, order: Sequence[str], most_nodes: int = MOST_NODES) -> int:
    """The children of all nodes: what a query walks."""
    try:
        return sum(len(node.children) for node in Completions(ruleset, most_nodes, order).nodes.values())
    except DiagramTooLarge:
        return TOO_LARGE


if __name__ == "__main__":
    main()
