"""Answering a referral and storing both."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import bindparam, delete, select

from api.actor import Actor
from api.records import levels
from api.records.refused import wrong_field
from api.records.service import Records
from api.records.times import due_at, stored
from api.storage.audit import digest
from api.storage.tables import idempotency_keys, records, versions
from api.storage.transaction import Transaction
from triage.answer.model import Answer
from triage.model.written import Written, encode
from triage.reading.referral import FieldFault, Referral, RefusedReferral

LONGEST_KEY = 200
"""The most characters of an Idempotency-Key."""


@dataclass(frozen=True)
class Answered:
    """A referral as given, as read, and its answer."""

    given: bytes
    referral: Referral
    answer: Answer

    @cached_property
    def answer_text(self) -> bytes:
        """The answer as it is stored."""
        return encode(self.answer)


class _Parts(Written, frozen=True):
    """What a stored answer has beside the answer."""

    id: str
    created_at: str
    due_at: str


@dataclass(frozen=True, slots=True)
class Created:
    """What was created: its id, its time, its due time, its answer as text, its revision."""

    id: str
    created_at: str
    due_at: str
    answer: bytes
    revision: int = 1

    def body(self) -> bytes:
        """The stored answer as JSON."""
        return self.answer[:-1] + b"," + encode(_Parts(self.id, self.created_at, self.due_at))[1:]


def refuse_what_no_database_holds(referral: Referral) -> None:
    """Refuse a reference with a NUL character, which PostgreSQL can't store."""
    if referral.reference and "\0" in referral.reference:
        fault = FieldFault("/reference", "not-storable", "`reference` has a NUL character, which can't be stored.")
        raise RefusedReferral([fault], could_be=(referral,))


def create(service: Records, actor: Actor, answered: Answered, key: str | None) -> Callable[[Transaction], Created]:
    """The write that stores an answered referral as a new record, or finds the one that the same key made."""
    at = service.now()
    id_ = str(uuid.uuid4())

    def work(transaction: Transaction) -> Created:
        service.keep_rules(transaction, stored(at))
        if key is not None:
            before = _before(service, transaction, actor, key, answered.given)
            if before is not None:
                transaction.audit(stored(at), actor, "sent-again", before.id)
                return before
            _remember(transaction, actor, key, answered.given, id_, at)
        return _insert(service, transaction, actor, answered, id_, at)

    return work


def _insert(
    service: Records, transaction: Transaction, actor: Actor, answered: Answered, id_: str, at: datetime
) -> Created:
    answer = answered.answer
    force = levels.of_first(answer, service.scales)
    due = stored(due_at(answer.urgency.respond_within, at, service.settings))
    transaction.insert(
        records,
        **new_row(id_, actor, stored(at), "assessment"),
        **force.row(service.scales),
        reference=answer.reference,
        version=1,
        rating=answer.suitability.rating,
        due_at=due,
        ruleset_digest=answer.ruleset.digest,
    )
    insert_version(service, transaction, actor, answered, (id_, 1, "assessed"), stored(at))
    return Created(id_, stored(at), due, answered.answer_text)


def new_row(id_: str, actor: Actor, at: str, kind: str) -> dict[str, object]:
    """The columns of a new record that do not depend on its answer."""
    return {
        "id": id_, "tenant": actor.tenant, "kind": kind, "created_at": at, "created_by": actor.id, "revision": 1,
        "status": "new", "failed_attempts": 0,
    }  # fmt: skip


def insert_version(
    service: Records,
    transaction: Transaction,
    actor: Actor,
    answered: Answered,
    which: tuple[str, int, str],
    at: str,
) -> None:
    """Keep a referral and its answer as a version, with its entry in the audit."""
    id_, number, cause = which
    salt = os.urandom(16)
    named = digest(salt, answered.given, answered.answer_text)
    used = answered.answer.ruleset
    transaction.insert(
        versions,
        record_id=id_,
        number=number,
        cause=cause,
        created_at=at,
        created_by=actor.id,
        role=actor.role,
        referral=answered.given,
        answer=answered.answer_text,
        salt=salt,
        digest=named,
        ruleset_digest=used.digest,
        ruleset_version=used.version,
        made_with=service.made_with,
    )
    transaction.audit(at, actor, cause, id_, version=number, digest=named, ruleset=used.digest)


def _key_digest(actor: Actor, key: str) -> str:
    return digest(actor.tenant.encode(), actor.id.encode(), key.encode())


def _before(service: Records, transaction: Transaction, actor: Actor, key: str, body: bytes) -> Created | None:
    """What the key made before. Raises a RecordProblem where that was with another body."""
    forgotten = stored(service.now() - timedelta(hours=service.settings.idempotency_hours))
    transaction.execute(delete(idempotency_keys).where(idempotency_keys.c.at < forgotten))
    row = transaction.execute(_BEFORE, {"key": _key_digest(actor, key)}).first()
    if row is None:
        return None
    if row.body_digest != digest(key.encode(), body):
        message = "This Idempotency-Key was sent before with another body. Send a new key with a new referral."
        raise wrong_field("", "key-used-before", message)
    return Created(row.id, row.created_at, row.due_at, row.answer, row.revision)


_BEFORE = (
    select(idempotency_keys.c.body_digest, records, versions.c.answer)
    .join(records, records.c.id == idempotency_keys.c.record_id)
    .join(versions, (versions.c.record_id == records.c.id) & (versions.c.number == 1))
    .where(idempotency_keys.c.digest == bindparam("key"))
)


def _remember(transaction: Transaction, actor: Actor, key: str, body: bytes, id_: str, at: datetime) -> None:
    transaction.insert(
        idempotency_keys,
        digest=_key_digest(actor, key),
        body_digest=digest(key.encode(), body),
        record_id=id_,
        at=stored(at),
    )
