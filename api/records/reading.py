"""Reading one record, and the entry in the audit that every reading makes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from msgspec import Raw, convert
from sqlalchemy import ColumnElement, Row, Select, Table, and_, bindparam, select, update

from api.actor import Actor
from api.records import levels
from api.records.model import DONE, Assessment, Attempt, Decision, HandOver, VersionListed
from api.records.refused import RecordProblem, gone, not_found
from api.records.service import Records
from api.storage.tables import attempts, decisions, records, versions
from api.storage.transaction import Transaction
from triage.answer.model import Answer, ComposedAction, RuleSetUsed
from triage.model.written import encode

LONGEST_ID = 36


@dataclass(frozen=True, slots=True)
class Read:
    """A record as JSON, with its revision and its id."""

    body: bytes
    revision: int
    id: str = ""


def read_one(service: Records, actor: Actor, id_: str) -> Callable[[Transaction], Read]:
    """The write that reads a record: who read it is kept, and the first who could act on it has opened it."""

    def work(transaction: Transaction) -> Read:
        row = row_of(transaction, actor, id_)
        at = service.at()
        transaction.audit(at, actor, "read", id_)
        if row.opened_at is None and works_on_records(actor):
            opened = update(records).where(records.c.id == id_).values(opened_at=at, opened_by=actor.id)
            transaction.execute(opened)
            row = row_of(transaction, actor, id_)
        return shown(service, transaction, row)

    return work


def works_on_records(actor: Actor) -> bool:
    """Whether someone does what a record asks for. A referrer or an auditor who reads one has not opened it."""
    return actor.role in ("coordinator", "clinician")


def row_of(transaction: Transaction, actor: Actor, id_: str, kind: str = "assessment") -> Row[Any]:
    """The row of a record. Raises a RecordProblem where there is none that the actor may see, or it was erased."""
    what = "draft" if kind == "draft" else "assessment"
    if len(id_) > LONGEST_ID or "\0" in id_:
        raise not_found(what, id_)
    row = transaction.execute(_ONE, {"id": id_, "tenant": actor.tenant}).first()
    if row is None or (row.kind != kind and row.kind != "erased") or not may_see(actor, row):
        raise not_found(what, id_)
    if row.kind == "erased":
        raise erased(id_)
    return row


_ONE = select(records).where(records.c.id == bindparam("id"), records.c.tenant == bindparam("tenant"))


def erased(id_: str) -> RecordProblem:
    """What was asked for was erased."""
    return gone(f"The record `{id_}` was erased. The audit keeps that it was there.")


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The records that someone sees: a provider their own referrals, everyone else those of the clinic."""
    of_clinic = records.c.tenant == actor.tenant
    return and_(of_clinic, records.c.created_by == actor.id) if actor.role == "provider" else of_clinic


def may_see(actor: Actor, row: Row[Any]) -> bool:
    """Whether someone sees a record of their clinic, as `seen_by` says of a query."""
    return actor.role != "provider" or row.created_by == actor.id


def shown(service: Records, transaction: Transaction, row: Row[Any]) -> Read:
    """A record as JSON."""
    rows = transaction.execute(_VERSIONS, {"id": row.id}).all()
    newest = transaction.execute(_NEWEST, {"id": row.id, "number": row.version}).one()
    decided = [_decision(decided_row) for decided_row in transaction.execute(_DECISIONS, {"id": row.id})]
    answer = json.loads(newest.answer)
    assessment = Assessment(
        id=row.id,
        reference=row.reference,
        created_at=row.created_at,
        created_by=row.created_by,
        revision=row.revision,
        version=row.version,
        status=row.status,
        owner=row.owner,
        level=row.level,
        state=row.state,
        level_from=row.level_from,
        level_because=row.level_because,
        action=_action(service, row, answer),
        rating=row.rating,
        due_at=row.due_at,
        overdue=is_overdue(row, service.at()),
        opened_at=row.opened_at,
        stale=row.ruleset_digest != service.assessor.ruleset.digest,
        failed_attempts=row.failed_attempts,
        hand_over=None if row.hand_over is None else convert(json.loads(row.hand_over), HandOver),
        attempts=tuple(_attempt(tried) for tried in transaction.execute(_ATTEMPTS, {"id": row.id})),
        decision=decided[-1] if decided else None,
        decisions=tuple(decided),
        versions=tuple(_version(listed) for listed in rows),
        ruleset=convert(answer["ruleset"], RuleSetUsed),
        # The stored bytes, and not decoded ones: an answer of older rules may have other keys than today's type.
        referral=cast(dict[str, Any], Raw(newest.referral)),
        answer=cast(Answer, Raw(newest.answer)),
    )
    return Read(encode(assessment), row.revision, row.id)


def _of_record(table: Table, *columns: Any) -> Select[Any]:
    return select(*(columns or table.c)).where(table.c.record_id == bindparam("id"))


_LISTED = (
    versions.c.number, versions.c.cause, versions.c.created_at, versions.c.created_by, versions.c.ruleset_version,
    versions.c.ruleset_digest,
)  # fmt: skip
_VERSIONS = _of_record(versions, *_LISTED).order_by(versions.c.number)
_NEWEST = _of_record(versions, versions.c.referral, versions.c.answer).where(versions.c.number == bindparam("number"))
_ATTEMPTS = _of_record(attempts).order_by(attempts.c.revision)
_DECISIONS = _of_record(decisions).order_by(decisions.c.revision)


def is_overdue(row: Row[Any], at: str) -> bool:
    """Whether nobody opened a record within its clock."""
    return row.opened_at is None and row.due_at is not None and row.due_at < at and row.status not in DONE


def _action(service: Records, row: Row[Any], answer: dict[str, Any]) -> ComposedAction:
    """What is done: as the answer says, or what belongs to a level that does not come from the newest answer."""
    if row.level == answer["urgency"]["level"]:
        return convert(answer["urgency"]["action"], ComposedAction)
    return levels.own_action(service.assessor, row.level)


def _version(row: Row[Any]) -> VersionListed:
    return VersionListed(**row._mapping)


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(row.at, row.made_by, row.outcome, row.note)


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        row.version,
        row.at,
        row.made_by,
        row.signed_as,
        row.decision,
        row.rating,
        row.level,
        row.reason_code,
        row.reason,
    )
