"""Run every benchmark, or those named: ``python -m bench [NAME…]``."""

from __future__ import annotations

import importlib
import sys

NAMES = ("rete", "answers", "completions", "http", "clients", "pages", "alarm", "cohort", "cohort_engines")
ON_DEMAND = ("order", "cohort_file")
"""What is run only where it is named: it changes a file, or takes minutes."""


def main() -> None:
    """Run the benchmarks in turn."""
    wanted = sys.argv[1:] or NAMES
    unknown = [name for name in wanted if name not in (*NAMES, *ON_DEMAND)]
    if unknown:
        raise SystemExit(f"No benchmark is called {', '.join(unknown)}. Known: {', '.join((*NAMES, *ON_DEMAND))}.")
    for name in wanted:
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
