"""The columns of a plan as expressions, which every engine for tables translates in its own way.

There are no missing values: an unanswered fact has a code of its own (``codes.py``), so that true and false are all
that a boolean column holds. Unknown is expressed by two columns (``three_valued.py``). No expression is nested by the
number of rules: ``All``, ``Any`` and ``Highest`` are flat, and every part that is used again has a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Column:
    """A column of whole numbers from 0 to ``highest``."""

    name: str
    highest: int


@dataclass(frozen=True, slots=True)
class Constant:
    """True in every row, or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A boolean column of the table, or one computed before."""

    name: str


@dataclass(frozen=True, slots=True)
class IsAmong:
    """Whether the column has one of these values."""

    column: Column
    values: frozenset[int]

    @property
    def stretches(self) -> tuple[tuple[int, int], ...]:
        """The values as stretches of whole numbers, each with its first and last."""
        ordered = enumerate(sorted(self.values))
        together = (list(pairs) for _, pairs in groupby(ordered, key=lambda pair: pair[1] - pair[0]))
        return tuple((pairs[0][1], pairs[-1][1]) for pairs in together)


@dataclass(frozen=True, slots=True)
class HasAnyBit:
    """Whether the column has at least one of these bits."""

    column: Column
    bits: int


@dataclass(frozen=True, slots=True)
class Exceeds:
    """Whether ``larger`` > ``smaller`` + ``plus``."""

    larger: Column
    smaller: Column
    plus: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Boolean


@dataclass(frozen=True, slots=True)
class All:
    """Whether all parts hold."""

    parts: tuple[Boolean, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Whether at least one part holds."""

    parts: tuple[Boolean, ...]


Boolean = Constant | Named | IsAmong | HasAnyBit | Exceeds | Not | All | Any


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest of the numbers whose condition holds; 0 where none does."""

    cases: tuple[tuple[int, Boolean], ...]


@dataclass(frozen=True, slots=True)
class Replaced:
    """The column, with the number of the first case that holds in place of its value."""

    column: Column
    cases: tuple[tuple[Boolean, int], ...]


@dataclass(frozen=True, slots=True)
class WithBit:
    """The column, with this bit set where the condition holds."""

    column: Column
    bit: int
    where: Boolean


Number = Highest | Replaced | WithBit
Expression = Boolean | Number

TRUE, FALSE = Constant(True), Constant(False)


def all_of(parts: Iterable[Boolean]) -> Boolean:
    """Whether all hold, in the shortest form."""
    left = tuple(part for part in dict.fromkeys(parts) if part != TRUE)
    if FALSE in left:
        return FALSE
    return All(left) if len(left) > 1 else left[0] if left else TRUE


def any_of(parts: Iterable[Boolean]) -> Boolean:
    """Whether at least one holds, in the shortest form."""
    left = tuple(part for part in dict.fromkeys(parts) if part != FALSE)
    if TRUE in left:
        return TRUE
    return Any(left) if len(left) > 1 else left[0] if left else FALSE


def not_(part: Boolean) -> Boolean:
    """The opposite, in the shortest form."""
    match part:
        case Constant(value=value):
            return Constant(not value)
        case Not(part=inner):
            return inner
    return Not(part)


def among(column: Column, values: Iterable[int]) -> Boolean:
    """Whether the column has one of these values, in the shortest form."""
    wanted = frozenset(values)
    if not wanted:
        return FALSE
    return TRUE if len(wanted) > column.highest else IsAmong(column, wanted)


def read_by(expression: Expression) -> frozenset[str]:
    """The names of the columns that the expression reads."""
    match expression:
        case Constant():
            return frozenset()
        case Named(name=name):
            return frozenset({name})
        case IsAmong(column=column) | HasAnyBit(column=column):
            return frozenset({column.name})
        case Exceeds(larger=larger, smaller=smaller):
            return frozenset({larger.name, smaller.name})
        case Not(part=part):
            return read_by(part)
        case All(parts=parts) | Any(parts=parts):
            return frozenset[str]().union(*map(read_by, parts))
        case Highest(cases=cases):
            return frozenset[str]().union(*(read_by(condition) for _, condition in cases))
        case Replaced(column=column, cases=replacing):
            return frozenset({column.name}).union(*(read_by(condition) for condition, _ in replacing))
        case WithBit(column=column, where=where):
            return read_by(where) | {column.name}
