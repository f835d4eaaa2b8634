"""The answers for which the consequences of a question are shown: values, members of a set, ranges of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from triage.engines.completions.levels import FactLevels
from triage.model.rule import Between, Condition

Path = tuple[int, ...]
"""The class of an answer on each level of its fact."""

Reach = tuple[int, int]
"""The ratings and the levels that completions have, with bit *i* for rank *i*."""


class ShownAnswers:
    """The answers shown for one fact. The bounds of ``conditions``, those of deciding rules, are its cut-points."""

    def __init__(self, fact: FactLevels, conditions: Iterable[Condition]) -> None:
        self._fact = fact
        self._stretches = tuple(_stretches(fact, conditions)) if fact.fact.is_integer else ()
        self._to_nothing_given = tuple(self._listed(frozenset()))

    def with_reach(self, reach: Callable[[Path], Reach], known: frozenset[str]) -> Iterator[tuple[Any, Reach]]:
        """Each answer that some completion has, with the ratings and levels of the completions that have it.

        ``known`` are the given members of an open set. An answer is always the whole set, these members included.
        """
        if self._stretches:
            yield from self._ranges(reach)
            return
        for answer, path in self._listed(known) if known else self._to_nothing_given:
            reached = reach(path)
            if reached[0]:
                yield answer, reached

    def paths(self, known: frozenset[str]) -> list[Path]:
        """The classes of every answer that could be shown, also of those that no completion has."""
        if self._stretches:
            return list(dict.fromkeys(path for _, _, path, _ in self._stretches))
        return [path for _, path in self._listed(known)]

    def _listed(self, known: frozenset[str]) -> Iterator[tuple[Any, Path]]:
        """Each value; for a set, the known members alone, then the known members with each one of the others."""
        fact = self._fact.fact
        if fact.is_set:
            further = [known | {member} for member in fact.values if member not in known]
            for answer in (known, *further):
                yield [member for member in fact.values if member in answer], self._fact.path(answer)
        elif not fact.is_integer:
            yield from ((value, self._fact.path(value)) for value in fact.values)

    def _ranges(self, reach: Callable[[Path], Reach]) -> Iterator[tuple[Any, Reach]]:
        """The ranges between cut-points; a number that no completion has ends a range as well."""
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
    """Ranges of numbers of one class between cut-points: lowest, highest, path, whether it begins at a cut-point."""
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
