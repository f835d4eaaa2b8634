"""Referrals as a real table of other engines, and their outcomes there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tests.population.agreement import Given, as_meant
from triage.model.fact import Fact
from triage.model.rule import Value
from triage.model.ruleset import RuleSet
from triage.population import on_ibis
from triage.reading.referral import as_json

ONLY_ON_POLARS = ("level", "rating", "level_could_become", "rating_could_become")


def write_parquet(ruleset: RuleSet, referrals: Sequence[Given], path: Path) -> None:
    """Write referrals as the table that the query reads."""
    vocabulary = ruleset.vocabulary
    columns: dict[str, Any] = {"reference": [str(number) for number in range(len(referrals))]}
    for fact in vocabulary:
        values = [_cell(fact, given.answers.get(fact.name)) for given in referrals]
        columns[fact.name] = pl.Series(values, dtype=pl.Int64 if fact.is_integer else pl.String)
        columns[on_ibis.SAID_BY + fact.name] = pl.Series([g.said_by.get(fact.name) for g in referrals], dtype=pl.String)
    pl.DataFrame(columns).write_parquet(path)


def outcomes_of(ruleset: RuleSet, table: Any) -> list[dict[str, Any]]:
    """The outcomes of a table, in the order of the referrals."""
    rows = on_ibis.outcomes(ruleset, table, tuple(ruleset.vocabulary.facts)).to_pyarrow().to_pylist()
    return [as_meant({**row, **dict.fromkeys(ONLY_ON_POLARS)}) for row in sorted(rows, key=_number)]


class Prepared:
    """The outcomes of one file after another. Ibis makes the SQL once: that takes longer than thousands of rows."""

    def __init__(self, ruleset: RuleSet, connection: Any) -> None:
        self._ruleset, self._connection, self._sql = ruleset, connection, ""

    def outcomes_of(self, path: Path) -> pl.DataFrame:
        """The outcomes of the file, in the order of the referrals."""
        table = self._connection.read_parquet(str(path), table_name="referrals")
        if not self._sql:
            query = on_ibis.outcomes(self._ruleset, table, tuple(self._ruleset.vocabulary.facts))
            self._sql = self._connection.compile(query)
        result = self._connection.raw_sql(self._sql)
        rows = pl.from_arrow(result.toArrow() if hasattr(result, "toArrow") else result.to_arrow_table())
        assert isinstance(rows, pl.DataFrame)
        return rows.sort(pl.col("reference").cast(pl.Int64))


def _number(row: Mapping[str, Any]) -> int:
    return int(row["reference"])


def _cell(fact: Fact, value: Value | None) -> Any:
    if value is None:
        return None
    written = as_json(value, fact)
    return (";".join(written) or "[]") if isinstance(written, list) else written
