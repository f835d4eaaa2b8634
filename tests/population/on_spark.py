"""Run the plan on Spark in local mode, in a process of its own: PySpark and the client of Sail have one name.

``python -m tests.population.on_spark RULES`` reads the names of Parquet files, a line each, writes the outcomes of each
beside it, with ``.outcomes`` at the end, and says ``done``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import polars as pl

from tests.conftest import RULES
from tests.population.other_engines import Prepared
from triage.check import load_ruleset

DONE = "done"
MEMORY = "4g"
"""A hundred thousand referrals are one task, whose outcomes don't fit into the gigabyte that Spark has by default."""


class Spark:
    """A process that answers for one file after another."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def outcomes_of(self, path: Path) -> pl.DataFrame:
        """The outcomes of a Parquet file, in the order of the referrals."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.strip() == DONE:
                return pl.read_ipc(_beside(path))
        raise RuntimeError(f"Spark ended with {self._process.wait()}.")


@contextmanager
def spark(folder: Path) -> Iterator[Spark]:
    """Spark for the rules of a folder, as long as it is used."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("SPARK_")}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.population.on_spark", str(folder)],
        cwd=RULES.parent,
        # The client of Sail leaves settings behind that would make Spark look for a server.
        env={**settings, "PYTHONPATH": str(RULES.parent / ".spark")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Spark(process)
        assert process.stdin
        process.stdin.close()


def _beside(path: Path) -> Path:
    return path.with_suffix(".outcomes")


def main() -> None:
    """Answer for one file after another."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", MEMORY)
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate()
    )
    prepared = Prepared(load_ruleset(Path(sys.argv[1])), ibis.pyspark.connect(session))
    for line in sys.stdin:
        path = Path(line.strip())
        prepared.outcomes_of(path).write_ipc(_beside(path))
        sys.stdout.write(f"{DONE}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
