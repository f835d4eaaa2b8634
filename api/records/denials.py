"""The entry in the audit that someone was denied a record or an action."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import bindparam, select

from api.actor import Actor
from api.records.reading import LONGEST_ID, may_see
from api.records.service import Records
from api.storage.tables import records
from api.storage.transaction import Transaction

_ANYWHERE = select(records).where(records.c.id == bindparam("id"))


def note_denied(
    service: Records, actor: Actor, status: int, route: str, id_: str | None
) -> Callable[[Transaction], None]:
    """The write that enters in the audit that someone was answered 403, or 404 about what is there and not theirs.

    A record that is nowhere is not entered: what was sent as its id may be any text.
    """

    def work(transaction: Transaction) -> None:
        is_id = id_ is not None and len(id_) <= LONGEST_ID and "\0" not in id_
        row = transaction.execute(_ANYWHERE, {"id": id_}).first() if is_id else None
        is_others = row is not None and not (row.tenant == actor.tenant and may_see(actor, row))
        if status == 403 or is_others:
            about = None if row is None else row.id
            transaction.audit(service.at(), actor, "denied", about, status=status, route=route)

    return work
