"""Run the plan on Spark in local mode: ``python -m tests.population.on_spark RULES FOLDER``, for the test of Spark."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import ibis
from pyspark.sql import SparkSession

from tests.population.other_engines import outcomes_of
from triage.check import load_ruleset


def main() -> None:
    """Write the outcomes of `referrals.parquet` in the folder to `outcomes.json`."""
    ruleset, folder = load_ruleset(Path(sys.argv[1])), Path(sys.argv[2])
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate()
    )
    rows = outcomes_of(ruleset, ibis.pyspark.connect(session).read_parquet(str(folder / "referrals.parquet")))
    listed = [{name: sorted(value) if isinstance(value, set) else value for name, value in row.items()} for row in rows]
    (folder / "outcomes.json").write_text(json.dumps(listed), encoding="utf-8")


if __name__ == "__main__":
    main()
