"""What incomplete referrals can still become, by the completions engine, in several processes.

The columns of a plan give level and rating so far. What a form reports besides needs every completion of the referral;
here each incomplete referral is evaluated a second time, by the indexed evaluator, and decided as a single one is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from typing import Any, NamedTuple

import polars as pl

from triage.answer.decide import decide
from triage.answer.fired_rules import FiredRules
from triage.engines.completions.engine import Completions
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import Bounds
from triage.model.ruleset import RuleSet
from triage.model.scales import ON_HOLD
from triage.population.outcomes import SEPARATOR
from triage.population.texts import ROW
from triage.processes import helping
from triage.reading.referral import Referral
from triage.reading.referral_reader import ReferralReader

CHUNK = 200
"""How many referrals a process takes at once."""


class Decided(NamedTuple):
    """What the form reports of one referral; lists are text with a separator."""

    row: int
    fired: str
    level: str
    state: str
    rating: str
    for_: str
    role: str | None
    certainty: str | None
    level_could_become: str
    rating_could_become: str


class TooManyIncomplete(Exception):
    """More referrals are incomplete than may be decided here."""


class ColumnsDisagree(Exception):
    """Other rules fire by the columns than by the indexed evaluator, so that nothing is said of any row."""


class Ranges:
    """Decides referrals in ``processes`` processes, ``most`` of them at most; use as a context, which ends them."""

    def __init__(self, ruleset: RuleSet, processes: int, most: float = inf) -> None:
        self._left = most
        self._pool = helping(processes, _start, ruleset)

    def __enter__(self) -> Ranges:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def decided(
        self, referrals: Iterable[tuple[int, object]], on_progress: Callable[[float], Any] = lambda _: None
    ) -> Iterator[Decided]:
        """What is reported of each referral, given as its row and its JSON; in the order of the rows.

        ``on_progress`` is called with the part that is done, from 0 to 1. Raises TooManyIncomplete.
        """
        listed = list(referrals)
        self._left -= len(listed)
        if self._left < 0:
            raise TooManyIncomplete
        chunks = [listed[first : first + CHUNK] for first in range(0, len(listed), CHUNK)]
        for number, part in enumerate(self._pool.map(_decide_all, chunks), start=1):
            yield from part
            on_progress(number / len(chunks))


def with_ranges(outcomes: pl.DataFrame, decided: Sequence[Decided]) -> pl.DataFrame:
    """The outcomes, with what is reported of the referrals that were decided.

    Raises ColumnsDisagree where the rules that fire are not the same.
    """
    schema = dict.fromkeys(Decided._fields, pl.String) | {ROW: pl.Int64}
    reported = pl.DataFrame(decided, schema=schema, orient="row").rename({"for_": "for"})
    joined = outcomes.join(reported, on=ROW, how="left", maintain_order="left", suffix=_REPORTED)
    _check(joined)
    replaced = [name for name in reported.columns if name not in (ROW, "fired")]
    is_decided = pl.when(pl.col("fired" + _REPORTED).is_not_null())
    filled = joined.with_columns(
        is_decided.then(pl.col(name + _REPORTED)).otherwise(pl.col(name).cast(pl.String)).alias(name)
        for name in replaced
    )
    nothing_offered = pl.when(pl.col("rating") == ON_HOLD).then(pl.lit(""))
    return filled.with_columns(nothing_offered.otherwise(pl.col("alternatives")).alias("alternatives")).select(
        outcomes.columns
    )


_REPORTED = " as reported"


def _check(joined: pl.DataFrame) -> None:
    differing = joined.filter(pl.col("fired" + _REPORTED) != pl.col("fired"))
    if differing.height:
        raise ColumnsDisagree(
            f"Other rules fire by the columns than by the second evaluation in row {differing[ROW][0]}. "
            "No outcome is given: hand the referrals to a clinician as urgent."
        )


class _Process:
    """What one process keeps."""

    ruleset: RuleSet
    evaluator: IndexedEvaluator
    completions: Completions
    reader: ReferralReader


def _start(ruleset: RuleSet) -> None:
    _Process.ruleset = ruleset
    _Process.evaluator = IndexedEvaluator(ruleset)
    _Process.completions = Completions(ruleset)
    _Process.reader = ReferralReader(ruleset.vocabulary)


def _decide_all(referrals: Sequence[tuple[int, object]]) -> list[Decided]:
    return [_decide(row, _Process.reader.read(data)) for row, data in referrals]


def _decide(row: int, referral: Referral) -> Decided:
    fired = _fired(referral)
    complete = fired.ruleset.vocabulary.is_complete(fired.given)
    settled = Bounds((fired.standing.rating,), (fired.standing.level,))
    bounds = settled if complete else _Process.completions.bounds(fired.given)
    verdict = decide(fired, bounds, lambda rating: _Process.completions.common(fired.given, rating))
    return Decided(
        row=row,
        fired=_joined(rule.id for rule in fired.rules),
        level=verdict.level,
        state=verdict.state,
        rating=verdict.rating,
        for_=_joined(verdict.common.targets),
        role=verdict.common.role,
        certainty=verdict.common.certainty,
        level_could_become=_joined(bounds.urgency),
        rating_could_become=_joined(bounds.suitability),
    )


def _fired(referral: Referral) -> FiredRules:
    ruleset = _Process.ruleset
    evaluation = _Process.evaluator.evaluate(referral.answers)
    return FiredRules(
        ruleset,
        ruleset.fired(evaluation.fired),
        referral.answers,
        evaluation.derived,
        evaluation.asked,
        evaluation.held,
        ruleset.vocabulary.core_unanswered(referral.answers, referral.unanswered_for_floor),
        referral.unanswered_for_floor,
    )


def _joined(ids: Iterable[str]) -> str:
    return SEPARATOR.join(ids)
