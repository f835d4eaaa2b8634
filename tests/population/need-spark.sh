#!/usr/bin/env bash
# The same plan on Spark, for `make deep`: Java 17, and PySpark in a folder of its own, since it and Sail's client exclude
# one another.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash tests/population/need-engines.sh
if ! command -v java >/dev/null; then bash tools/need.sh "Java 17, for Spark" openjdk-17-jre-headless; fi
if [ ! -e .spark/pyspark ]; then
  .venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target .spark --requirement requirements-spark.lock
fi
