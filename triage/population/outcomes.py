"""The table of outcomes: a row for each referral, with level, rating, what they rest on and what is missing.

Its columns, lists being text with ``;`` between the ids:

- ``complete``: whether everything that is asked is answered. Then ``level`` and ``rating`` are the outcome, as the form
  gives it, and ``level_could_become`` and ``rating_could_become`` have one value each; else they are null, unless the
  completions were asked for (``ranges.py``).
- ``level_so_far``, ``state``, ``rating_so_far``: by the answers given; ``on_hold`` is the rating where safety comes
  first.
- ``for``, ``role``, ``certainty``: what is said beside the rating so far, where it rests on a support.
- ``fired``, ``open``: the rules that fired, and those of which that is not yet known.
- ``missing``: the core facts without an answer; ``not_counted``: the facts with an answer that does not count.
- ``alternatives``: the other therapies that the rules offer and that no answer rules out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from triage.model.scales import ON_HOLD
from triage.population.on_polars import run
from triage.population.plan import Plan

OUTCOMES = (
    "complete", "level", "rating", "level_could_become", "rating_could_become", "level_so_far", "state",
    "rating_so_far", "for", "role", "certainty", "fired", "open", "missing", "not_counted", "alternatives",
)  # fmt: skip
"""The columns of the table."""
KEPT = "kept."
"""What the name of a column that is carried along begins with while the plan runs, whose columns have names too."""
REFUSED = "refused"
"""The column that says whether answers of the row contradict each other."""
SEPARATOR = ";"
_BYTE = 8
STATES = ("sorted", "not_sorted")


def computed(plan: Plan, coded: pl.LazyFrame, keep: Iterable[str] = ()) -> pl.LazyFrame:
    """The columns of the plan that outcomes are made of and counted by, beside the columns named by ``keep``."""
    return run(plan, coded).select(*dict.fromkeys((*keep, *_read(plan))))


def _read(plan: Plan) -> Iterable[str]:
    rating, urgency = plan.rating, plan.urgency
    yield from (plan.complete, rating.rating, rating.on_hold, urgency.level, urgency.by_rules, urgency.not_sorted)
    yield from plan.broken
    by_id = (plan.fired, plan.possible, plan.therapies, plan.counted.not_counted, urgency.missing)
    for names in (*by_id, rating.for_, rating.role, rating.certainty):
        yield from names.values()


def outcomes(plan: Plan, computed: pl.LazyFrame, keep: Iterable[str] = ()) -> pl.LazyFrame:
    """The outcomes by the columns of :func:`computed`, beside those named by ``keep``."""
    scales = plan.ruleset.scales
    level = pl.col(plan.urgency.level).cat.to(pl.Enum(scales.urgency_ids))
    by_rules = pl.col(plan.urgency.by_rules).cat.to(pl.Enum(scales.urgency_ids))
    rating, rating_by_rules = _rating(plan), pl.col(plan.rating.rating).cat.to(pl.Enum(scales.rating_ids))
    complete = pl.col(plan.complete)
    fired, possible = _columns(plan.fired), _columns(plan.possible)
    return computed.select(
        *keep,
        pl.any_horizontal([pl.lit(value=False), *map(pl.col, plan.broken)]).alias(REFUSED),
        complete.alias("complete"),
        pl.when(complete).then(level).alias("level"),
        pl.when(complete).then(rating).alias("rating"),
        pl.when(complete).then(by_rules.cast(pl.String)).alias("level_could_become"),
        pl.when(complete).then(rating_by_rules.cast(pl.String)).alias("rating_could_become"),
        level.alias("level_so_far"),
        pl.col(plan.urgency.not_sorted).cast(pl.UInt8).cat.to(pl.Enum(STATES)).alias("state"),
        rating.alias("rating_so_far"),
        ids(_columns(plan.rating.for_)).alias("for"),
        _one_of(plan.rating.role).alias("role"),
        _one_of(plan.rating.certainty).alias("certainty"),
        ids(fired).alias("fired"),
        ids({id_: holds & ~fired[id_] for id_, holds in possible.items()}).alias("open"),
        ids(_columns(plan.urgency.missing)).alias("missing"),
        ids(_columns(plan.counted.not_counted)).alias("not_counted"),
        ids(_columns(plan.therapies)).alias("alternatives"),
    )


def _rating(plan: Plan) -> pl.Expr:
    """The rating so far, or that it is on hold."""
    ratings = plan.ruleset.scales.rating_ids
    held = pl.lit(len(ratings), pl.UInt8)
    rank = pl.when(pl.col(plan.rating.on_hold)).then(held).otherwise(pl.col(plan.rating.rating))
    return rank.cat.to(pl.Enum([*ratings, ON_HOLD]))


def ids(holds: Mapping[str, pl.Expr]) -> pl.Expr:
    """The ids that hold, as text with a separator.

    Eight booleans are a byte, and a byte is one of 256 texts: much faster than a list of ids for each row.
    """
    parts = [_texts(dict(eight)) for eight in _by_eight(holds.items())]
    if not parts:
        return pl.lit("")
    return pl.concat_str(parts).str.strip_suffix(SEPARATOR)


def _by_eight(items: Iterable[tuple[str, pl.Expr]]) -> Iterable[list[tuple[str, pl.Expr]]]:
    listed = list(items)
    return (listed[first : first + _BYTE] for first in range(0, len(listed), _BYTE))


def _texts(holds: Mapping[str, pl.Expr]) -> pl.Expr:
    byte = pl.sum_horizontal(
        [holds_.cast(pl.UInt8) * pl.lit(1 << place, pl.UInt8) for place, holds_ in enumerate(holds.values())]
    )
    names = tuple(holds)
    texts = [
        "".join(f"{id_}{SEPARATOR}" for place, id_ in enumerate(names) if bits >> place & 1)
        for bits in range(1 << len(names))
    ]
    return byte.cast(pl.UInt8).cat.to(pl.Enum(texts)).cast(pl.String)


def _one_of(holds: Mapping[str, str]) -> pl.Expr:
    """The one id that holds; null where none does."""
    cases = [pl.when(pl.col(name)).then(pl.lit(id_)) for id_, name in holds.items()]
    return pl.coalesce(cases) if cases else pl.lit(None, pl.String)


def _columns(names: Mapping[str, str]) -> dict[str, pl.Expr]:
    return {id_: pl.col(name) for id_, name in names.items()}
