"""How many referrals a second are rated as columns, against the reference interpreter one by one."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import polars as pl

from bench.referrals import as_request, complete_referrals, partial_referrals
from bench.table import print_table
from triage.check import load_ruleset
from triage.engines import reference
from triage.engines.outcome import outcome
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.population.on_polars import AS_PLANNED, run
from triage.population.outcomes import computed, outcomes
from triage.population.plan import Plan, plan_of
from triage.population.ranges import Ranges
from triage.population.tables import coded
from triage.settings import PUBLISHED

ROWS = 1_000_000
DIFFERENT = 4_000
ONE_BY_ONE = 300
ROUNDS = 5
INCOMPLETE, STARTING = 4_000, 400
BATCH = 50_000


def main() -> None:
    """Print rows a second for what is asked of the columns, and ratios to the baseline."""
    ruleset = load_ruleset(PUBLISHED)
    referrals = [*complete_referrals(ruleset, DIFFERENT // 2), *partial_referrals(ruleset, DIFFERENT // 2, 0.4)]
    plan = plan_of(ruleset)
    table = _repeated(coded(ruleset.vocabulary, referrals, [], ()))
    _check(ruleset, plan, referrals)
    baseline = "reference interpreter, one by one (baseline)"
    some = referrals[:: DIFFERENT // ONE_BY_ONE]
    speeds = {
        baseline: _speed(len(some), lambda: _one_by_one(ruleset, some)),
        "Polars: rating, level and fired rules, target 3 M": _speed(ROWS, lambda: _final(plan, table)),
        "Polars: open rules, roles and all else as well": _speed(
            ROWS, lambda: computed(plan, table.lazy()).collect(optimizations=AS_PLANNED)
        ),
        "Polars: the table of outcomes with ids as text": _speed(ROWS, lambda: _as_text(plan, table)),
        "--range: what incomplete referrals can still become": _range_speed(ruleset),
    }
    print_table(
        f"{ROWS:,} referrals, half of them complete, {len(ruleset.rules)} rules, {pl.thread_pool_size()} threads",
        ("what", "rows a second", "rows a processor second", "times as fast by that"),
        [
            (
                name,
                f"{speed.by_clock:,.0f}",
                f"{speed.by_processor:,.0f}",
                f"{speed.by_processor / speeds[baseline].by_processor:,.0f}",
            )
            for name, speed in speeds.items()
        ],
    )


class Speed(NamedTuple):
    """Rows a second by the clock, and by the time of the processors, which other work on them lengthens less."""

    by_clock: float
    by_processor: float


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
    run(plan, table.lazy()).select(*names, *dict.fromkeys(plan.fired.values())).collect(optimizations=AS_PLANNED)


def _as_text(plan: Plan, table: pl.DataFrame) -> None:
    for first in range(0, table.height, BATCH):
        columns = computed(plan, table[first : first + BATCH].lazy()).collect(optimizations=AS_PLANNED)
        outcomes(plan, columns.lazy()).collect()


def _range_speed(ruleset: RuleSet) -> Speed:
    """Incomplete referrals in as many processes as the machine has, their start left out by the clock alone."""
    referrals = [*enumerate(as_request(ruleset, facts) for facts in partial_referrals(ruleset, INCOMPLETE, 0.4))]
    before = os.times()
    with Ranges(ruleset, os.cpu_count() or 1) as ranges:
        list(ranges.decided(referrals[:STARTING]))
        started = perf_counter()
        list(ranges.decided(referrals))
        seconds = perf_counter() - started
    after = os.times()  # of the processes too, now that they ended
    processor = sum(after[:4]) - sum(before[:4])
    return Speed(len(referrals) / seconds, len(referrals) / processor)


def _speed(rows: int, measured: Callable[[], Any]) -> Speed:
    """The median of some rounds."""
    clock, processor = [], []
    for _ in range(ROUNDS):
        started, began = perf_counter(), process_time()
        measured()
        clock.append(perf_counter() - started)
        processor.append(process_time() - began)
    return Speed(rows / median(clock), rows / median(processor))
