"""Rate a table that was uploaded, in a process of its own, with its progress in a file beside it."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from triage.answer.assess import build_assessor
from triage.model.ruleset import RuleSet
from triage.population.cohort import Rating, rate_to_files
from triage.population.ranges import Ranges, TooManyIncomplete
from triage.population.refusals import BadTable
from triage.population.sources import source_of
from triage.population.summary import Summary
from triage.settings import Settings

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
TOO_MANY_INCOMPLETE = (
    "More than {most:,} referrals are incomplete, too many to say here what each can still become. Rate the file "
    "without that, or at a terminal: `triage cohort FILE --out FILE --range`."
)
OUTCOMES, REFUSED, PROGRESS = "outcomes.csv", "refused.csv", "progress"


class _Process:
    """What the process keeps."""

    ruleset: RuleSet
    settings: Settings


def start(ruleset: RuleSet, settings: Settings) -> None:
    """Keep what every table of this process is rated with."""
    _Process.ruleset, _Process.settings = ruleset, settings


def rate_upload(table: Path, by: str | None, keep: Sequence[str], most_ranges: int = 0) -> Summary | str:
    """Rate the table to files beside it; give what it comes to, or the sentence why it can't be rated.

    Up to ``most_ranges`` incomplete referrals have what each can still become, found in processes that end with this
    call. It ends, with an error, where the folder of the table is deleted meanwhile.
    """
    ruleset, folder = _Process.ruleset, table.parent
    try:
        source = source_of(table, ruleset, dict.fromkeys([*keep, *([by] if by else [])]))
        with ExitStack() as stack:
            processes = stack.enter_context(_ranges(most_ranges)) if most_ranges else None
            rating = Rating(ruleset, source, lambda: build_assessor(ruleset, _Process.settings), by, processes)
            summary = rate_to_files(
                rating, folder / OUTCOMES, folder / REFUSED, lambda done: _write_progress(folder / PROGRESS, done)
            )
        for name in (OUTCOMES, REFUSED):
            without_formulas(folder / name)
        return summary
    except BadTable as fault:
        return str(fault)
    except TooManyIncomplete:
        return TOO_MANY_INCOMPLETE.format(most=most_ranges)
    finally:
        table.unlink(missing_ok=True)


def _ranges(most: int) -> Ranges:
    """As many processes as help to answer incomplete referrals."""
    return Ranges(_Process.ruleset, _Process.settings.helpers or 1, most)


def without_formulas(path: Path) -> None:
    """Put an apostrophe before each cell of a table that a spreadsheet would run as a formula. Numbers stay."""
    if not path.exists():
        return
    unfinished = path.with_suffix(".unfinished")
    csv.field_size_limit(sys.maxsize)
    with path.open(newline="", encoding="utf-8") as table, unfinished.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)  # with the line ends of RFC 4180: with others it leaves a bare \r unquoted
        writer.writerows([f"'{cell}" if _is_formula(cell) else cell for cell in row] for row in csv.reader(table))
    unfinished.replace(path)


def _is_formula(cell: str) -> bool:
    return cell.startswith(_BEGINS_FORMULA) and _NUMBER.fullmatch(cell) is None


def progress_of(folder: Path) -> float:
    """How much of a table is done, from 0 to 1."""
    path = folder / PROGRESS
    return float(path.read_text(encoding="utf-8") or 0) if path.exists() else 0.0


def _write_progress(path: Path, done: float) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(f"{done:.4f}", encoding="utf-8")
    unfinished.replace(path)
