"""Formulas and the search for a model of them: the one file that knows z3, and nothing of referrals or rules."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import z3  # type: ignore[import-untyped]  # z3-solver has no types

Formula = Any
"""A formula of z3."""

solving = threading.RLock()
"""z3 counts its objects without a lock: whoever makes, asks or frees one holds this meanwhile."""


class SolverTimeout(Exception):
    """z3 gave no answer in the time it had: nothing is settled."""


def yes_or_no(name: str) -> Formula:
    """A variable that holds or does not."""
    return z3.Bool(name)


def every(formulas: Iterable[Formula]) -> Formula:
    """All of the formulas hold."""
    return z3.And(list(formulas))


def some(formulas: Iterable[Formula]) -> Formula:
    """At least one of the formulas holds."""
    return z3.Or(list(formulas))


def no(formula: Formula) -> Formula:
    """The formula does not hold."""
    return z3.Not(formula)


def same(one: Formula, other: Formula) -> Formula:
    """Both formulas hold, or neither does."""
    return one == other


def at_most(count: int, formulas: Iterable[Formula]) -> Formula:
    """No more than ``count`` of the formulas hold."""
    return z3.AtMost(*formulas, count)


def holds_in(model: Any, formula: Formula) -> bool:
    """Say whether the formula holds in a model."""
    return bool(z3.is_true(model.eval(formula, True)))


def holding(model: Any, formulas: Iterable[Formula]) -> int:
    """How many of the formulas hold in a model."""
    return sum(holds_in(model, each) for each in formulas)


class Search:
    """Looking for a model of formulas, always within ``given``; the smallest, where asked.

    ``counted`` are the formulas of which the smallest model makes the fewest hold; ``timeout`` is seconds a question.
    """

    def __init__(self, given: Iterable[Formula], counted: Iterable[Formula], timeout: float = 10.0) -> None:
        self._solver = z3.SolverFor("QF_FD")
        self._solver.set("timeout", int(timeout * 1_000))
        self._solver.add(*given)
        self._counted = list(counted)

    def model(self, *formulas: Formula) -> Any | None:
        """A model of the formulas, or None where there is none. Raises SolverTimeout."""
        self._solver.push()
        try:
            self._solver.add(*formulas)
            found = self._solver.check()
            if found == z3.unknown:
                raise SolverTimeout(f"The solver gave no answer: {self._solver.reason_unknown()}.")
            return self._solver.model() if found == z3.sat else None
        finally:
            self._solver.pop()

    def smallest(self, *formulas: Formula, counted: list[Formula] | None = None) -> Any | None:
        """A model in which the fewest ``counted`` formulas hold: those of the search, unless others are given."""
        counted = self._counted if counted is None else counted
        best = self.model(*formulas)
        low, high = 0, -1 if best is None else holding(best, counted)
        while low < high:
            middle = (low + high) // 2
            found = self.model(*formulas, at_most(middle, counted))
            if found is None:
                low = middle + 1
            else:
                best, high = found, holding(found, counted)
        return best
