"""Drafts: a referral that is still being written down, kept from its first answer on, faults and all."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from msgspec import Raw
from sqlalchemy import Row, bindparam, delete, select, update

from api.actor import Actor
from api.records import levels
from api.records.changing import touch
from api.records.creating import Answered, Created, insert_version, new_row
from api.records.reading import Read, row_of
from api.records.refused import ChangedSince, conflict
from api.records.service import Records
from api.records.times import due_at, stored
from api.storage.tables import drafts, records
from api.storage.transaction import Transaction
from triage.answer.model import Answer, UrgencyPart
from triage.model.written import Written, encode
from triage.presenting.problems import Problem

PARTS = ("facts", "said_by", "quotes")


class Draft(Written, frozen=True):
    """A draft: the referral as far as it is written down, and its answer, or the problem that keeps it from one."""

    id: str
    revision: int
    created_at: str
    created_by: str
    saved_at: str
    saved_by: str
    expires_at: str
    level: str
    state: str
    referral: dict[str, Any]
    answer: Answer | None
    problem: Problem | None


class DraftListed(Written, frozen=True):
    """A draft in the list of whoever began it."""

    id: str
    reference: str | None
    level: str
    state: str
    created_at: str
    expires_at: str


class Drafts(Written, frozen=True):
    """The drafts that the asker began, the newest first."""

    items: tuple[DraftListed, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A draft as it was sent: its text, its data, and its answer or the problem that keeps it from one."""

    text: bytes
    data: dict[str, Any]
    answer: Answer | None
    problem: Problem | None

    @property
    def urgency(self) -> UrgencyPart:
        """How soon a clinician must act; of a draft with faults, what is known of it."""
        if self.answer is not None:
            return self.answer.urgency
        assert self.problem is not None
        return cast(UrgencyPart, self.problem.urgency)

    @property
    def reference(self) -> str | None:
        """The caller's name for the referral, where it can be kept."""
        reference = self.data.get("reference")
        is_kept = isinstance(reference, str) and len(reference) <= 200 and "\0" not in reference
        return reference if is_kept else None


def begin(service: Records, actor: Actor, sent: Sent) -> Callable[[Transaction], Read]:
    """The write that begins a draft."""
    id_ = str(uuid.uuid4())

    def work(transaction: Transaction) -> Read:
        at = service.at()
        row = new_row(id_, actor, at, "draft") | {"opened_at": at, "opened_by": actor.id, "version": 0}
        transaction.insert(records, **row, **_level(service, sent))
        changed = {pointer: [1, at, actor.id] for pointer in _pointers(sent.data)}
        transaction.insert(
            drafts, record_id=id_, referral=sent.text, changed=json.dumps(changed), saved_at=at, saved_by=actor.id
        )
        transaction.audit(at, actor, "draft-begun", id_, revision=1, fields=[])
        return _shown(transaction, actor, id_, sent)

    return work


def save(service: Records, actor: Actor, id_: str, revision: int, sent: Sent) -> Callable[[Transaction], Read]:
    """The write that saves a draft. The second of two writers is told which answers were changed meanwhile."""

    def work(transaction: Transaction) -> Read:
        row, kept = _at(transaction, actor, id_, revision)
        at = service.at()
        before = _pointers(json.loads(kept.referral))
        after = _pointers(sent.data)
        moved = {pointer for pointer in {*before, *after} if before.get(pointer) != after.get(pointer)}
        changed = json.loads(kept.changed) | {pointer: [revision + 1, at, actor.id] for pointer in sorted(moved)}
        values = {"referral": sent.text, "changed": json.dumps(changed), "saved_at": at, "saved_by": actor.id}
        transaction.execute(update(drafts).where(drafts.c.record_id == id_).values(**values))
        columns = {**_level(service, sent), "revision": revision + 1}
        transaction.execute(update(records).where(records.c.id == id_).values(**columns))
        transaction.audit(at, actor, "draft-saved", id_, revision=row.revision + 1)
        return _shown(transaction, actor, id_, sent)

    return work


def _level(service: Records, sent: Sent) -> dict[str, Any]:
    """The columns that a draft has of its answer. Nothing is held: what is still being typed may be a slip."""
    urgency, scales = sent.urgency, service.scales
    now = service.now()
    return {
        "reference": sent.reference,
        "level": urgency.level,
        "state": urgency.state,
        "level_from": "answer",
        "queue": levels.queue(scales, urgency.level, urgency.state),
        "rating": None if sent.answer is None else sent.answer.suitability.rating,
        "due_at": stored(due_at(urgency.respond_within, now, service.settings)),
        "ruleset_digest": service.assessor.ruleset.digest,
        "expires_at": stored(now + timedelta(days=service.settings.draft_days)),
    }


def _pointers(data: Mapping[str, Any]) -> dict[str, Any]:
    """Each answer of a referral by its JSON pointer, and what stands beside the answers."""
    entries = {f"/{name}": value for name, value in data.items() if name not in PARTS}
    for part in PARTS:
        value = data.get(part)
        within = value.items() if isinstance(value, dict) else [("", value)]
        entries |= {f"/{part}/{name}" if name else f"/{part}": entry for name, entry in within if entry is not None}
    return entries


def _at(transaction: Transaction, actor: Actor, id_: str, revision: int) -> tuple[Row[Any], Row[Any]]:
    row = row_of(transaction, actor, id_, "draft")
    kept = transaction.execute(_KEPT, {"id": id_}).one()
    if row.revision != revision:
        since = {name: change for name, change in json.loads(kept.changed).items() if change[0] > revision}
        changed = tuple(ChangedSince(name, at, by, number) for name, (number, at, by) in sorted(since.items()))
        raise conflict(row.revision, changed)
    return row, kept


_KEPT = select(drafts).where(drafts.c.record_id == bindparam("id"))


def _shown(transaction: Transaction, actor: Actor, id_: str, sent: Sent) -> Read:
    row = row_of(transaction, actor, id_, "draft")
    kept = transaction.execute(_KEPT, {"id": id_}).one()
    draft = Draft(
        id=id_,
        revision=row.revision,
        created_at=row.created_at,
        created_by=row.created_by,
        saved_at=kept.saved_at,
        saved_by=kept.saved_by,
        expires_at=row.expires_at,
        level=row.level,
        state=row.state,
        referral=cast(dict[str, Any], Raw(kept.referral)),
        answer=sent.answer,
        problem=sent.problem,
    )
    return Read(encode(draft), row.revision, id_)


def text_of(service: Records, actor: Actor, id_: str) -> Callable[[Transaction], tuple[bytes, int]]:
    """The write that reads the text and the revision of a draft; the audit keeps that it was read."""

    def work(transaction: Transaction) -> tuple[bytes, int]:
        row = row_of(transaction, actor, id_, "draft")
        transaction.audit(service.at(), actor, "read", id_)
        return transaction.execute(_KEPT, {"id": id_}).one().referral, row.revision

    return work


def show(actor: Actor, id_: str, sent: Sent) -> Callable[[Transaction], Read]:
    """What shows a draft with its answer."""
    return lambda transaction: _shown(transaction, actor, id_, sent)


def list_own(actor: Actor) -> Callable[[Any], Drafts]:
    """What lists the drafts that the asker began; nobody else's are offered."""
    own = (records.c.tenant == actor.tenant) & (records.c.kind == "draft") & (records.c.created_by == actor.id)

    def work(connection: Any) -> Drafts:
        rows = connection.execute(select(records).where(own).order_by(records.c.created_at.desc(), records.c.id))
        return Drafts(tuple(_listed(row) for row in rows))

    return work


def _listed(row: Row[Any]) -> DraftListed:
    return DraftListed(row.id, row.reference, row.level, row.state, row.created_at, row.expires_at)


def finish(
    service: Records, actor: Actor, id_: str, revision: int, answered: Answered
) -> Callable[[Transaction], Created]:
    """The write that makes an assessment of a draft, under the same id."""

    def work(transaction: Transaction) -> Created:
        service.keep_rules(transaction, service.at())
        row, _ = _at(transaction, actor, id_, revision)
        answer, now = answered.answer, service.now()
        due = stored(due_at(answer.urgency.respond_within, now, service.settings))
        insert_version(service, transaction, actor, answered, (id_, 1, "assessed"), stored(now))
        values = {
            **levels.of_first(answer, service.scales).row(service.scales),
            "kind": "assessment",
            "version": 1,
            "reference": answer.reference,
            "due_at": due,
            "rating": answer.suitability.rating,
            "ruleset_digest": answer.ruleset.digest,
            "opened_at": None,
            "opened_by": None,
            "expires_at": None,
        }
        transaction.execute(delete(drafts).where(drafts.c.record_id == id_))
        touch(transaction, actor, row, stored(now), "draft-finished", values)
        return Created(id_, row.created_at, due, answered.answer_text, revision=row.revision + 1)

    return work


def discard(service: Records, actor: Actor, id_: str, revision: int) -> Callable[[Transaction], None]:
    """The write that deletes a draft."""

    def work(transaction: Transaction) -> None:
        _at(transaction, actor, id_, revision)
        _delete(transaction, id_)
        transaction.audit(service.at(), actor, "draft-discarded", id_)

    return work


def expire(service: Records, actor: Actor) -> Callable[[Transaction], int]:
    """The write that deletes the drafts that nobody changed for as long as the deployment keeps them."""

    def work(transaction: Transaction) -> int:
        old = (records.c.kind == "draft") & (records.c.expires_at < service.at())
        ids = list(transaction.execute(select(records.c.id).where(old)).scalars())
        for id_ in ids:
            _delete(transaction, id_)
            transaction.audit(service.at(), actor, "draft-expired", id_)
        return len(ids)

    return work


def _delete(transaction: Transaction, id_: str) -> None:
    transaction.execute(delete(drafts).where(drafts.c.record_id == id_))
    transaction.execute(delete(records).where(records.c.id == id_))
