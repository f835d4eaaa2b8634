"""One plan on DuckDB, PostgreSQL, Sail and Spark says what the reference says; and it is printed as SQL for others.

Set up by `need-engines.sh` (in `make test`) and `need-spark.sh` (in `make deep`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pytest
import sqlglot

from tests.conftest import FIXTURE_RULES, RULES
from tests.population.agreement import as_meant, differences, random_referrals
from tests.population.on_spark import spark
from tests.population.other_engines import ONLY_ON_POLARS, outcomes_of, write_parquet
from tests.records.databases import new_database, server
from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.population.on_ibis import DIALECTS, sql

# What the engines' clients do on their own, not what is tested here.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def sail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A connection to Sail in this process."""
    # In a process of xdist the main module has no file, which pyspark takes for doctests of its own, and exits.
    monkeypatch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    running = SparkConnectServer()
    running.start(background=True)
    session = SparkSession.builder.remote(f"sc://localhost:{running.listening_address[1]}").getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()
    running.stop()


def _agrees(ruleset: RuleSet, connection: Any, folder: Path, count: int, seed: int) -> None:
    referrals = random_referrals(ruleset, count, seed)
    path = folder / "referrals.parquet"
    write_parquet(ruleset, referrals, path)
    table = connection.read_parquet(str(path))
    assert not differences(ruleset, referrals, outcomes_of(ruleset, table), ONLY_ON_POLARS)


def test_duckdb_agrees(fixture_rules: RuleSet, tmp_path: Path) -> None:
    _agrees(fixture_rules, ibis.duckdb.connect(), tmp_path, 1_000, seed=1)


def test_duckdb_agrees_on_the_published_rules(ruleset: RuleSet, tmp_path: Path) -> None:
    _agrees(ruleset, ibis.duckdb.connect(), tmp_path, 1_000, seed=2)


def test_sail_agrees(fixture_rules: RuleSet, sail: Any, tmp_path: Path) -> None:
    _agrees(fixture_rules, sail, tmp_path, 1_000, seed=3)


def test_postgresql_agrees(fixture_rules: RuleSet, tmp_path: Path) -> None:
    referrals = random_referrals(fixture_rules, 200, seed=4)
    path = tmp_path / "referrals.parquet"
    write_parquet(fixture_rules, referrals, path)
    with server() as address:
        connection = ibis.connect(new_database("postgresql", tmp_path, address).replace("+psycopg", ""))
        table = connection.create_table("referrals", ibis.duckdb.connect().read_parquet(str(path)).to_pandas())
        assert not differences(fixture_rules, referrals, outcomes_of(fixture_rules, table), ONLY_ON_POLARS)
        connection.disconnect()


def test_sail_agrees_on_the_published_rules(ruleset: RuleSet, sail: Any, tmp_path: Path) -> None:
    _agrees(ruleset, sail, tmp_path, 1_000, seed=5)


@pytest.mark.deep
@pytest.mark.timeout(0)
@pytest.mark.parametrize(("folder", "count"), [(FIXTURE_RULES, 1_000), (RULES, 1_000)])
def test_spark_agrees(folder: Path, count: int, tmp_path: Path) -> None:
    """In a process of its own: PySpark stands in `.spark`, and its client of the same name in the environment."""
    ruleset = load_ruleset(folder)
    referrals = random_referrals(ruleset, count, seed=6)
    path = tmp_path / "referrals.parquet"
    write_parquet(ruleset, referrals, path)
    with spark(folder) as engine:
        rows = [as_meant({**row, **dict.fromkeys(ONLY_ON_POLARS)}) for row in engine.outcomes_of(path).to_dicts()]
    assert not differences(ruleset, referrals, rows, ONLY_ON_POLARS)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sql_for_each_engine_is_one_query_over_the_referrals(dialect: str, fixture_rules: RuleSet) -> None:
    text = sql(fixture_rules, dialect, said_by=["lean"])
    query = sqlglot.parse_one(text, dialect=dialect)
    assert {table.name for table in query.find_all(sqlglot.exp.Table)} == {"referrals"}
    assert {column.alias_or_name for column in query.selects} >= {"reference", "refused", "level_so_far", "fired"}
    assert len(text) < 1_000_000, "the longest query that BigQuery, Snowflake and Trino take"
