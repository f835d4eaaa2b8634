"""The order of the facts in a diagram, which decides how large the diagram is.

The order of the published facts was found by search (``python -m bench order``) and is stored in ``order.txt``. A fact
that is not in the file is placed beside the facts that it is read with. If no fact is in the file, the facts are
ordered by the FORCE heuristic (Aloul, Markov and Sakallah 2003). Each step moves every fact to the mean place of its
groups; the place of a group is the mean of those of its facts. It stops when the groups no longer span fewer places.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

PUBLISHED = Path(__file__).parent / "order.txt"
ROUNDS = 200
"""The most steps of the heuristic."""


def published_order() -> tuple[str, ...]:
    """The stored order of the published facts, by name."""
    return tuple(PUBLISHED.read_text(encoding="utf-8").split())


def good_order(
    names: Sequence[str], together: Collection[frozenset[str]], published: Sequence[str] = ()
) -> tuple[str, ...]:
    """Order the names so that each group of ``together`` spans few places; ``published`` is the order to extend."""
    place = {name: float(number) for number, name in enumerate(published)}
    if place.keys().isdisjoint(names):
        return _force(names, together)
    for name in [name for name in names if name not in place]:
        beside = [place[other] for group in together if name in group for other in group if other in place]
        place[name] = sum(beside) / len(beside) if beside else len(place)
    return tuple(sorted(names, key=place.__getitem__))


def _force(names: Sequence[str], together: Collection[frozenset[str]]) -> tuple[str, ...]:
    best = order = tuple(names)
    for _ in range(ROUNDS):
        order = _moved(order, together)
        if _spans(order, together) >= _spans(best, together):
            break
        best = order
    return best


def _moved(order: Sequence[str], together: Collection[frozenset[str]]) -> tuple[str, ...]:
    place = _places(order)
    centres: dict[str, list[float]] = {name: [] for name in order}
    for group in together:
        centre = sum(place[name] for name in group) / len(group)
        for name in group:
            centres[name].append(centre)
    wanted = {name: sum(places) / len(places) if places else place[name] for name, places in centres.items()}
    return tuple(sorted(order, key=lambda name: (wanted[name], place[name])))


def _spans(order: Sequence[str], together: Collection[frozenset[str]]) -> int:
    place = _places(order)
    return sum(max(place[name] for name in group) - min(place[name] for name in group) for group in together)


def _places(order: Sequence[str]) -> Mapping[str, int]:
    return {name: number for number, name in enumerate(order)}
