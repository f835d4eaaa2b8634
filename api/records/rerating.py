"""After a change of the rules: which open records the rules that run now would answer otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, select

from api.actor import Actor
from api.records.model import DONE
from api.records.reading import seen_by
from api.records.service import Records
from api.storage.tables import records, versions
from triage.answer.assess import Assessor
from triage.model.written import Written
from triage.reading.json_text import parse_json
from triage.reading.referral import RefusedReferral

PAGE = 50
"""How many records that were answered under other rules are looked at for one page."""


class Outcome(Written, frozen=True):
    """Level, state and rating of an answer."""

    level: str
    state: str
    rating: str


class Rerated(Written, frozen=True):
    """A record whose answer would be another now; ``now`` is null where today's rules refuse the referral."""

    id: str
    reference: str | None
    revision: int
    stored: Outcome
    now: Outcome | None


class Rerating(Written, frozen=True):
    """A page of records to be answered anew. ``next`` is the id to go on after; null at the end."""

    ruleset_version: str
    looked_at: int
    items: tuple[Rerated, ...]
    next: str | None


def stale_page(service: Records, actor: Actor, after: str | None) -> Callable[[Connection], list[Any]]:
    """What reads a page of the open records that were answered under other rules than those that run."""

    def work(connection: Connection) -> list[Any]:
        newest = (versions.c.record_id == records.c.id) & (versions.c.number == records.c.version)
        stale = (
            select(records.c.id, records.c.reference, records.c.revision, versions.c.referral, versions.c.answer)
            .join(versions, newest)
            .where(
                seen_by(actor),
                records.c.kind == "assessment",
                records.c.status.not_in(DONE),
                records.c.ruleset_digest != service.assessor.ruleset.digest,
                records.c.id > (after or "").replace("\0", ""),
            )
        )
        return list(connection.execute(stale.order_by(records.c.id).limit(PAGE)).all())

    return work


def rerated(assessor: Assessor, rows: list[Any]) -> Rerating:
    """Answer a page of referrals again, and say which come out otherwise."""
    items = tuple(_changed(assessor, rows))
    return Rerating(assessor.ruleset.version, len(rows), items, rows[-1].id if len(rows) == PAGE else None)


def _changed(assessor: Assessor, rows: list[Any]) -> Iterator[Rerated]:
    for row in rows:
        stored, now = _stored(row.answer), _now(assessor, row.referral)
        if now != stored:
            yield Rerated(row.id, row.reference, row.revision, stored, now)


def _stored(text: bytes) -> Outcome:
    answer = json.loads(text)
    return Outcome(answer["urgency"]["level"], answer["urgency"]["state"], answer["suitability"]["rating"])


def _now(assessor: Assessor, referral: bytes) -> Outcome | None:
    try:
        answer = assessor.assess(assessor.reader.read(parse_json(referral)))
    except RefusedReferral:
        return None
    return Outcome(answer.urgency.level, answer.urgency.state, answer.suitability.rating)
