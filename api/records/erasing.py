"""One person's records: all of them exported, or erased with the audit left whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from msgspec import Raw
from sqlalchemy import Row, Table, delete, select, update

from api.actor import Actor
from api.records.kept_tables import erase_from_tables
from api.records.refused import forbidden, not_found, wrong_field
from api.records.service import Records
from api.storage.tables import (
    attempts,
    audit,
    decisions,
    deliveries,
    drafts,
    idempotency_keys,
    records,
    reply_links,
    versions,
)
from api.storage.transaction import Transaction
from triage.model.written import Written


class Whose(Written, frozen=True):
    """Whose records: those with a reference, or the one with an id."""

    reference: str | None = None
    id: str | None = None


class ExportedVersion(Written, frozen=True):
    """A version of a record, with the referral as given and the answer as it was made."""

    number: int
    cause: str
    created_at: str
    created_by: str
    ruleset_version: str
    ruleset_digest: str
    referral: dict[str, Any]
    answer: dict[str, Any]


class ExportedRecord(Written, frozen=True):
    """Everything that is kept of one record."""

    record: dict[str, Any]
    versions: tuple[ExportedVersion, ...]
    draft: dict[str, Any] | None
    contact_attempts: tuple[dict[str, Any], ...]
    decisions: tuple[dict[str, Any], ...]
    audit: tuple[dict[str, Any], ...]


class Export(Written, frozen=True):
    """Everything that is kept of one person."""

    exported_at: str
    records: tuple[ExportedRecord, ...]


class Erased(Written, frozen=True):
    """How many records were erased."""

    erased: int


def export(service: Records, actor: Actor, whose: Whose) -> Callable[[Transaction], Export]:
    """The write that reads everything of one person; the audit keeps that it was exported."""

    def work(transaction: Transaction) -> Export:
        rows = _rows(transaction, actor, whose)
        for row in rows:
            transaction.audit(service.at(), actor, "exported", row.id)
        return Export(service.at(), tuple(_exported(transaction, row) for row in rows))

    return work


def erase(service: Records, actor: Actor, whose: Whose) -> Callable[[Transaction], Erased]:
    """The write that erases what is kept of one person. What the audit says of it names no one and stays.

    A kept table that holds the reference is deleted whole.
    """

    def work(transaction: Transaction) -> Erased:
        if actor.role != "clinician":
            raise forbidden("Only a clinician erases records.")
        tables = 0 if whose.reference is None else erase_from_tables(service, transaction, actor, whose.reference)
        rows = _rows(transaction, actor, whose, elsewhere=bool(tables))
        for row in rows:
            _erase(transaction, row.id)
            transaction.audit(service.at(), actor, "erased", row.id, versions=row.version)
        return Erased(len(rows))

    return work


def _rows(transaction: Transaction, actor: Actor, whose: Whose, *, elsewhere: bool = False) -> list[Row[Any]]:
    """The records of one person. Raises a RecordProblem where there is none, unless something is kept ``elsewhere``."""
    if actor.role == "provider":
        raise forbidden("A provider reads its own referrals one by one.")
    if (whose.reference is None) == (whose.id is None):
        raise wrong_field("", "missing", "Give a `reference` or an `id`.")
    same = records.c.id == whose.id if whose.reference is None else records.c.reference == whose.reference
    own = select(records).where(records.c.tenant == actor.tenant, records.c.kind != "erased", same)
    rows = list(transaction.execute(own.order_by(records.c.created_at, records.c.id)).all())
    if not rows and not elsewhere:
        raise not_found("record of", whose.id or whose.reference or "")
    return rows


def _exported(transaction: Transaction, row: Row[Any]) -> ExportedRecord:
    draft = transaction.execute(select(drafts).where(drafts.c.record_id == row.id)).first()
    return ExportedRecord(
        record=dict(row._mapping),
        versions=tuple(map(_version, _of(transaction, versions, row.id))),
        draft=None if draft is None else cast(dict[str, Any], Raw(draft.referral)),
        contact_attempts=tuple(dict(tried._mapping) for tried in _of(transaction, attempts, row.id)),
        decisions=tuple(dict(decided._mapping) for decided in _of(transaction, decisions, row.id)),
        audit=tuple(
            {**entry._mapping, "details": json.loads(entry.details)} for entry in _of(transaction, audit, row.id)
        ),
    )


def _of(transaction: Transaction, table: Table, id_: str) -> list[Row[Any]]:
    order = next(table.c[name] for name in ("seq", "revision", "number") if name in table.c)
    return list(transaction.execute(select(table).where(table.c.record_id == id_).order_by(order)).all())


def _version(row: Row[Any]) -> ExportedVersion:
    return ExportedVersion(
        row.number,
        row.cause,
        row.created_at,
        row.created_by,
        row.ruleset_version,
        row.ruleset_digest,
        cast(dict[str, Any], Raw(row.referral)),
        cast(dict[str, Any], Raw(row.answer)),
    )


_STAYS = {"id", "tenant", "created_at", "created_by", "revision", "version", "queue", "failed_attempts"}
"""The columns of an erased record that still hold something: none of them says anything of a person."""


def _erase(transaction: Transaction, id_: str) -> None:
    for table in (drafts, attempts, decisions, idempotency_keys, reply_links, deliveries):
        transaction.execute(delete(table).where(table.c.record_id == id_))
    nothing = {"referral": None, "answer": None, "salt": None}
    transaction.execute(update(versions).where(versions.c.record_id == id_).values(**nothing))
    emptied: dict[str, Any] = {column.name: None for column in records.c if column.name not in _STAYS}
    emptied |= {"kind": "erased", "status": "closed", "queue": 0, "failed_attempts": 0}
    transaction.execute(update(records).where(records.c.id == id_).values(**emptied))
