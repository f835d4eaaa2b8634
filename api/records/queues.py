"""How full the queues are: the open records of every clinic, counted for whoever runs the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from api.records.model import DONE
from api.records.service import Records
from api.records.times import parsed
from api.records.worklist import overdue_at
from api.storage.tables import records


@dataclass(frozen=True, slots=True)
class Queues:
    """Records by level and rating, open ones by level, the overdue, and the age of the oldest that nobody opened."""

    by_level_and_rating: dict[tuple[str, str], int]
    open_by_level: dict[str, int]
    overdue: int
    oldest_seconds: float


def has_any(connection: Connection) -> bool:
    """Whether anything was ever stored."""
    return connection.execute(select(records.c.id).limit(1)).first() is not None


def count_queues(service: Records) -> Callable[[Connection], Queues]:
    """What counts the open records of every clinic."""
    at = service.now()
    open_ = and_(records.c.kind == "assessment", records.c.status.not_in(DONE))
    ratings = (
        select(records.c.level, records.c.rating, func.count())
        .where(records.c.kind == "assessment")
        .group_by(records.c.level, records.c.rating)
    )
    by_level = select(records.c.level, func.count()).where(open_).group_by(records.c.level)
    overdue = select(func.count()).select_from(records).where(open_, overdue_at(service.at()))
    oldest = select(func.min(records.c.created_at)).where(open_, records.c.opened_at.is_(None))

    def work(connection: Connection) -> Queues:
        counted = dict.fromkeys(service.scales.urgency_ids, 0)
        counted |= {row[0]: row[1] for row in connection.execute(by_level)}
        since = connection.execute(oldest).scalar_one()
        age = 0.0 if since is None else (at - parsed(since)).total_seconds()
        rated = {(row[0], row[1]): row[2] for row in connection.execute(ratings)}
        return Queues(rated, counted, connection.execute(overdue).scalar_one(), age)

    return work
