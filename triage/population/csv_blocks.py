"""Read a CSV file in blocks of rows, so that memory stays small and a broken line costs nothing but itself.

Lines without a quote and with as many separators as the header are read by Polars, a block at a time. Every other line
is read by itself with Python's reader: a cell may stand in double quotes; it may not hold a line break.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from triage.population.refusals import BadTable

BLOCK = 32_000_000
"""The bytes read at once, some 50,000 rows of all facts."""
LONGEST_LINE = 1_000_000
"""The most bytes of a line."""
ROW = "row"


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that is no row of the table: its number in the file, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of text with the number of their line in ``row``, the lines that are broken, and how much is read."""

    rows: pl.DataFrame
    broken: tuple[BrokenLine, ...]
    done: float


class CsvBlocks:
    """The blocks of a CSV file. Raises BadTable where it is empty or its header can't be read."""

    def __init__(self, path: Path, block: int = BLOCK) -> None:
        self._path, self._block, self._size = path, block, path.stat().st_size
        with path.open("rb") as file:
            self.columns = _header(path.name, file.readline(LONGEST_LINE))

    def __iter__(self) -> Iterator[Block]:
        with self._path.open("rb") as file:
            file.readline(LONGEST_LINE)
            number = 2
            while lines := file.readlines(self._block):
                yield self._read(lines, number, file.tell() / self._size)
                number += len(lines)

    def _read(self, lines: list[bytes], first: int, done: float) -> Block:
        separators = len(self.columns) - 1
        plain, numbers, others, broken = list[bytes](), list[int](), list[tuple[int, list[str]]](), list[BrokenLine]()
        for number, line in enumerate(lines, start=first):
            if line.count(b",") == separators and b'"' not in line and line.isascii() and line.strip():
                plain.append(line)
                numbers.append(number)
            elif line.strip() or not separators:
                cells = self._cells(line)
                if isinstance(cells, str):
                    broken.append(BrokenLine(number, cells))
                else:
                    others.append((number, cells))
        rows = pl.concat([self._plain(plain, numbers), self._others(others)]).sort(ROW)
        return Block(rows, tuple(broken), done)

    def _cells(self, line: bytes) -> list[str] | str:
        """The cells of one line, or why it has none."""
        if len(line) >= LONGEST_LINE:
            return f"The line is longer than {LONGEST_LINE:,} bytes."
        try:
            text = line.decode()
            rows = list(csv.reader([text.rstrip("\r\n")], strict=True))
        except UnicodeDecodeError:
            return "The line is not UTF-8 text. Save the file as UTF-8."
        except csv.Error as error:
            if "end of data" in str(error):
                return "A quote is not closed on its line. A cell may not hold a line break."
            return "A quote stands in a cell that is not quoted whole: double it, and quote the cell."
        if len(rows) != 1 or len(rows[0]) != len(self.columns):
            return self._miscounted(len(rows[0]) if rows else 0)
        return rows[0]

    def _miscounted(self, cells: int) -> str:
        columns = len(self.columns)
        fix = "Quote a cell that has a comma in it." if cells > columns else "Leave cells empty rather than out."
        return f"The line has {cells} cells, and the header {columns}. {fix}"

    def _plain(self, lines: list[bytes], numbers: list[int]) -> pl.DataFrame:
        if not lines:
            return self._others([])
        rows = pl.read_csv(
            b"".join(lines) if lines[-1].endswith(b"\n") else b"".join(lines) + b"\n",
            has_header=False,
            new_columns=list(self.columns),
            infer_schema=False,
            quote_char=None,
        )
        return rows.insert_column(0, pl.Series(ROW, numbers, pl.Int64))

    def _others(self, rows: list[tuple[int, list[str]]]) -> pl.DataFrame:
        schema = {ROW: pl.Int64} | dict.fromkeys(self.columns, pl.String)
        return pl.DataFrame([(number, *cells) for number, cells in rows], schema=schema, orient="row")


def _header(name: str, line: bytes) -> tuple[str, ...]:
    if not line.strip():
        raise BadTable(f"{name} is empty: the first row has the names of the facts.")
    try:
        text = line.decode("utf-8-sig").rstrip("\r\n")
        columns = next(csv.reader([text], strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise BadTable(f"The first row of {name} can't be read: save it as CSV in UTF-8.") from None
    if len(columns) == 1 and (";" in text or "\t" in text):
        raise BadTable(f"The cells of {name} are not separated by commas: save it as CSV with commas.")
    return tuple(columns)
