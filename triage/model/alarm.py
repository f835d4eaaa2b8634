"""The report of alarms: how often each level and rating is given, and how often a rule is the only cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One urgency rule: how often it fired, and how often no other fired rule was as urgent.

    ``alone_from`` counts, by level, the referrals that reach that level or a higher one only because of this rule.
    """

    rule: str
    level: str
    fired: int
    only_cause: int
    alone_from: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DangerShare:
    """One danger: by level, the referrals that its rules put at that level or above, and those that only they do."""

    danger: str
    any_from: Mapping[str, int]
    alone_from: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AlarmReport:
    """The counts of levels and ratings among ``count`` referrals, each highest first, and the rules that caused them.

    Ratings are counted before hold. ``causes`` are sorted by how often each is the only cause; ``dangers`` stand in the
    order of the scales.
    """

    count: int
    levels: Mapping[str, int]
    ratings: Mapping[str, int]
    causes: tuple[Cause, ...] = ()
    dangers: tuple[DangerShare, ...] = ()

    def at_least(self, level: str) -> float:
        """The share of referrals at this level or above."""
        ids = [*self.levels]
        return sum(self.levels[id_] for id_ in ids[: ids.index(level) + 1]) / self.count


@dataclass(frozen=True, slots=True)
class StoredAlarm:
    """A stored report, with its date and the version and digest of the rule set that it is about."""

    date: str
    version: str
    digest: str
    frequencies: str
    seed: int
    report: AlarmReport
