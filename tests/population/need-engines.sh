#!/usr/bin/env bash
# The same plan on DuckDB, PostgreSQL and Sail: install these once, beside what the service needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
if .venv/bin/python -c "import ibis, duckdb, psycopg, pysail, pyspark" 2>/dev/null; then exit 0; fi
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-population.lock
