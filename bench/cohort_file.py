"""A file of many referrals rated by the command: rows a second from end to end, and the most memory it takes."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import polars as pl

from bench.referrals import partial_referrals
from bench.table import print_table
from triage.check import load_ruleset
from triage.model.fact import Fact
from triage.model.rule import Value
from triage.reading.referral import as_json
from triage.settings import PUBLISHED

ROWS = 10_000_000
DIFFERENT = 2_000


def main() -> None:
    """Print rows a second and memory for a Parquet file and a tenth of it as CSV."""
    rows = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        for suffix, count in ((".csv", ROWS // 10), (".parquet", ROWS)):
            path = folder / f"referrals{suffix}"
            write_referrals(path, count)
            started = perf_counter()
            command = [
                str(Path(sys.executable).with_name("triage")),
                "cohort",
                str(path),
                "--out",
                str(folder / f"out{suffix}"),
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds = perf_counter() - started
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
            rows.append((f"{count:,} rows of {suffix}", f"{count / seconds:,.0f}", f"{seconds:,.0f}", f"{memory:.2f}"))
            path.unlink()
    print_table("A file rated by `triage cohort`, target ≤ 4 GB", ("file", "rows a second", "seconds", "most GB"), rows)


def write_referrals(path: Path, count: int) -> None:
    """Write so many incomplete referrals as CSV or Parquet, the same two thousand again and again."""
    ruleset = load_ruleset(PUBLISHED)
    vocabulary = ruleset.vocabulary
    referrals = partial_referrals(ruleset, DIFFERENT, 0.6)
    columns = {fact.name: _column(fact, [answers.get(fact.name) for answers in referrals]) for fact in vocabulary}
    part = pl.DataFrame({"reference": [f"R{number}" for number in range(DIFFERENT)], **columns})
    repeated = pl.concat([part.lazy()] * (count // DIFFERENT))
    repeated.sink_csv(path) if path.suffix == ".csv" else repeated.sink_parquet(path)


def _column(fact: Fact, answers: list[Value | None]) -> pl.Series:
    if fact.is_integer:
        return pl.Series(answers, dtype=pl.Int64)
    values = [None if answer is None else as_json(answer, fact) for answer in answers]
    return pl.Series(
        [(";".join(value) or "[]") if isinstance(value, list) else value for value in values], dtype=pl.String
    )


if __name__ == "__main__":
    main()
