"""A million generated referrals of the published rules, by each engine for tables, against the reference.

``python -m tests.population.million REFERRALS PROCESSES`` counts so many, in chunks, and says how far it is.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis

from tests.conftest import RULES
from tests.population.agreement import Given, by_polars, meant, random_referrals
from tests.population.other_engines import ONLY_ON_POLARS, outcomes_of, write_parquet
from triage.check import load_ruleset
from triage.model.ruleset import RuleSet

CHUNK = 10_000
REFERRALS = "referrals"

Engine = Callable[[RuleSet, Sequence[Given]], list[dict[str, Any]]]


def _with_elimination(ruleset: RuleSet, given: Sequence[Given]) -> list[dict[str, Any]]:
    return by_polars(ruleset, given, eliminating=True)


def _without_elimination(ruleset: RuleSet, given: Sequence[Given]) -> list[dict[str, Any]]:
    return by_polars(ruleset, given, eliminating=False)


def _by_duckdb(ruleset: RuleSet, given: Sequence[Given]) -> list[dict[str, Any]]:
    return _from_parquet(ruleset, given, ibis.duckdb.connect())


def _by_sail(ruleset: RuleSet, given: Sequence[Given]) -> list[dict[str, Any]]:
    return _from_parquet(ruleset, given, _sail()[1])


@cache
def _sail() -> tuple[Any, Any]:
    """The server in this process, which ends with its object, and a connection to it."""
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer()
    server.start(background=True)
    address = f"sc://localhost:{server.listening_address[1]}"
    return server, ibis.pyspark.connect(SparkSession.builder.remote(address).getOrCreate())


def _from_parquet(ruleset: RuleSet, given: Sequence[Given], connection: Any) -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "referrals.parquet"
        write_parquet(ruleset, given, path)
        return outcomes_of(ruleset, connection.read_parquet(str(path)))


ENGINES: dict[str, tuple[Engine, tuple[str, ...]]] = {
    "Polars": (_with_elimination, ()),
    "Polars without elimination of common subexpressions": (_without_elimination, ()),
    "DuckDB": (_by_duckdb, ONLY_ON_POLARS),
    "Sail": (_by_sail, ONLY_ON_POLARS),
}
"""Each engine, and the columns that it does not have."""


def count_differences(chunk: int) -> Counter[str]:
    """How many referrals a chunk has, and of how many each engine says something else than is meant."""
    warnings.simplefilter("ignore")  # what the clients of the engines warn of is not tested here
    ruleset = load_ruleset(RULES)
    given = random_referrals(ruleset, CHUNK, seed=chunk)
    expected = [meant(ruleset, referral) for referral in given]
    counted = Counter({REFERRALS: len(given)})
    for engine, (run, without) in ENGINES.items():
        counted[engine] = sum(
            any(row[name] != value for name, value in meant_row.items() if name not in without)
            for meant_row, row in zip(expected, run(ruleset, given), strict=True)
        )
    return counted


def count_all_differences(referrals: int, processes: int) -> Counter[str]:
    """The same for so many referrals in chunks, each in one of several processes."""
    with get_context("spawn").Pool(processes, maxtasksperchild=4) as pool:
        total: Counter[str] = Counter()
        for counted in pool.imap_unordered(count_differences, range(referrals // CHUNK)):
            total.update(counted)
            sys.stdout.write(", ".join(f"{name}: {count:,}" for name, count in total.items()) + "\n")
            sys.stdout.flush()
    return total


if __name__ == "__main__":
    count_all_differences(int(sys.argv[1]), int(sys.argv[2]))
