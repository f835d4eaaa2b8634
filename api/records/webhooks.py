"""The webhook: called for each record that nobody opened within its clock; signed, retried, and shown where it fails.

It is signed as the Standard Webhooks specification has it: HMAC-SHA256 over id, time and body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from api.actor import THE_SERVICE, Actor
from api.records.model import DONE
from api.records.outside import HANDLERS, InsideTheNetwork
from api.records.reading import seen_by
from api.records.service import Records
from api.records.times import parsed, stored
from api.storage.tables import deliveries, records
from api.storage.transaction import Transaction
from triage.model.written import Written
from triage.settings import Settings

EVENT = "assessment.overdue"
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (0.2, 1, 5, 30, 120, 360))
"""How long after each failure it is tried again; after the last it is a dead letter."""
_LEASE = timedelta(minutes=2)
_AT_ONCE = 20
_SECONDS = 10
_SHOWN = 200


class Delivery(Written, frozen=True):
    """A call of the webhook: `waiting`, `delivered`, or `dead` where every retry failed."""

    id: str
    record: str
    event: str
    state: Literal["waiting", "delivered", "dead"]
    due_at: str
    attempts: int
    next_at: str | None
    delivered_at: str | None
    last_error: str | None


class Deliveries(Written, frozen=True):
    """The newest calls of the webhook, and how many are dead letters."""

    items: tuple[Delivery, ...]
    dead: int


@dataclass(frozen=True, slots=True)
class Due:
    """A call that is to be made now."""

    id: str
    body: str
    attempts: int


def note_overdue(service: Records) -> Callable[[Transaction], int]:
    """The write that makes a call for each record that is overdue and has none yet. It says nothing of a person."""

    def work(transaction: Transaction) -> int:
        now = service.at()
        called = select(deliveries.c.id).where(
            deliveries.c.record_id == records.c.id, deliveries.c.event == EVENT, deliveries.c.due_at == records.c.due_at
        )
        overdue = select(records.c.id, records.c.level, records.c.state, records.c.due_at, records.c.tenant).where(
            records.c.kind == "assessment",
            records.c.opened_at.is_(None),
            records.c.due_at < now,
            records.c.status.not_in(DONE),
            ~called.exists(),
        )
        rows = transaction.execute(overdue).all()
        for row in rows:
            id_ = str(uuid.uuid4())
            about = {"record": row.id, "level": row.level, "state": row.state, "due_at": row.due_at}
            body = json.dumps({"event": EVENT, "id": id_, "at": now, **about})
            transaction.insert(
                deliveries,
                id=id_,
                record_id=row.id,
                event=EVENT,
                due_at=row.due_at,
                body=body,
                attempts=0,
                next_at=now,
            )
            transaction.audit(now, _of_tenant(row.tenant), "overdue", row.id, level=row.level)
        return len(rows)

    return work


def _of_tenant(tenant: str) -> Actor:
    return Actor(THE_SERVICE.id, THE_SERVICE.role, tenant)


def take_due(service: Records) -> Callable[[Transaction], list[Due]]:
    """The write that takes the calls which are due, so that no other process makes them meanwhile."""

    def work(transaction: Transaction) -> list[Due]:
        now = service.now()
        waiting = (
            select(deliveries)
            .where(deliveries.c.delivered_at.is_(None), deliveries.c.dead_at.is_(None))
            .where(deliveries.c.next_at <= stored(now))
            .order_by(deliveries.c.next_at)
            .limit(_AT_ONCE)
        )
        rows = transaction.execute(waiting).all()
        for row in rows:
            later = update(deliveries).where(deliveries.c.id == row.id).values(next_at=stored(now + _LEASE))
            transaction.execute(later)
        return [Due(row.id, row.body, row.attempts) for row in rows]

    return work


def note_result(service: Records, due: Due, error: str | None) -> Callable[[Transaction], None]:
    """The write that keeps what a call came to: delivered, to be tried again, or a dead letter."""
    now, attempts = service.now(), due.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "last_error": error}
    if error is None:
        values["delivered_at"] = stored(now)
    elif attempts > len(RETRY_AFTER):
        values["dead_at"] = stored(now)
    else:
        values["next_at"] = stored(now + RETRY_AFTER[attempts - 1])
    statement = update(deliveries).where(deliveries.c.id == due.id).values(**values)

    def work(transaction: Transaction) -> None:
        transaction.execute(statement)

    return work


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the deployment names one address and no other is called."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


_ANYWHERE = urllib.request.build_opener(_NoRedirect)
_OUTSIDE = urllib.request.build_opener(_NoRedirect, *HANDLERS)
INSIDE = "an address inside the network is not called: TRIAGE_WEBHOOK_INSIDE=true allows it"


def call(settings: Settings, due: Due, at: str) -> str | None:
    """Call the webhook; gives why it failed, or None."""
    seconds = str(int(parsed(at).timestamp()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": due.id,
        "webhook-timestamp": seconds,
        "webhook-signature": signature(settings.webhook_secret.get_secret_value(), due.id, seconds, due.body),
    }
    request = urllib.request.Request(settings.webhook_url, due.body.encode(), headers)  # noqa: S310  # http(s) only
    opener = _ANYWHERE if settings.webhook_inside else _OUTSIDE
    try:
        with opener.open(request, timeout=_SECONDS):
            return None
    except urllib.error.HTTPError as error:
        error.close()
        return f"answered with {error.code}"
    except OSError as error:
        if isinstance(getattr(error, "reason", None), InsideTheNetwork):
            return INSIDE
        return type(error).__name__


def signature(secret: str, id_: str, seconds: str, body: str) -> str:
    """The signature of a call."""
    mac = hmac.new(secret.encode(), f"{id_}.{seconds}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


def list_deliveries(actor: Actor, *, only_dead: bool) -> Callable[[Connection], Deliveries]:
    """What lists the calls of the webhook for a clinic's records, the newest first."""
    own = (
        select(deliveries)
        .join(records, records.c.id == deliveries.c.record_id)
        .where(seen_by(actor))
        .order_by(deliveries.c.due_at.desc(), deliveries.c.id)
    )

    def work(connection: Connection) -> Deliveries:
        dead = len(connection.execute(own.where(deliveries.c.dead_at.is_not(None))).all())
        listed = own.where(deliveries.c.dead_at.is_not(None)) if only_dead else own
        return Deliveries(tuple(map(_delivery, connection.execute(listed.limit(_SHOWN)))), dead)

    return work


def _delivery(row: Row[Any]) -> Delivery:
    state: Literal["waiting", "delivered", "dead"] = "waiting"
    if row.delivered_at is not None or row.dead_at is not None:
        state = "delivered" if row.delivered_at is not None else "dead"
    next_at = row.next_at if state == "waiting" else None
    return Delivery(
        row.id, row.record_id, row.event, state, row.due_at, row.attempts, next_at, row.delivered_at, row.last_error
    )
