"""Formulas and the search for a model of them: the only module that imports z3."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import z3  # type: ignore[import-untyped]  # z3-solver has no types

Formula = Any
"""A formula of z3."""

solving = threading.RLock()
"""Hold this lock around every use of z3, freeing its objects included: its default context is not thread-safe."""


class SolverTimeout(Exception):
    """z3 gave no answer within the time limit, so nothing is settled."""


def yes_or_no(name: str) -> Formula:
    """A Boolean variable."""
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
    return sum(holds_in(model, formula) for formula in formulas)


class Search:
    """A search for models of formulas that also satisfy ``given``, the smallest ones on request.

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
            verdict = self._solver.check()
            if verdict == z3.unknown:
                raise SolverTimeout(f"The solver gave no answer: {self._solver.reason_unknown()}.")
            return self._solver.model() if verdict == z3.sat else None
        finally:
            self._solver.pop()

    def smallest(self, *formulas: Formula, counted: list[Formula] | None = None) -> Any | None:
        """A model in which the fewest ``counted`` formulas hold: those of the search, unless others are given."""
        counted = self._counted if counted is None else counted
        best = self.model(*formulas)
        low, high = 0, -1 if best is None else holding(best, counted)
        while low < high:
            middle = (low + high) // 2
            smaller = self.model(*formulas, at_most(middle, counted))
            if smaller is None:
                low = middle + 1
            else:
                best, high = smaller, holding(smaller, counted)
        return best
