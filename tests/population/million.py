"""A million generated referrals of the published rules, by each engine for tables, against the reference.

``python -m tests.population.million REFERRALS PROCESSES [ON_SPARK [FILE]]`` counts so many, in chunks, and prints after
each how many of them every engine rated and how many otherwise than the reference. Spark rates the first of them. With
a file, each chunk that is counted is kept there, and a run that was interrupted goes on where it ended.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import polars as pl

from bench.table import print_table
from tests.conftest import RULES
from tests.population.agreement import Given, meant, random_referrals
from tests.population.on_spark import Spark, spark
from tests.population.other_engines import ONLY_ON_POLARS, Prepared, write_parquet
from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.population.outcomes import OUTCOMES, REFUSED, computed, outcomes
from triage.population.plan import Plan, plan_of
from triage.population.tables import coded

CHUNK = 20_000
CHUNKS_ON_SPARK = 5
"""Spark takes a minute or more to plan the query, whatever the number of rows."""
ONE_PROCESS = 8
"""So many chunks are counted by one process, and then by a new one: what the engines keep is given back."""

Task = tuple[Sequence[int], Sequence[str]]
"""Chunks, and the engines that rate them."""
Counts = Counter[tuple[str, str]]
"""How many referrals an engine rated, and how many of them differ."""
RATED, DIFFER = "referrals", "differences"
LISTS = ("for", "fired", "open", "missing", "not_counted", "alternatives")


@dataclass(frozen=True)
class Chunk:
    """Referrals, and the same as a file."""

    given: Sequence[Given]
    path: Path


def _with_elimination(chunk: Chunk) -> pl.DataFrame:
    return _by_polars(chunk, eliminating=True)


def _without_elimination(chunk: Chunk) -> pl.DataFrame:
    return _by_polars(chunk, eliminating=False)


def _by_polars(chunk: Chunk, *, eliminating: bool) -> pl.DataFrame:
    plan = _plan()
    answers, said_by = [given.answers for given in chunk.given], [given.said_by for given in chunk.given]
    table = coded(plan.ruleset.vocabulary, answers, said_by, tuple(plan.ruleset.vocabulary.facts))
    chosen = pl.QueryOptFlags(comm_subexpr_elim=eliminating, comm_subplan_elim=eliminating)
    return outcomes(plan, computed(plan, table.lazy())).collect(optimizations=chosen)


def _by_duckdb(chunk: Chunk) -> pl.DataFrame:
    return _duckdb().outcomes_of(chunk.path)


def _by_sail(chunk: Chunk) -> pl.DataFrame:
    return _sail()[1].outcomes_of(chunk.path)


def _by_spark(chunk: Chunk) -> pl.DataFrame:
    return _spark()[1].outcomes_of(chunk.path)


# An engine and its query are made once in a process, and end with it.


@cache
def _ruleset() -> RuleSet:
    return load_ruleset(RULES)


@cache
def _plan() -> Plan:
    return plan_of(_ruleset(), _ruleset().vocabulary.facts)


@cache
def _duckdb() -> Prepared:
    return Prepared(_ruleset(), ibis.duckdb.connect())


@cache
def _sail() -> tuple[Any, Prepared]:
    """The server, which ends with its object, and the query on it."""
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer()
    server.start(background=True)
    address = f"sc://localhost:{server.listening_address[1]}"
    return server, Prepared(_ruleset(), ibis.pyspark.connect(SparkSession.builder.remote(address).getOrCreate()))


@cache
def _spark() -> tuple[ExitStack, Spark]:
    """What ends the process of Spark, and the query on it."""
    stack = ExitStack()
    return stack, stack.enter_context(spark(RULES))


SPARK = "Spark"
ENGINES: dict[str, tuple[Callable[[Chunk], pl.DataFrame], tuple[str, ...]]] = {
    "Polars": (_with_elimination, ()),
    "Polars without elimination of common subexpressions": (_without_elimination, ()),
    "DuckDB": (_by_duckdb, ONLY_ON_POLARS),
    "Sail": (_by_sail, ONLY_ON_POLARS),
    SPARK: (_by_spark, ONLY_ON_POLARS),
}
"""Each engine, and the columns that it does not have."""


def count_differences(task: Task) -> Counts:
    """How many referrals of some chunks each engine rated, and of how many it says something else than is meant."""
    chunks, engines = task
    warnings.simplefilter("ignore")  # what the clients of the engines warn of is not tested here
    ruleset = _ruleset()
    given = [referral for chunk in chunks for referral in random_referrals(ruleset, CHUNK, seed=chunk)]
    expected = expected_outcomes([meant(ruleset, referral) for referral in given])
    counted: Counts = Counter()
    with TemporaryDirectory() as folder:
        chunk = Chunk(given, Path(folder) / "referrals.parquet")
        write_parquet(ruleset, given, chunk.path)
        for engine in engines:
            run, without = ENGINES[engine]
            counted[engine, RATED] = len(given)
            counted[engine, DIFFER] = count_differing(expected.drop(without), run(chunk))
    return counted


def expected_outcomes(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """What is meant, as a table of text with its ids in the order of the plan."""
    plan = _plan()
    orders = {
        "for": plan.rating.for_,
        "fired": plan.fired,
        "open": plan.fired,
        "missing": plan.urgency.missing,
        "not_counted": plan.counted.not_counted,
        "alternatives": plan.therapies,
    }
    places = {name: {id_: place for place, id_ in enumerate(order)} for name, order in orders.items()}
    refused = {REFUSED: True} | dict.fromkeys(name for name in OUTCOMES)
    texts = [
        {
            name: ";".join(sorted(value, key=places[name].__getitem__)) if isinstance(value, set) else value
            for name, value in (refused | row).items()
        }
        for row in rows
    ]
    booleans = {REFUSED: pl.Boolean, "complete": pl.Boolean}
    return pl.DataFrame(texts, schema={name: booleans.get(name, pl.String) for name in refused})


def count_differing(expected: pl.DataFrame, rated: pl.DataFrame) -> int:
    """How many rows differ in a column; of a refused row only that it is refused counts."""
    assert expected.height == rated.height
    others = [name for name in expected.columns if name != REFUSED]
    rated = rated.select(REFUSED, *(_as_text(rated, name) for name in others))
    both = pl.concat([expected, rated.rename(lambda name: f"rated.{name}")], how="horizontal")
    wrong = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"rated.{name}")) for name in others)
    refused, differ = pl.col(REFUSED), pl.col(REFUSED).ne_missing(pl.col(f"rated.{REFUSED}"))
    return both.filter(differ | (~refused & wrong)).height


def _as_text(rated: pl.DataFrame, name: str) -> pl.Expr:
    """A column of an engine as text without an end to its ids."""
    if rated.schema[name] == pl.Boolean:
        return pl.col(name)
    text = pl.col(name).cast(pl.String)
    return text.str.strip_suffix(";") if name in LISTS else text


def count_all_differences(referrals: int, processes: int, on_spark: int, kept: Path | None = None) -> Counts:
    """The same for so many referrals in chunks, each in one of several processes, and for so many of them on Spark.

    What is counted is kept in the file ``kept``, and what is there already is not counted again.
    """
    others = [name for name in ENGINES if name != SPARK]
    tasks: list[Task] = [
        (range(first, first + CHUNKS_ON_SPARK), [SPARK]) for first in range(0, on_spark // CHUNK, CHUNKS_ON_SPARK)
    ]
    tasks += [([chunk], others) for chunk in range(referrals // CHUNK)]
    finished = _read_finished(kept)
    total = sum((finished[name] for task in tasks if (name := _name_of(task)) in finished), Counter())
    left = [task for task in tasks if _name_of(task) not in finished]
    with get_context("spawn").Pool(processes, maxtasksperchild=ONE_PROCESS) as pool:
        for name, counted in pool.imap_unordered(_name_and_differences, left):
            total.update(counted)
            print_counts(total)
            if kept is not None:
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([name, [[*key, number] for key, number in counted.items()]]) + "\n")
    return total


def _name_and_differences(task: Task) -> tuple[str, Counts]:
    return _name_of(task), count_differences(task)


def _name_of(task: Task) -> str:
    """A task as text, with the rules that it is for."""
    chunks, engines = task
    return f"{_ruleset().digest}: {[*chunks]} by {', '.join(engines)}"


def _read_finished(kept: Path | None) -> dict[str, Counts]:
    """What a run before this one counted, by task."""
    if kept is None or not kept.exists():
        return {}
    parts = map(json.loads, kept.read_text(encoding="utf-8").splitlines())
    return {name: Counter({(engine, of): number for engine, of, number in counted}) for name, counted in parts}


def print_counts(total: Counts) -> None:
    """Print how many referrals each engine rated so far, and how many of them differ."""
    engines = [name for name in ENGINES if total[name, RATED]]
    print_table(
        "Referrals rated as the reference does",
        ("engine", "referrals", "differences"),
        [(name, f"{total[name, RATED]:,}", f"{total[name, DIFFER]:,}") for name in engines],
    )


if __name__ == "__main__":
    numbers = [int(number) for number in sys.argv[1:4]]
    count_all_differences(
        numbers[0],
        numbers[1],
        numbers[2] if len(numbers) > 2 else numbers[0],
        Path(sys.argv[4]) if len(sys.argv) > 4 else None,
    )
