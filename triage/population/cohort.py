"""Rate a table of referrals: check the rows, run the plan over those that are sound, count, and write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl

from triage.answer.assess import Assessor
from triage.answer.problem_urgency import urgency_of_refused
from triage.model.ruleset import RuleSet
from triage.population.on_polars import AS_PLANNED
from triage.population.outcomes import KEPT, REFUSED, computed, outcomes
from triage.population.plan import Plan, plan_of
from triage.population.ranges import Ranges, with_ranges
from triage.population.refusals import NO_REFERRAL, BadTable, Refusal, Refusing, as_table
from triage.population.sources import Batch, FrameTable, Source, TextSource
from triage.population.summary import Summary, Summing
from triage.population.tables import coded
from triage.population.texts import REFERENCE, ROW
from triage.reading.referral import RefusedReferral
from triage.reading.referral_reader import ReferralReader

WRITERS = (".csv", ".parquet", ".ndjson")
"""The endings of files that outcomes are written to."""

REFUSED_NAME = "refused.csv"

AssessorOf = Callable[[], Assessor]
"""Makes the assessor, when the first row is refused: it gives the urgency of a refused row."""


OnProgress = Callable[[float], Any]
"""Is told how much is done, from 0 to 1."""


class Rated(NamedTuple):
    """A part of a table: its outcomes, and the rows refused."""

    outcomes: pl.DataFrame
    refusals: list[Refusal]


@dataclass(frozen=True)
class Cohort:
    """A rated table: its outcomes and refusals as data frames, and what they come to."""

    outcomes: pl.DataFrame
    refused: pl.DataFrame
    summary: Summary


class Rating:
    """Rates one table with one rule set.

    ``by`` is a kept column to count by. With ``ranges``, incomplete referrals are decided as the form does it.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        source: Source,
        assessor: AssessorOf,
        by: str | None = None,
        ranges: Ranges | None = None,
    ) -> None:
        self._source, self._ranges = source, ranges
        self._plan: Plan = plan_of(ruleset, source.said_by)
        self._kept = {KEPT + name: name for name in source.keep}
        self._keep = (ROW, REFERENCE, *self._kept)
        self._refusing = Refusing(ReferralReader(ruleset.vocabulary), _level_of(assessor))
        self._summing = Summing(self._plan, by, source.not_asked)
        none = coded(ruleset.vocabulary, [], [], source.said_by)
        kept = {name: pl.Int64 if name == ROW else pl.String for name in self._keep}
        self._none = none.with_columns(pl.Series(name, [], dtype) for name, dtype in kept.items())

    @property
    def schema(self) -> pl.Schema:
        """The columns of outcomes and their types."""
        return self._rated(Batch(self._none, [], 0.0), lambda _: None, check=False).outcomes.schema

    def parts(self, on_progress: OnProgress = lambda _: None) -> Iterator[Rated]:
        """The table, part by part. ``on_progress`` is called with how much of it is done, from 0 to 1.

        Raises BadTable where it has no row.
        """
        rows, before = 0, 0.0
        for batch in self._source.batches(self._refusing):
            part = self._rated(batch, partial(_within, on_progress, before, batch.done))
            rows += part.outcomes.height + len(part.refusals)
            yield part
            on_progress(batch.done)
            before = batch.done
        if not rows:
            raise BadTable(NO_REFERRAL)

    def summary(self) -> Summary:
        """What the parts that were given come to."""
        return self._summing.finished()

    def _rated(self, batch: Batch, on_progress: OnProgress, *, check: bool = True) -> Rated:
        columns = computed(self._plan, batch.rows.lazy(), self._keep).collect(optimizations=AS_PLANNED)
        every = outcomes(self._plan, columns.lazy(), self._keep).collect().rename(self._kept)
        contradicting = every.filter(pl.col(REFUSED))
        refusals = [*batch.refusals]
        for row, data in self._source.as_json(contradicting) if contradicting.height else ():
            refusals += self._refusing.row(row, data)
        refusals.sort(key=attrgetter("row"))
        sound = ~every[REFUSED]
        rated = every.filter(sound).drop(REFUSED)
        if check:
            self._summing.add(rated, columns.filter(sound), refusals)
        if self._ranges is not None:
            incomplete = rated.filter(~pl.col("complete"))
            rated = with_ranges(rated, list(self._ranges.decided(self._source.as_json(incomplete), on_progress)))
            self._summing.add_ranges(rated)
        return Rated(rated, refusals)


def _within(on_progress: OnProgress, before: float, after: float, done: float) -> None:
    """Tell how much of a table is done, where that is so much of the part between these two."""
    on_progress(before + done * (after - before))


def rate_to_files(rating: Rating, out: Path, refused: Path, on_progress: OnProgress = lambda _: None) -> Summary:
    """Rate a table and write its outcomes, and the rows refused where there are any, a part at a time.

    The files stand under their names once all is written; one that stood there is replaced.
    """
    with TemporaryDirectory(prefix=".unfinished-", dir=out.parent) as name:
        folder = Path(name)
        for number, part in enumerate(rating.parts(on_progress)):
            part.outcomes.write_parquet(folder / f"{number:08}.parquet")
            if part.refusals:
                _append(folder / REFUSED_NAME, part.refusals)
        _write(pl.scan_parquet(folder / "*.parquet"), folder / "whole", out.suffix.lower())
        (folder / "whole").replace(out)
        refused.unlink(missing_ok=True)
        if (folder / REFUSED_NAME).exists():
            (folder / REFUSED_NAME).replace(refused)
    return rating.summary()


def rate(rating: Rating) -> Cohort:
    """Rate a table in memory."""
    parts = list(rating.parts())
    frames = [rating.schema.to_frame(), *(part.outcomes for part in parts)]
    refusals = [refusal for part in parts for refusal in part.refusals]
    return Cohort(pl.concat(frames), as_table(refusals), rating.summary())


def rate_frame(
    frame: pl.DataFrame, assessor: Assessor, *, keep: Sequence[str] = (), by: str | None = None, processes: int = 0
) -> Cohort:
    """Rate a data frame; see ``triage.cohort``."""
    ruleset = assessor.ruleset
    source = TextSource(FrameTable(frame), ruleset, dict.fromkeys([*keep, *([by] if by else [])]))
    with ExitStack() as stack:
        ranges = stack.enter_context(Ranges(ruleset, processes)) if processes else None
        return rate(Rating(ruleset, source, lambda: assessor, by, ranges))


def check_out(out: Path) -> None:
    """Raise BadTable where outcomes can't be written to a file of this name."""
    if out.suffix.lower() not in WRITERS:
        raise BadTable(f"{out.name} has no ending that is known: outcomes are written as {', '.join(WRITERS)}.")


def _write(frame: pl.LazyFrame, path: Path, suffix: str) -> None:
    if suffix == ".csv":
        frame.sink_csv(path)
    elif suffix == ".parquet":
        frame.sink_parquet(path)
    else:
        frame.sink_ndjson(path)


def _append(path: Path, refusals: list[Refusal]) -> None:
    is_new = not path.exists()
    with path.open("ab") as file:
        as_table(refusals).write_csv(file, include_header=is_new)


def _level_of(assessor: AssessorOf) -> Callable[[RefusedReferral], str | None]:
    assessors: list[Assessor] = []

    def level(refused: RefusedReferral) -> str | None:
        if not assessors:
            assessors.append(assessor())
        part = urgency_of_refused(assessors[0], refused)
        return None if part is None else part.level

    return level
