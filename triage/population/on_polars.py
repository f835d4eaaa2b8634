"""Run a plan on Polars."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import assert_never

import polars as pl

from triage.population.expressions import (
    All,
    Any,
    Boolean,
    Column,
    Constant,
    Exceeds,
    Expression,
    HasAnyBit,
    Highest,
    IsAmong,
    Named,
    Not,
    Replaced,
    WithBit,
)
from triage.population.plan import Plan

AS_PLANNED = pl.QueryOptFlags(comm_subexpr_elim=False, comm_subplan_elim=False)
"""The plan computes each expression once already; looking for equal ones again costs some 15 % of a run."""
FEW = 4
"""Up to so many parts are joined two by two, which is faster there than all at once."""


def type_of(column: Column) -> type[pl.UInt8 | pl.UInt16 | pl.UInt32]:
    """The smallest type that holds the codes of the column."""
    return pl.UInt8 if column.highest < 1 << 8 else pl.UInt16 if column.highest < 1 << 16 else pl.UInt32


def run(plan: Plan, coded: pl.LazyFrame) -> pl.LazyFrame:
    """Add all columns of the plan to a table of codes; those that nobody reads are never computed."""
    for step in plan.steps:
        coded = coded.with_columns(**{name: as_polars(expression) for name, expression in step.items()})
    return coded


def as_polars(expression: Expression) -> pl.Expr:
    """The expression for Polars."""
    match expression:
        case Highest(cases=cases):
            numbers = [boolean(condition).cast(pl.UInt8) * pl.lit(rank, pl.UInt8) for rank, condition in cases]
            return pl.max_horizontal(numbers) if numbers else pl.lit(0, pl.UInt8)
        case Replaced(column=column, cases=replacing):
            value = pl.col(column.name)
            for condition, code in reversed(replacing):
                value = pl.when(boolean(condition)).then(pl.lit(code, type_of(column))).otherwise(value)
            return value
        case WithBit(column=column, bit=bit, where=where):
            return pl.col(column.name) | pl.when(boolean(where)).then(_number(bit, column)).otherwise(
                _number(0, column)
            )
    return boolean(expression)


def boolean(expression: Boolean) -> pl.Expr:
    """The boolean expression for Polars."""
    match expression:
        case Constant(value=value):
            return pl.lit(value)
        case Named(name=name):
            return pl.col(name)
        case IsAmong(column=column, stretches=stretches):
            return _any([_between(column, first, last) for first, last in stretches])
        case HasAnyBit(column=column, bits=bits):
            return (pl.col(column.name) & _number(bits, column)) != _number(0, column)
        case Exceeds(larger=larger, smaller=smaller, plus=plus):
            return pl.col(larger.name).cast(pl.Int32) > pl.col(smaller.name).cast(pl.Int32) + plus
        case Not(part=part):
            return ~boolean(part)
        case All(parts=parts):
            operands = [boolean(part) for part in parts]
            return reduce(and_, operands) if len(operands) <= FEW else pl.all_horizontal(operands)
        case Any(parts=parts):
            return _any([boolean(part) for part in parts])
    assert_never(expression)


def _any(parts: Sequence[pl.Expr]) -> pl.Expr:
    return reduce(or_, parts) if len(parts) <= FEW else pl.any_horizontal(parts)


def _between(column: Column, first: int, last: int) -> pl.Expr:
    """Whether the column lies in a stretch; one comparison where that is one code, or begins or ends where all do."""
    value = pl.col(column.name)
    if first == last:
        return value == _number(first, column)
    if last == column.highest:
        return value >= _number(first, column)
    if first == 0:
        return value <= _number(last, column)
    return (value >= _number(first, column)) & (value <= _number(last, column))


def _number(value: int, column: Column) -> pl.Expr:
    return pl.lit(value, type_of(column))
