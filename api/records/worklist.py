"""The worklist: what the clinic has to do, the most urgent first, a page at a time."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

from msgspec import Meta, ValidationError, convert
from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, tuple_

from api.actor import Actor
from api.records.model import DONE, Listed, Status, Worklist
from api.records.reading import is_overdue, seen_by
from api.records.refused import not_one_of, wrong_field
from api.records.service import Records
from api.storage.tables import records
from triage.model.scales import INSUFFICIENT, ON_HOLD, Scales

PAGE = 50
LARGEST_PAGE = 200
FILTERS = ("urgency", "state", "rating", "status", "owner", "overdue", "reference", "stale", "limit", "cursor")
DRAFT = "draft"
"""The filter of status that lists drafts."""
STATUSES = (*get_args(Status), DRAFT)
"""What the filter of status takes."""
_Place = Annotated[int, Meta(ge=0, le=999)]
Position = tuple[str, _Place, _Place, str, str]
"""Where a page ends: the time of the first page, then queue, overdue or not, due time and id of its last record."""


def list_page(service: Records, actor: Actor, query: Mapping[str, str]) -> Callable[[Connection], Worklist]:
    """What reads a page of the worklist. Raises a RecordProblem that names a filter which is wrong."""
    limit = _limit(query.get("limit"))
    position = _position(query.get("cursor"))
    as_of = position[0] if position else service.at()
    chosen = _chosen(service, actor, query, as_of)
    overdue = overdue_at(as_of)
    order = (records.c.queue, case((overdue, 0), else_=1), records.c.due_at, records.c.id)
    page = select(records).where(*chosen).order_by(*order).limit(limit + 1)
    if position:
        page = page.where(tuple_(*order) > tuple_(*position[1:]))
    counting = select(func.count()).select_from(records).where(*chosen, overdue)

    def work(connection: Connection) -> Worklist:
        rows = connection.execute(page).all()
        counted = connection.execute(counting).scalar_one()
        items = tuple(_listed(service, row, as_of) for row in rows[:limit])
        following = _cursor(as_of, items[-1], rows[limit - 1].queue) if len(rows) > limit else None
        return Worklist(items, following, counted, as_of)

    return work


def _chosen(service: Records, actor: Actor, query: Mapping[str, str], as_of: str) -> list[ColumnElement[bool]]:
    for name in query:
        if name not in FILTERS:
            raise not_one_of(f"?{name}", name, FILTERS)
    for name, known in choices(service.scales).items():
        if name in query and query[name] not in known:
            raise not_one_of(f"?{name}", query[name], known)
    chosen = [seen_by(actor), *_of_status(query.get("status"), service)]
    columns = {"urgency": records.c.level, "state": records.c.state, "rating": records.c.rating}
    columns |= {"owner": records.c.owner, "reference": records.c.reference}
    chosen += [column == query[name].replace("\0", "") for name, column in columns.items() if name in query]
    if "overdue" in query:
        overdue = overdue_at(as_of)
        chosen.append(overdue if query["overdue"] == "true" else ~overdue)
    if "stale" in query:
        running = records.c.ruleset_digest == service.assessor.ruleset.digest
        chosen.append(~running if query["stale"] == "true" else running)
    return chosen


def choices(scales: Scales) -> Mapping[str, tuple[str, ...]]:
    """The values of each filter that has a list of them; a filter of status takes several, with commas."""
    return {
        "urgency": tuple(scales.urgency_ids),
        "state": ("sorted", "not_sorted"),
        "rating": (*scales.rating_ids, ON_HOLD, INSUFFICIENT),
        "overdue": ("true", "false"),
        "stale": ("true", "false"),
    }


def _of_status(status: str | None, service: Records) -> list[ColumnElement[bool]]:
    """The records of some statuses; without a filter what is not done, with the drafts in which a danger was found."""
    wanted = [] if status is None else status.split(",")
    for name in wanted:
        if name not in STATUSES:
            raise not_one_of("?status", name, STATUSES)
    is_draft = records.c.kind == DRAFT
    if not wanted:
        worst = len(service.scales.urgency_ids) - 1 - service.scales.urgency_rank(service.scales.floor)
        open_ = and_(records.c.kind == "assessment", records.c.status.not_in(DONE))
        return [or_(open_, and_(is_draft, records.c.queue <= worst))]
    of_status = and_(records.c.kind == "assessment", records.c.status.in_([name for name in wanted if name != DRAFT]))
    return [or_(of_status, is_draft) if DRAFT in wanted else of_status]


def overdue_at(as_of: str) -> ColumnElement[bool]:
    """Whether a record that is not done was not opened within its clock."""
    return and_(
        records.c.opened_at.is_(None),
        records.c.due_at.is_not(None),
        records.c.due_at < as_of,
        records.c.status.not_in(DONE),
    )


def _limit(text: str | None) -> int:
    if text is None:
        return PAGE
    if not re.fullmatch("[0-9]{1,3}", text) or not 0 < int(text) <= LARGEST_PAGE:
        raise wrong_field("?limit", "not-allowed", f"`limit` must be a number from 1 to {LARGEST_PAGE}.")
    return int(text)


def _position(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    try:
        position: Position = convert(json.loads(urlsafe_b64decode(cursor.encode())), Position)
    except (ValueError, ValidationError) as error:
        message = "This is no cursor of the worklist. Leave it out to begin with the first page."
        raise wrong_field("?cursor", "not-a-cursor", message) from error
    return position


def _cursor(as_of: str, last: Listed, queue: int) -> str:
    position: Position = (as_of, queue, 0 if last.overdue else 1, last.due_at or "", last.id)
    return urlsafe_b64encode(json.dumps(position).encode()).decode()


def _listed(service: Records, row: Any, as_of: str) -> Listed:
    return Listed(
        id=row.id,
        kind=row.kind,
        reference=row.reference,
        level=row.level,
        state=row.state,
        level_from=row.level_from,
        rating=row.rating,
        status=row.status,
        owner=row.owner,
        created_at=row.created_at,
        due_at=row.due_at,
        overdue=is_overdue(row, as_of),
        opened_at=row.opened_at,
        failed_attempts=row.failed_attempts,
        revision=row.revision,
        stale=row.ruleset_digest != service.assessor.ruleset.digest,
    )
