"""The answers that a question is shown with: each value, each member of a set alone, numbers between cut-points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from triage.engines.completions.levels import FactLevels
from triage.model.rule import Between, Condition

Path = tuple[int, ...]
"""The class of an answer on each level of its fact."""

Reach = tuple[int, int]
"""The ratings and the levels that completions come to, bit *i* for rank *i*."""


class ShownAnswers:
    """The answers to one fact; ``conditions`` are those of the rules that decide, whose bounds cut a number."""

    def __init__(self, fact: FactLevels, conditions: Iterable[Condition]) -> None:
        self._fact = fact
        self._stretches = tuple(_stretches(fact, conditions)) if fact.fact.is_integer else ()
        self._to_nothing_given = tuple(self._listed(frozenset()))

    def with_reach(self, reach: Callable[[Path], Reach], known: frozenset[str]) -> Iterator[tuple[Any, Reach]]:
        """Each answer that some completion has, and what those completions come to.

        Of an open set ``known`` are the members given; an answer to it is the whole set.
        """
        if self._stretches:
            yield from self._ranges(reach)
            return
        for answer, path in self._listed(known) if known else self._to_nothing_given:
            reached = reach(path)
            if reached[0]:
                yield answer, reached

    def paths(self, known: frozenset[str]) -> list[Path]:
        """The classes of each answer that is shown, whether a completion has it or not."""
        if self._stretches:
            return list(dict.fromkeys(path for _, _, path, _ in self._stretches))
        return [path for _, path in self._listed(known)]

    def _listed(self, known: frozenset[str]) -> Iterator[tuple[Any, Path]]:
        """Each value; of a set the members known and no more, then each further one alone added."""
        fact = self._fact.fact
        if fact.is_set:
            further = [known | {member} for member in fact.values if member not in known]
            for answer in (known, *further):
                yield [member for member in fact.values if member in answer], self._fact.path(answer)
        elif not fact.is_integer:
            yield from ((value, self._fact.path(value)) for value in fact.values)

    def _ranges(self, reach: Callable[[Path], Reach]) -> Iterator[tuple[Any, Reach]]:
        """Ranges between cut-points, ending also where a number is not possible."""
        by_path = {path: reach(path) for _, _, path, _ in self._stretches}
        run: tuple[int, int, int, int] | None = None
        for low, high, path, is_cut in self._stretches:
            ratings, levels = by_path[path]
            if run is not None and (is_cut or not ratings):
                yield _range(run)
                run = None
            if ratings:
                run = (low, high, ratings, levels) if run is None else (run[0], high, run[2] | ratings, run[3] | levels)
        if run is not None:
            yield _range(run)


def _range(run: tuple[int, int, int, int]) -> tuple[Any, Reach]:
    low, high, ratings, levels = run
    return {"from": low, "to": high}, (ratings, levels)


def _stretches(fact: FactLevels, conditions: Iterable[Condition]) -> Iterator[tuple[int, int, Path, bool]]:
    """The numbers in stretches of one class between cut-points: lowest, highest, path, and whether a cut begins it."""
    cuts = {
        bound
        for condition in conditions
        if isinstance(condition, Between)
        for bound in (condition.low, condition.high + 1)
    }
    low, high = fact.fact.minimum, fact.fact.maximum
    starts = [low, *(n for n in range(low + 1, high + 1) if n in cuts or fact.path(n) != fact.path(n - 1))]
    for start, following in zip(starts, [*starts[1:], high + 1], strict=True):
        yield start, following - 1, fact.path(start), start in cuts
