"""Changing a record: its status and owner, attempts to reach the person, other answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import UNSET, structs
from sqlalchemy import Row, bindparam, select, update

from api.actor import Actor
from api.records import levels
from api.records.creating import Answered, insert_version
from api.records.levels import InForce
from api.records.model import DONE, NewAttempt, RecordChange
from api.records.reading import Read, row_of, shown, works_on_records
from api.records.refused import ChangedSince, conflict, forbidden
from api.records.service import Records
from api.records.times import due_at, parsed, stored
from api.storage.tables import attempts, audit, decisions, records
from api.storage.transaction import Transaction
from triage.model.written import encode

Work = Callable[[Transaction], Read]


def change(service: Records, actor: Actor, id_: str, revision: int, wanted: RecordChange) -> Work:
    """The write that changes status, owner or the notes of a hand-over."""

    def work(transaction: Transaction) -> Read:
        row = row_at(transaction, actor, id_, revision)
        refuse_referrer(actor)
        values = {name: value for name, value in structs.asdict(wanted).items() if value is not UNSET}
        if values.get("hand_over") is not None:
            values["hand_over"] = encode(values["hand_over"]).decode()
        status = {"status": values["status"]} if "status" in values else {}
        touch(transaction, actor, row, service.at(), "changed", values, **status)
        return shown(service, transaction, row_of(transaction, actor, id_))

    return work


def refuse_referrer(actor: Actor) -> None:
    """Refuse to let whoever sent a referral work on it: closed by them, nobody of the clinic would see it."""
    if not works_on_records(actor):
        raise forbidden("Only a coordinator or a clinician does this: whoever sent a referral sends other answers.")


def row_at(transaction: Transaction, actor: Actor, id_: str, revision: int, kind: str = "assessment") -> Row[Any]:
    """The row of a record, which must be at a revision. Raises a RecordProblem that says what was changed since."""
    row = row_of(transaction, actor, id_, kind)
    if row.revision != revision:
        raise conflict(row.revision, _changed_since(transaction, id_, revision))
    return row


def _changed_since(transaction: Transaction, id_: str, revision: int) -> tuple[ChangedSince, ...]:
    changes = []
    for entry in transaction.execute(_ENTRIES, {"id": id_}):
        details = json.loads(entry.details)
        if details.get("revision", 0) > revision:
            changes += [ChangedSince(name, entry.at, entry.actor, details["revision"]) for name in details["fields"]]
    return tuple(changes)


_ENTRIES = select(audit.c.at, audit.c.actor, audit.c.details).where(audit.c.record_id == bindparam("id"))
_ENTRIES = _ENTRIES.order_by(audit.c.seq)


def touch(
    transaction: Transaction,
    actor: Actor,
    row: Row[Any],
    at: str,
    action: str,
    values: dict[str, Any],
    **details: Any,
) -> None:
    """Change columns of a record, raise its revision, and enter which columns in the audit."""
    opens = works_on_records(actor) and row.opened_at is None
    opened = {"opened_at": at, "opened_by": actor.id} if opens else {}
    changed = {**opened, **values, "revision": row.revision + 1}
    transaction.execute(update(records).where(records.c.id == row.id).values(**changed))
    transaction.audit(at, actor, action, row.id, fields=sorted(values), revision=row.revision + 1, **details)


def attempt(service: Records, actor: Actor, id_: str, tried: NewAttempt) -> Work:
    """The write that keeps an attempt to reach the person, and raises the level after too many that failed."""

    def work(transaction: Transaction) -> Read:
        row, now = row_of(transaction, actor, id_), service.now()
        refuse_referrer(actor)
        transaction.insert(
            attempts,
            id=str(uuid.uuid4()),
            record_id=id_,
            at=stored(now),
            revision=row.revision + 1,
            made_by=actor.id,
            outcome=tried.outcome,
            note=tried.note,
        )
        failed = 0 if tried.outcome == "reached" else row.failed_attempts + 1
        values = {"failed_attempts": failed, "status": "trying" if row.status == "new" else row.status}
        values |= _escalated(service, row, failed, now)
        level = {"level": values["level"]} if "level" in values else {}
        touch(transaction, actor, row, stored(now), "attempted", values, outcome=tried.outcome, **level)
        return shown(service, transaction, row_of(transaction, actor, id_))

    return work


def _escalated(service: Records, row: Row[Any], failed: int, now: datetime) -> dict[str, Any]:
    """The columns of a higher level after failed attempts, as the scales have it; nothing where they have none."""
    for escalation in service.scales.escalations:
        if (row.level, row.state) == (escalation.level, "sorted") and failed >= escalation.failed_attempts:
            force = InForce(escalation.to, "sorted", escalation.to, "escalated", escalation.because)
            comes_back = {"status": "trying"} if row.status in DONE else {}
            return {**force.row(service.scales), "due_at": due_of(service, row, force, now), **comes_back}
    return {}


def due_of(service: Records, row: Row[Any], force: InForce, now: datetime) -> str:
    """When a record is due at a level: a higher one counts from now, a lower one from when the record was made."""
    rank = service.scales.urgency_rank
    if row.level == force.level:
        return str(row.due_at)
    within = levels.within(service.assessor, force.level)
    if rank(force.level) > rank(row.level):
        return min(str(row.due_at), stored(due_at(within, now, service.settings)))
    return stored(due_at(within, parsed(row.created_at), service.settings))


def amend(
    service: Records, actor: Actor, id_: str, revision: int | None, answered: Answered, cause: str = "amended"
) -> Work:
    """The write that keeps other answers as a new version. No answer lowers a level that a rule set before."""

    def work(transaction: Transaction) -> Read:
        service.keep_rules(transaction, service.at())
        row = row_of(transaction, actor, id_) if revision is None else row_at(transaction, actor, id_, revision)
        add_version(service, transaction, actor, row, answered, cause)
        return shown(service, transaction, row_of(transaction, actor, id_))

    return work


def add_version(
    service: Records, transaction: Transaction, actor: Actor, row: Row[Any], answered: Answered, cause: str
) -> None:
    """Keep a new version of a record, with the level in force after it."""
    now, number = service.now(), row.version + 1
    before = InForce(row.level, row.state, row.held_level, row.level_from, row.level_because)
    force = levels.of_next(answered.answer, before, _accepted(transaction, row), service.scales)
    insert_version(service, transaction, actor, answered, (row.id, number, cause), stored(now))
    values = {
        **force.row(service.scales),
        "version": number,
        "reference": answered.answer.reference or row.reference,
        "rating": answered.answer.suitability.rating,
        "ruleset_digest": answered.answer.ruleset.digest,
        "due_at": due_of(service, row, force, now),
        **_reopened(service, row, force, cause),
    }
    touch(transaction, actor, row, stored(now), "answered", values, version=number)


def _reopened(service: Records, row: Row[Any], force: InForce, cause: str) -> dict[str, Any]:
    """What brings a record back to whoever works on it: a higher level, or a reply that was waited for."""
    rises = service.scales.urgency_rank(force.level) > service.scales.urgency_rank(row.level)
    is_back = row.status == "waiting_for_referrer" and cause == "replied"
    status = {"status": "new"} if is_back or (rises and row.status in DONE) else {}
    return status | ({"opened_at": None, "opened_by": None} if rises or cause == "replied" else {})


def _accepted(transaction: Transaction, row: Row[Any]) -> list[str]:
    """The urgency rules that the last decision on the level went below."""
    last = transaction.execute(_LAST_ON_LEVEL, {"id": row.id}).first()
    return [] if last is None or row.level_from != "decision" else list(json.loads(last.accepted or "[]"))


_LAST_ON_LEVEL = (
    select(decisions.c.accepted)
    .where(decisions.c.record_id == bindparam("id"), decisions.c.level.is_not(None))
    .order_by(decisions.c.revision.desc())
    .limit(1)
)
