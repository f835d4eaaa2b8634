"""The same plan on engines for tables past one machine, here in local mode: rows a second against Polars.

Every engine reads one Parquet file of text and counts rows by level, state and rating and the length of the fired ids,
so that each outcome is computed and none is carried out. ``python -m bench.cohort_engines ENGINE FILE`` runs one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import polars as pl

from bench.cohort_file import write_referrals
from bench.table import print_table
from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.population.on_polars import run
from triage.population.outcomes import ids
from triage.population.plan import plan_of
from triage.population.refusals import Refusing
from triage.population.sources import ParquetTable, TextSource
from triage.reading.referral_reader import ReferralReader
from triage.settings import PUBLISHED

ROWS = 1_000_000
TARGETS = {"polars": 3_000_000, "sail": 700_000, "spark": 100_000}
ENGINES = ("polars", "duckdb", "sail", "spark")
SPARK = PUBLISHED.parent / ".spark"
BY = ["level_so_far", "state", "rating_so_far"]

Counts = dict[str, list[int]]
"""How many rows have each level, state and rating, and the length of their fired ids together."""


def main(rows: int = ROWS) -> None:
    """Print rows a second of each engine; nothing is timed that does not count the same."""
    with TemporaryDirectory() as name:
        path = Path(name) / "referrals.parquet"
        write_referrals(path, rows)
        measured = {engine: _in_a_process(engine, path) for engine in ENGINES}
    counts, base = measured["polars"]
    different = [engine for engine, (counted, _) in measured.items() if counted != counts]
    if different:
        raise SystemExit(f"Not the same outcomes as Polars: {', '.join(different)}.")
    print_table(
        f"{rows:,} referrals from Parquet, published rules, {os.cpu_count()} processors",
        ("engine", "rows a second", "of Polars", "target"),
        [
            (
                engine,
                f"{rows / seconds:,.0f}",
                f"{base / seconds:.3f}",
                f"{TARGETS[engine]:,}" if engine in TARGETS else "",
            )
            for engine, (_, seconds) in measured.items()
        ],
    )


def _in_a_process(engine: str, path: Path) -> tuple[Counts, float]:
    """Run one engine by itself: PySpark and the client of Sail have one name, and leave settings behind."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SPARK_")}
    if engine == "spark":
        environment["PYTHONPATH"] = str(SPARK)
    command = [sys.executable, "-W", "ignore", "-m", "bench.cohort_engines", engine, str(path)]
    done = subprocess.run(command, cwd=SPARK.parent, env=environment, stdout=subprocess.PIPE, check=True)
    counts, seconds = json.loads(done.stdout.splitlines()[-1])
    return counts, seconds


def _polars(ruleset: RuleSet, path: Path) -> Callable[[], Counts]:
    def once() -> Counts:
        source = TextSource(ParquetTable(path), ruleset)
        plan = plan_of(ruleset, source.said_by)
        counted: Counter[tuple[str, str, str]] = Counter()
        lengths: Counter[tuple[str, str, str]] = Counter()
        scales = ruleset.scales
        for batch in source.batches(Refusing(ReferralReader(ruleset.vocabulary), lambda _: None)):
            names = (plan.rating.rating, plan.rating.on_hold, plan.urgency.level, plan.urgency.not_sorted)
            fired = ids({id_: pl.col(name) for id_, name in plan.fired.items()})
            grouped = run(plan, batch.rows.lazy()).select(*names, fired.alias("fired")).group_by(names)
            for rating, held, level, unsorted, rows, length in (
                grouped.agg(pl.len(), pl.col("fired").str.len_chars().sum().alias("length")).collect().iter_rows()
            ):
                key = (
                    scales.urgency_ids[level],
                    "not_sorted" if unsorted else "sorted",
                    "on_hold" if held else scales.rating_ids[rating],
                )
                counted[key] += rows
                lengths[key] += length
        return {" ".join(key): [rows, lengths[key]] for key, rows in sorted(counted.items())}

    return once


def _by_ibis(ruleset: RuleSet, connection: Any, path: Path) -> Callable[[], Counts]:
    from triage.population import on_ibis

    def once() -> Counts:
        rated = on_ibis.outcomes(ruleset, connection.read_parquet(str(path)))
        # The ids end with a separator in this query, and Polars has none after the last.
        length = (rated.fired.length() - (rated.fired.length() > 0).cast("int32")).sum()
        rows = rated.group_by(BY).aggregate(rows=rated.count(), length=length).to_pyarrow().to_pylist()
        counted = {" ".join(row[name] for name in BY): [int(row["rows"]), int(row["length"])] for row in rows}
        return dict(sorted(counted.items()))

    return once


@contextmanager
def _connection(engine: str) -> Iterator[Any]:
    """A connection of Ibis to an engine that runs here as long as it is used."""
    import ibis

    if engine == "duckdb":
        yield ibis.duckdb.connect()
        return
    from pyspark.sql import SparkSession

    if engine == "sail":
        from pysail.spark import SparkConnectServer

        server = SparkConnectServer()
        server.start(background=True)
        yield ibis.pyspark.connect(
            SparkSession.builder.remote(f"sc://localhost:{server.listening_address[1]}").getOrCreate()
        )
        return
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    yield ibis.pyspark.connect(SparkSession.builder.master("local[2]").config(map=settings).getOrCreate())


def measure(engine: str, path: Path) -> None:
    """Run one engine once and print the counts and the seconds, what it takes to plan among them."""
    ruleset = load_ruleset(PUBLISHED)
    with ExitStack() as stack:
        once = (
            _polars(ruleset, path)
            if engine == "polars"
            else _by_ibis(ruleset, stack.enter_context(_connection(engine)), path)
        )
        started = perf_counter()
        counts = once()
        sys.stdout.write("\n" + json.dumps((counts, perf_counter() - started)) + "\n")
        sys.stdout.flush()
        os._exit(0)  # the server of Sail and the JVM have threads that nobody waits for


if __name__ == "__main__":
    measure(sys.argv[1], Path(sys.argv[2]))
