"""Rows of a table that are not rated: each with its row, its reference, the column, what was given, and the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

import orjson
import polars as pl

from triage.model.fact import Fact
from triage.model.rule import UNKNOWN
from triage.population.outcomes import SEPARATOR
from triage.reading.referral import RefusedReferral
from triage.reading.referral_reader import ReferralReader

NONE_APPLIES = "[]"
"""A cell that says that no member of a set applies."""
SAID_BY = "said_by."
"""What the name of a column begins with that says who gave the answer to a fact."""

NO_REFERRAL = "The table has no referral: nothing stands below its header, or on any line."
WRONG_VALUE = "wrong-value"
"""The code of a fault whose sentence is told with what is allowed."""

LevelOfRefused = Callable[[RefusedReferral], str | None]
"""The level of a refused referral by what is not at fault; None where nothing of it could be read."""


class BadTable(Exception):
    """The whole table can't be rated: the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which a row is not rated. ``level`` is its urgency by the answers that are not at fault."""

    row: int
    reference: str | None
    level: str | None
    column: str
    given: str
    reason: str


SCHEMA: Mapping[str, Any] = {field.name: pl.Int64 if field.name == "row" else pl.String for field in fields(Refusal)}
"""The columns of a table of refusals."""


def as_table(refusals: list[Refusal]) -> pl.DataFrame:
    """The refusals as a table."""
    return pl.DataFrame([astuple(refusal) for refusal in refusals], schema=SCHEMA, orient="row")


class Refusing:
    """Says why rows are refused: by the reader of the form and of the service, so that the words are theirs."""

    def __init__(self, reader: ReferralReader, level_of: LevelOfRefused) -> None:
        self._reader, self._level_of = reader, level_of

    def row(self, row: int, data: Any) -> Iterator[Refusal]:
        """Why the row with this JSON data is refused. Raises AssertionError where the reader finds nothing wrong."""
        try:
            self._reader.read(data)
        except RefusedReferral as refused:
            yield from self.refused(row, refused, in_cells=True)
        else:
            raise AssertionError(f"Row {row} was refused by the columns and is read without a fault: nothing is rated.")

    def refused(self, row: int, refused: RefusedReferral, *, in_cells: bool = False) -> Iterator[Refusal]:
        """Each fault of a referral that the reader refused; ``in_cells``, its answers stood in the cells of a table."""
        level = self._level_of(refused)
        for fault in refused.faults:
            column, given = _column(fault.pointer), "" if fault.given is None else _as_text(fault.given, in_cells)
            is_answer = in_cells and column in self._reader.vocabulary.facts
            allowed = _in_cell(self._reader.vocabulary[column]) if is_answer else fault.allowed
            reason = f"{fault.message} Allowed: {allowed}." if fault.code == WRONG_VALUE else fault.message
            yield Refusal(row, refused.reference, level, column, given, reason)


def _column(pointer: str) -> str:
    part, _, name = pointer.removeprefix("/").partition("/")
    return SAID_BY + name if part == "said_by" else name or part


def _in_cell(fact: Fact) -> str:
    """What the cell of a fact may hold, in words."""
    blank = "or an empty cell where it was not asked"
    if fact.is_set:
        listed = f"any of {', '.join(fact.values)}, with `{SEPARATOR}` between them"
        return f"{listed}; `{NONE_APPLIES}` where none applies; `{UNKNOWN}`, alone or among them; {blank}"
    return f"{fact.allowed()}; `{UNKNOWN}`; {blank}"


def _as_text(given: Any, in_cells: bool) -> str:
    if in_cells and isinstance(given, list):
        return SEPARATOR.join(given)
    return given if isinstance(given, str) else orjson.dumps(given).decode()
