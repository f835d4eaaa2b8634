"""The dashboard of a clinical lead: levels by week, first contact against its clock, agreement by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, select

from api.actor import Actor, Asker
from api.pages.assessments import queue_of, queues
from api.pages.due import local
from api.pages.templating import page
from api.pages.wording import Wording
from api.records.deciding import agreement
from api.records.reading import seen_by
from api.records.times import parsed, stored
from api.request import state_of
from api.storage.tables import records
from triage.model.scales import HIGHEST_URGENCY

router = APIRouter()
WEEKS = 8
MOST_RECORDS = 20_000
"""How many records the dashboard counts, the newest."""


@dataclass(frozen=True)
class Week:
    """The assessments that were made in one week, by queue; ``monday`` is its first day."""

    monday: datetime
    by_queue: Counter[str]

    @property
    def total(self) -> int:
        """How many there are."""
        return self.by_queue.total()


@dataclass(frozen=True)
class Opened:
    """How the records of one queue were opened: within their clock, after it, not yet and overdue, not yet."""

    queue: str
    in_time: int
    late: int
    overdue: int
    waiting: int


@router.get("/dashboard")
async def dashboard(request: Request, actor: Asker) -> HTMLResponse:
    """Levels and states by week, first opening against its clock, what is overdue, agreement by rule."""
    state = state_of(request)
    now = local(state.records.now(), state.settings)
    rows = await state.records.read(_recent(actor, now))
    known = queues(state.ruleset)
    weeks = _by_week(
        [(local(parsed(row.created_at), state.settings), queue_of(row.level, row.state)) for row in rows], now
    )
    return page(
        request,
        "dashboard.html.jinja",
        weeks=weeks,
        busiest=max([week.total for week in weeks] + [1]),
        opened=[_opened(queue, rows, stored(now)) for queue, _ in known],
        queues=known,
        agreement=await state.records.read(agreement(actor)),
        wording=Wording(state.ruleset),
        since=weeks[0].monday,
    )


def _recent(actor: Actor, now: datetime) -> Callable[[Connection], Sequence[Any]]:
    first = stored(_monday(now) - timedelta(weeks=WEEKS - 1))
    columns = (records.c.created_at, records.c.level, records.c.state, records.c.opened_at, records.c.due_at)
    seen = (seen_by(actor), records.c.kind == "assessment", records.c.created_at >= first)
    newest = select(*columns).where(*seen).order_by(records.c.created_at.desc()).limit(MOST_RECORDS)
    return lambda connection: connection.execute(newest).all()


def _monday(at: datetime) -> datetime:
    return (at - timedelta(days=at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def _by_week(records_made: list[tuple[datetime, str]], now: datetime) -> list[Week]:
    """The last weeks, the oldest first, with what was made in each."""
    mondays = [_monday(now) - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    counted: dict[datetime, Counter[str]] = {monday: Counter() for monday in mondays}
    for made_at, queue in records_made:
        monday = _monday(made_at)
        if monday in counted:
            counted[monday][queue] += 1
    return [Week(monday, by_queue) for monday, by_queue in counted.items()]


def _opened(queue: str, rows: Sequence[Any], now: str) -> Opened:
    of_queue = [row for row in rows if queue_of(row.level, row.state) == queue]
    opened = [row for row in of_queue if row.opened_at is not None]
    at_once = queue == HIGHEST_URGENCY  # due at the moment it is made: it is opened or it is not
    in_time = sum(at_once or row.opened_at <= row.due_at for row in opened)
    overdue = sum(row.opened_at is None and row.due_at < now for row in of_queue)
    return Opened(queue, in_time, len(opened) - in_time, overdue, len(of_queue) - len(opened) - overdue)
