"""How many referrals a second are rated as columns, against the reference interpreter one by one."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import polars as pl

from bench.referrals import complete_referrals, partial_referrals
from bench.table import print_table
from triage.check import load_ruleset
from triage.engines import reference
from triage.engines.outcome import outcome
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.population.on_polars import run
from triage.population.outcomes import computed, outcomes
from triage.population.plan import Plan, plan_of
from triage.population.tables import coded
from triage.settings import PUBLISHED

ROWS = 1_000_000
DIFFERENT = 4_000
ONE_BY_ONE = 300
ROUNDS = 3
BATCH = 50_000


def main() -> None:
    """Print rows a second for what is asked of the columns, and ratios to the baseline."""
    ruleset = load_ruleset(PUBLISHED)
    referrals = [*complete_referrals(ruleset, DIFFERENT // 2), *partial_referrals(ruleset, DIFFERENT // 2, 0.4)]
    plan = plan_of(ruleset)
    table = _repeated(coded(ruleset.vocabulary, referrals, [], ()))
    _check(ruleset, plan, referrals)
    baseline = "reference interpreter, one by one (baseline)"
    speeds = {
        baseline: ONE_BY_ONE / _seconds(lambda: _one_by_one(ruleset, referrals[:: DIFFERENT // ONE_BY_ONE])),
        "Polars: rating, level and fired rules, target 3 M": ROWS / _seconds(lambda: _final(plan, table)),
        "Polars: open rules, roles and all else as well": ROWS
        / _seconds(lambda: computed(plan, table.lazy()).collect()),
        "Polars: the table of outcomes with ids as text": ROWS / _seconds(lambda: _as_text(plan, table)),
    }
    print_table(
        f"{ROWS:,} referrals, half of them complete, {len(ruleset.rules)} rules, {pl.thread_pool_size()} threads",
        ("what", "rows a second", "times as fast"),
        [(name, f"{speed:,.0f}", f"{speed / speeds[baseline]:,.0f}") for name, speed in speeds.items()],
    )


def _repeated(table: pl.DataFrame) -> pl.DataFrame:
    """A million rows of the table, drawn by chance."""
    chance = random.Random(1)  # no secret
    return table[pl.Series([chance.randrange(table.height) for _ in range(ROWS)])]


def _check(ruleset: RuleSet, plan: Plan, referrals: list[Any]) -> None:
    """Nothing is timed before it gives the same outcomes."""
    table = coded(ruleset.vocabulary, referrals, [], ())
    rows = outcomes(plan, computed(plan, table.lazy())).collect().to_dicts()
    for answers, row in zip(referrals[:: DIFFERENT // ONE_BY_ONE], rows[:: DIFFERENT // ONE_BY_ONE], strict=True):
        if ";".join(sorted(reference.evaluate(ruleset, answers).fired)) != ";".join(sorted(row["fired"].split(";"))):
            raise SystemExit("Not the same rules fire by the columns.")


def _one_by_one(ruleset: RuleSet, referrals: Sequence[Answers]) -> None:
    for answers in referrals:
        evaluation = reference.evaluate(ruleset, answers)
        outcome(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)


def _final(plan: Plan, table: pl.DataFrame) -> None:
    names = (plan.rating.rating, plan.rating.on_hold, plan.urgency.level, plan.urgency.not_sorted)
    run(plan, table.lazy()).select(*names, *dict.fromkeys(plan.fired.values())).collect()


def _as_text(plan: Plan, table: pl.DataFrame) -> None:
    for first in range(0, table.height, BATCH):
        columns = computed(plan, table[first : first + BATCH].lazy()).collect()
        outcomes(plan, columns.lazy()).collect()


def _seconds(measured: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = perf_counter()
        measured()
        times.append(perf_counter() - started)
    return sorted(times)[ROUNDS // 2]
