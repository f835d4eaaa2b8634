"""Exact answers to incomplete referrals, from empty to nearly complete: what can still be, and every open question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from bench.plain import Plain
from bench.referrals import partial_referrals
from bench.table import print_table
from triage.check import load_ruleset
from triage.engines.exact import Exact
from triage.model.rule import Answers
from triage.settings import PUBLISHED

SHARES = (0.0, 0.1, 0.3, 0.7, 0.95)
COUNT = 200
"""How many referrals of each share of answers; the empty one is asked as often."""


FEW = 20
"""How many of them plain z3 is asked about."""
BASE = "bounds by plain z3 (baseline)"


def main() -> None:
    """Print median and 99th percentile in milliseconds, and the median's ratio to plain z3's for the bounds alone."""
    ruleset = load_ruleset(PUBLISHED)
    exact, plain = Exact(ruleset), Plain(ruleset)
    everything: dict[str, list[float]] = {BASE: [], "bounds": [], "with questions": []}
    rows = []
    for share in SHARES:
        referrals = partial_referrals(ruleset, COUNT, share)
        base = _times(plain.bounds, referrals[:FEW])
        bounds = _times(exact.bounds, referrals)
        whole = _times(lambda facts: (exact.bounds(facts), exact.open_questions(facts)), referrals)
        everything[BASE] += base
        everything["bounds"] += bounds
        everything["with questions"] += whole
        rows += [
            _row(f"{share:.0%} answered: {what}", times, _median(base))
            for what, times in zip(everything, (base, bounds, whole), strict=True)
        ]
    rows += [_row(f"all together: {what}", times, _median(everything[BASE])) for what, times in everything.items()]
    print_table(
        f"Exact answers, {len(ruleset.deciding)} deciding rules (targets: 30 and 100 ms, with questions 150 and 500)",
        ("what", "median ms", "p99 ms", "median / baseline"),
        rows,
    )


def _times(work: Callable[[Answers], object], referrals: Sequence[Answers]) -> list[float]:
    times = []
    for facts in referrals:
        started = perf_counter()
        work(facts)
        times.append((perf_counter() - started) * 1e3)
    return times


def _row(name: str, times: list[float], base: float) -> tuple[str, str, str, str]:
    ordered = sorted(times)
    return name, f"{_median(times):.2f}", f"{ordered[int(len(ordered) * 0.99)]:.2f}", f"{_median(times) / base:.3f}"


def _median(times: Sequence[float]) -> float:
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    main()
