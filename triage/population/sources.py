"""The rows of a file, a batch at a time: checked as the form checks a referral, coded for the plan, or refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import polars as pl

from triage.model.ruleset import RuleSet
from triage.population.csv_blocks import LONGEST_LINE, CsvBlocks
from triage.population.refusals import BadTable, Refusal, Refusing
from triage.population.tables import coded
from triage.population.texts import FAULTY, REFERENCE, ROW, TextColumns, as_texts
from triage.reading.json_text import parse_json
from triage.reading.referral import Referral, RefusedReferral
from triage.reading.referral_reader import ReferralReader

ROWS = 50_000
"""How many rows of a Parquet file or a data frame are rated at once."""
LINES = 5_000
"""How many lines of an NDJSON file are rated at once."""
LINE_SUFFIXES = (".ndjson", ".jsonl")
WAY_TO_SAVE = "Save it as CSV, Parquet (.parquet) or JSON Lines (.ndjson, .jsonl)."


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are sound, as codes with ``row``, ``reference`` and the kept columns; those refused; how far it is."""

    rows: pl.DataFrame
    refusals: list[Refusal]
    done: float


class Source(Protocol):
    """A table of referrals."""

    @property
    def said_by(self) -> Sequence[str]:
        """The facts of which the table says who gave the answer."""

    @property
    def not_asked(self) -> Sequence[str]:
        """The facts without a column."""

    @property
    def keep(self) -> Sequence[str]:
        """The columns that are carried along."""

    def batches(self, refusing: Refusing) -> Iterator[Batch]:
        """The rows, a batch at a time."""

    def as_json(self, rows: pl.DataFrame) -> Iterator[tuple[int, object]]:
        """The JSON of referrals of the batch that was given last, each with its row."""


def source_of(path: Path, ruleset: RuleSet, keep: Collection[str] = ()) -> Source:
    """The source of a file, by the end of its name. Raises BadTable."""
    try:
        suffix = path.suffix.lower()
        if suffix == ".csv":
            return TextSource(CsvTable(path), ruleset, keep)
        if suffix == ".parquet":
            return TextSource(ParquetTable(path), ruleset, keep)
        if suffix in LINE_SUFFIXES:
            return LinesSource(path, ruleset, keep)
    except OSError as error:
        raise BadTable(f"{path}: the file can't be read: {error.strerror}.") from error
    raise BadTable(f"{path.name} has no ending that is known. {WAY_TO_SAVE}")


class TextTable(Protocol):
    """A table of text in parts: their rows with the column ``row``, what is broken, and how far it is."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of its columns."""

    def parts(self, columns: Sequence[str]) -> Iterator[tuple[pl.DataFrame, list[Refusal], float]]:
        """The parts, with these columns."""


class CsvTable:
    """A CSV file."""

    def __init__(self, path: Path) -> None:
        self._blocks = CsvBlocks(path)
        self.columns = self._blocks.columns

    def parts(self, columns: Sequence[str]) -> Iterator[tuple[pl.DataFrame, list[Refusal], float]]:
        """The parts, with these columns."""
        for block in self._blocks:
            broken = [Refusal(line.line, None, None, "", "", line.reason) for line in block.broken]
            yield block.rows.select(ROW, *columns), broken, block.done


class FrameTable:
    """A data frame."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame, self.columns = frame, frame.columns

    def parts(self, columns: Sequence[str]) -> Iterator[tuple[pl.DataFrame, list[Refusal], float]]:
        """The parts, with these columns."""
        for first in range(0, self._frame.height, ROWS):
            part = as_texts(self._frame.select(columns)[first : first + ROWS])
            yield (
                part.with_row_index(ROW, first + 1).cast({ROW: pl.Int64}),
                [],
                (first + part.height) / self._frame.height,
            )


class ParquetTable:
    """A Parquet file. Raises BadTable where it is none."""

    def __init__(self, path: Path) -> None:
        try:
            self._frame = pl.scan_parquet(path)
            self.columns = self._frame.collect_schema().names()
            self._height = self._frame.select(pl.len()).collect().item()
        except pl.exceptions.PolarsError as error:
            reason = str(error).splitlines()[0]
            raise BadTable(f"{path.name} is no Parquet file that can be read: save it anew ({reason}).") from error

    def parts(self, columns: Sequence[str]) -> Iterator[tuple[pl.DataFrame, list[Refusal], float]]:
        """The parts, with these columns."""
        first = 1
        for part in self._frame.select(columns).collect_batches(chunk_size=ROWS, maintain_order=True):
            texts = as_texts(part).with_row_index(ROW, first).cast({ROW: pl.Int64})
            first += part.height
            yield texts, [], first / max(1, self._height)


class TextSource:
    """A table of text: a CSV or Parquet file, or a data frame."""

    def __init__(self, table: TextTable, ruleset: RuleSet, keep: Collection[str] = ()) -> None:
        self._table, self._columns = table, TextColumns(ruleset.vocabulary, table.columns, keep)
        self.said_by, self.not_asked, self.keep = self._columns.said_by, self._columns.not_asked, self._columns.keep
        self._texts = pl.DataFrame()

    def batches(self, refusing: Refusing) -> Iterator[Batch]:
        """The rows, a batch at a time."""
        for texts, broken, done in self._table.parts(self._columns.read):
            self._texts = texts
            codes = self._columns.coded(texts)
            refusals = [
                refusal for row, data in self.as_json(codes.filter(FAULTY)) for refusal in refusing.row(row, data)
            ]
            yield Batch(codes.filter(~pl.col(FAULTY)).drop(FAULTY), broken + refusals, done)

    def as_json(self, rows: pl.DataFrame) -> Iterator[tuple[int, object]]:
        """The JSON of referrals of the last batch, each with its row."""
        for row in self._texts.filter(pl.col(ROW).is_in(rows[ROW].implode())).iter_rows(named=True):
            yield row[ROW], self._columns.as_json(row)


class LinesSource:
    """A file with a referral of JSON on each line, as ``triage assess`` takes it. It has no columns to keep."""

    def __init__(self, path: Path, ruleset: RuleSet, keep: Collection[str] = ()) -> None:
        if keep:
            raise BadTable(
                f"A line of JSON has no column `{next(iter(keep))}`: only CSV and Parquet have columns to keep."
            )
        self._path, self._size, self._vocabulary = path, path.stat().st_size, ruleset.vocabulary
        if not self._size:
            raise BadTable(f"{path.name} is empty.")
        with path.open("rb") as file:
            if file.readline(LONGEST_LINE).strip() in (b"[", b"{"):
                raise BadTable(f"{path.name} has referrals over several lines: write each whole on a line of its own.")
        self._reader = ReferralReader(ruleset.vocabulary)
        self.said_by = tuple(fact.name for fact in ruleset.vocabulary if fact.can_be_core)
        self.not_asked: Sequence[str] = ()
        self.keep: Sequence[str] = ()
        self._data: dict[int, object] = {}

    def batches(self, refusing: Refusing) -> Iterator[Batch]:
        """The rows, a batch at a time."""
        with self._path.open("rb") as file:
            numbered = enumerate(file, start=1)
            done = 0
            while lines := list(islice(numbered, LINES)):
                done += sum(len(line) for _, line in lines)
                yield self._read(
                    [(number, line) for number, line in lines if line.strip()], refusing, done / self._size
                )

    def as_json(self, rows: pl.DataFrame) -> Iterator[tuple[int, object]]:
        """The JSON of referrals of the last batch, each with its row."""
        return ((row, self._data[row]) for row in rows[ROW])

    def _read(self, lines: list[tuple[int, bytes]], refusing: Refusing, done: float) -> Batch:
        read: list[tuple[int, Referral]] = []
        refusals: list[Refusal] = []
        self._data = {}
        for number, line in lines:
            try:
                self._data[number] = parse_json(line.strip().decode("utf-8-sig", errors="surrogateescape"))
                read.append((number, self._reader.read(self._data[number])))
            except RefusedReferral as refused:
                refusals += refusing.refused(number, refused)
        referrals = [referral for _, referral in read]
        codes = coded(
            self._vocabulary,
            [referral.given for referral in referrals],
            [referral.said_by for referral in referrals],
            self.said_by,
        )
        numbers = pl.Series(ROW, [number for number, _ in read], pl.Int64)
        references = pl.Series(REFERENCE, [referral.reference for referral in referrals], pl.String)
        return Batch(codes.with_columns(numbers, references), refusals, done)
