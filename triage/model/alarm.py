"""What a report of alarms says: the share of each level and rating, and how often each rule is the only cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One urgency rule: how often it fired, and how often no other fired rule is as urgent as it.

    ``alone_from`` counts, by level, the referrals that are that urgent or more by this rule alone.
    """

    rule: str
    level: str
    fired: int
    only_cause: int
    alone_from: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AlarmReport:
    """The counts of levels and ratings among ``count`` referrals, each highest first, and the rules behind the levels.

    Ratings are told as if none were held back. ``causes`` come by how often each is the only cause.
    """

    count: int
    levels: Mapping[str, int]
    ratings: Mapping[str, int]
    causes: tuple[Cause, ...] = ()

    def at_least(self, level: str) -> float:
        """The share of referrals at this level or above."""
        ids = [*self.levels]
        return sum(self.levels[each] for each in ids[: ids.index(level) + 1]) / self.count


@dataclass(frozen=True, slots=True)
class StoredAlarm:
    """A report that was stored with the rule set: the day, and the version and digest it was made of."""

    date: str
    version: str
    digest: str
    frequencies: str
    seed: int
    report: AlarmReport
