"""Judge a change of the rules by whom it moves: a table of referrals rated by the old rules and by the new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from triage.check.rule_digest import meaning_digest
from triage.model.fact import Fact
from triage.model.ruleset import RuleSet
from triage.population.on_polars import AS_PLANNED
from triage.population.outcomes import KEPT, REFUSED, computed, ids, outcomes
from triage.population.plan import Plan, plan_of
from triage.population.refusals import NO_REFERRAL, BadTable, Refusing
from triage.population.sources import Source
from triage.population.texts import REFERENCE, ROW
from triage.reading.referral_reader import ReferralReader

Scale = Literal["urgency", "rating"]
COLUMNS: Mapping[Scale, str] = {"urgency": "level_so_far", "rating": "rating_so_far"}


@dataclass
class Moves:
    """What moves in a table: level and rating so far, as they are shown, by the old rules and by the new ones.

    ``flows`` counts the rows by scale, value before and value after, with those that stay. ``rules`` counts by scale
    and direction the rules that fire for a row in one of the two rule sets only, or whose meaning has changed.
    ``groups`` has for each value of the column ``by`` how many rows there are and how many move.
    """

    by: str | None = None
    rated: int = 0
    refused: int = 0
    moved: int = 0
    flows: Counter[tuple[Scale, str, str]] = field(default_factory=Counter)
    rules: dict[tuple[Scale, str, str], Counter[str]] = field(default_factory=dict)
    groups: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def directions(self) -> Mapping[tuple[Scale, str, str], int]:
        """How many rows move in each direction."""
        return {flow: count for flow, count in self.flows.items() if flow[1] != flow[2]}

    @property
    def share(self) -> float:
        """The share of the rows that move."""
        return self.moved / self.rated if self.rated else 0.0


class Moving:
    """Compares two rule sets over one table, which has the new vocabulary."""

    def __init__(self, old: RuleSet, new: RuleSet, source: Source, by: str | None = None) -> None:
        self._source, self._by = source, by
        self._before, self._after = plan_of(_with_answers_of(old, new), source.said_by), plan_of(new, source.said_by)
        self._refusing = Refusing(ReferralReader(new.vocabulary), lambda _: None)
        self._kept = {KEPT + name: name for name in source.keep}
        self._keep = (ROW, REFERENCE, *self._kept)
        self._changed = _changed(old, new)
        self.moves = Moves(by)

    def over(self, movers: Path | None = None, on_progress: Callable[[float], Any] = lambda _: None) -> Moves:
        """Rate all rows twice and count; the rows that move are written to ``movers`` as CSV. Raises BadTable."""
        if movers is not None:
            movers.unlink(missing_ok=True)
        for batch in self._source.batches(self._refusing):
            moved = self._compare(batch.rows)
            self.moves.refused += len({refusal.row for refusal in batch.refusals})
            if movers is not None:
                is_new = not movers.exists()
                with movers.open("ab") as file:
                    moved.write_csv(file, include_header=is_new)
            on_progress(batch.done)
        if not self.moves.rated + self.moves.refused:
            raise BadTable(NO_REFERRAL)
        return self.moves

    def _compare(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Count a batch, and give the rows that move."""
        before, after = (self._outcomes(plan, rows) for plan in (self._before, self._after))
        rules = {
            id_: self._responsible(id_, before, after)
            for id_ in dict.fromkeys((*self._before.fired, *self._after.fired))
        }
        both = pl.DataFrame(
            [
                *(after[self._kept.get(name, name)] for name in self._keep),
                *(outcome[column].cast(pl.String).alias(f"{scale}_{when}")
                  for scale, column in COLUMNS.items()
                  for when, outcome in (("before", before), ("after", after))),
                *(fires.alias(f"by.{id_}") for id_, fires in rules.items()),
            ]
        ).filter(~(before[REFUSED] | after[REFUSED]))  # fmt: skip
        moves_any = pl.any_horizontal(pl.col(f"{scale}_before") != pl.col(f"{scale}_after") for scale in COLUMNS)
        moved = both.filter(moves_any)
        self._count(both, moved, rows.height)
        texts = moved.select(ids({id_: pl.col(f"by.{id_}") for id_ in rules}).alias("rules"))["rules"]
        return moved.drop(f"by.{id_}" for id_ in rules).with_columns(texts)

    def _outcomes(self, plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
        """The outcomes of a batch, with a column for each rule that fires."""
        columns = computed(plan, rows.lazy(), self._keep).collect(optimizations=AS_PLANNED)
        shown = outcomes(plan, columns.lazy(), self._keep).select(*self._keep, REFUSED, *COLUMNS.values()).collect()
        return shown.rename(self._kept).with_columns(
            columns[name].alias(f"fired.{id_}") for id_, name in plan.fired.items()
        )

    def _responsible(self, id_: str, before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
        """Where a rule fires in one of the two rule sets only, or in both with another meaning."""
        never = pl.Series([False]).new_from_index(0, after.height)
        old, new = (
            outcome[f"fired.{id_}"] if f"fired.{id_}" in outcome.columns else never for outcome in (before, after)
        )
        return (old | new) if id_ in self._changed else old ^ new

    def _count(self, both: pl.DataFrame, moved: pl.DataFrame, rows: int) -> None:
        moves = self.moves
        moves.rated += both.height
        moves.refused += rows - both.height
        moves.moved += moved.height
        rules = [name for name in moved.columns if name.startswith("by.")]
        for scale in COLUMNS:
            direction = (f"{scale}_before", f"{scale}_after")
            for before, after, count in both.group_by(direction).len().iter_rows():
                moves.flows[scale, before, after] += count
            changed = moved.filter(pl.col(direction[0]) != pl.col(direction[1]))
            for before, after, *counts in changed.group_by(direction).agg(pl.col(rules).sum()).iter_rows():
                by_rule = moves.rules.setdefault((scale, before, after), Counter())
                by_rule += Counter({rule.removeprefix("by."): n for rule, n in zip(rules, counts, strict=True) if n})
        if self._by is not None:
            self._count_groups(both, moved)

    def _count_groups(self, both: pl.DataFrame, moved: pl.DataFrame) -> None:
        moving = dict(moved.group_by(self._by).len().iter_rows())
        for value, count in both.group_by(self._by).len().iter_rows():
            rated, moves = self.moves.groups.get(value or "", (0, 0))
            self.moves.groups[value or ""] = (rated + count, moves + moving.get(value, 0))


def _with_answers_of(old: RuleSet, new: RuleSet) -> RuleSet:
    """The old rule set with the answers of the new vocabulary, so that one table has the codes of both."""

    def fact(of_new: Fact) -> Fact:
        of_old = old.vocabulary.facts.get(of_new.name)
        if of_old is None:
            return of_new
        return replace(of_old, labels=of_new.labels, minimum=of_new.minimum, maximum=of_new.maximum)

    return replace(
        old, vocabulary=replace(old.vocabulary, facts={of_new.name: fact(of_new) for of_new in new.vocabulary})
    )


def _changed(old: RuleSet, new: RuleSet) -> frozenset[str]:
    """The rules of both rule sets whose meaning has changed."""
    common = old.by_id.keys() & new.by_id.keys()
    return frozenset(id_ for id_ in common if meaning_digest(old.by_id[id_]) != meaning_digest(new.by_id[id_]))
