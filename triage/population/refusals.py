"""Rows of a table that are not rated: each with its row, its reference, the column, what was given, and the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

import orjson
import polars as pl

from triage.reading.referral import RefusedReferral
from triage.reading.referral_reader import ReferralReader

SAID_BY = "said_by."
"""What the name of a column begins with that says who gave the answer to a fact."""

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
            yield from self.refused(row, refused)
        else:
            raise AssertionError(f"Row {row} was refused by the columns and is read without a fault: nothing is rated.")

    def refused(self, row: int, refused: RefusedReferral) -> Iterator[Refusal]:
        """Each fault of a referral that the reader refused."""
        level = self._level_of(refused)
        for fault in refused.faults:
            allowed = f" Allowed: {fault.allowed}." if fault.code == WRONG_VALUE else ""
            given = "" if fault.given is None else _as_text(fault.given)
            yield Refusal(row, refused.reference, level, _column(fault.pointer), given, fault.message + allowed)


def _column(pointer: str) -> str:
    part, _, name = pointer.removeprefix("/").partition("/")
    return SAID_BY + name if part == "said_by" else name or part


def _as_text(given: Any) -> str:
    return given if isinstance(given, str) else orjson.dumps(given).decode()
