"""What a rated table comes to: how many rows have each outcome, what is missing, and which rules blanks keep open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from triage.population.outcomes import SEPARATOR
from triage.population.plan import Plan
from triage.population.refusals import Refusal
from triage.population.texts import REFERENCE

OUTCOME = ("level_so_far", "state", "rating_so_far")
"""The columns that groups of rows are counted by."""
POSSIBLE = ("level_could_become", "rating_could_become")
"""The columns of what a referral can still become."""
REPEATED = 5
"""How many references that occur more than once are named."""


@dataclass
class Summary:
    """Counts over the rows of a table; of incomplete referrals, level and rating are those so far.

    ``outcomes`` counts rows by level, state and rating, ``groups`` the same for each value of the column ``by``.
    ``missing`` counts by fact, ``silent`` (blanks keep them from being decided), ``fired`` and ``alternatives`` by id.
    ``refused_levels`` counts refused rows by their urgency, as far as it can be read; "" where nothing can.
    ``possible_levels`` and ``possible_ratings`` count, where ranges were asked for, the incomplete referrals that can
    still become each of them; ``settled`` are those of which urgency and suitability can't change any more.
    ``repeated`` are references of several rows, the first few by name, and ``repeated_count`` how many there are.
    """

    by: str | None = None
    rated: int = 0
    refused: int = 0
    refused_levels: Counter[str] = field(default_factory=Counter)
    complete: int = 0
    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    groups: dict[str, Counter[tuple[str, str, str]]] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    alternatives: Counter[str] = field(default_factory=Counter)
    possible_levels: Counter[str] = field(default_factory=Counter)
    possible_ratings: Counter[str] = field(default_factory=Counter)
    settled: int = 0
    not_asked: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    repeated_count: int = 0

    @property
    def levels(self) -> Mapping[tuple[str, str], int]:
        """How many rows have each level and state so far."""
        counted: Counter[tuple[str, str]] = Counter()
        for (level, state, _), count in self.outcomes.items():
            counted[level, state] += count
        return counted

    @property
    def ratings(self) -> Mapping[str, int]:
        """The number of rows by rating so far."""
        counted: Counter[str] = Counter()
        for (_, _, rating), count in self.outcomes.items():
            counted[rating] += count
        return counted


class Summing:
    """Makes a summary from the batches of a table."""

    def __init__(self, plan: Plan, by: str | None, not_asked: Sequence[str]) -> None:
        self.summary = Summary(by, not_asked=tuple(not_asked))
        self._plan = plan
        self._references: list[pl.Series] = []

    def add(self, outcomes: pl.DataFrame, computed: pl.DataFrame, refusals: Sequence[Refusal]) -> None:
        """Count the rows of a batch."""
        summary, plan = self.summary, self._plan
        summary.rated += outcomes.height
        refused = {refusal.row: refusal.level or "" for refusal in refusals}
        summary.refused += len(refused)
        summary.refused_levels += Counter(refused.values())
        summary.complete += int(outcomes["complete"].sum())
        summary.missing += _sums(computed, plan.urgency.missing)
        summary.fired += _sums(computed, plan.fired)
        summary.silent += _sums(computed, plan.possible) - _sums(computed, plan.fired)
        summary.alternatives += _sums(computed, plan.therapies)
        by = () if summary.by is None else (summary.by,)
        for *group, level, state, rating, count in outcomes.group_by(*by, *OUTCOME).len().iter_rows():
            summary.outcomes[level, state, rating] += count
            for value in group:
                summary.groups.setdefault(value or "", Counter())[level, state, rating] += count
        self._references.append(outcomes[REFERENCE].drop_nulls())

    def add_ranges(self, outcomes: pl.DataFrame) -> None:
        """Count what the incomplete referrals of a batch can still become."""
        incomplete = outcomes.filter(~pl.col("complete"))
        for *could_become, count in incomplete.group_by(*POSSIBLE).len().iter_rows():
            levels, ratings = (ids.split(SEPARATOR) for ids in could_become)
            self.summary.possible_levels.update(dict.fromkeys(levels, count))
            self.summary.possible_ratings.update(dict.fromkeys(ratings, count))
            self.summary.settled += count if len(levels) == len(ratings) == 1 else 0

    def finished(self) -> Summary:
        """The summary, once all batches were counted."""
        if self._references:
            repeated = pl.concat(self._references).rename(REFERENCE).value_counts().filter(pl.col("count") > 1)
            self.summary.repeated_count = repeated.height
            self.summary.repeated = tuple(repeated[REFERENCE].sort().head(REPEATED))
        return self.summary


def _sums(computed: pl.DataFrame, names: Mapping[str, str]) -> Counter[str]:
    sums = computed.select(pl.col(*dict.fromkeys(names.values())).sum()).row(0, named=True) if names else {}
    return Counter({id_: int(sums[name]) for id_, name in names.items()})
