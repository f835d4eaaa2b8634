"""One's own password, changed with the present one; and one's own sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from starlette.concurrency import run_in_threadpool

from api.actor import Actor
from api.people import lockout, sessions
from api.people.accounts import end_sessions, hasher
from api.people.strength import refuse_easy
from api.people.tokens import stored_form
from api.records.refused import wrong_field
from api.records.service import Records
from api.records.times import stored
from api.storage.tables import accounts
from api.storage.tables import sessions as sessions_table
from api.storage.transaction import Transaction

SHORTEST, LONGEST = 12, 128
_ACCOUNT = select(accounts).where(accounts.c.login == bindparam("login"))
_OPEN = (
    select(sessions_table)
    .join(accounts, accounts.c.id == sessions_table.c.account_id)
    .where(
        accounts.c.login == bindparam("login"), sessions_table.c.ended_at.is_(None),
        sessions_table.c.expires_at > bindparam("at"), sessions_table.c.seen_at > bindparam("idle_since"),
    )
    .order_by(sessions_table.c.began_at.desc())
)  # fmt: skip


async def change_own(records: Records, actor: Actor, address: str, token: str, present: str, new: str) -> None:
    """Set one's own password, and end one's sessions but the one with this token.

    Raises a RecordProblem where the present password is wrong, or the new one is no password.
    """
    if not SHORTEST <= len(new) <= LONGEST:
        raise wrong_field("/new", "length", f"A password has {SHORTEST} to {LONGEST} characters.")
    refuse_easy(new, actor.id, pointer="/new")
    await confirm(records, actor, address, present)
    hashed, at = await run_in_threadpool(hasher().hash, new), records.now()

    def work(transaction: Transaction) -> None:
        account = transaction.execute(_ACCOUNT, {"login": actor.id}).one()
        transaction.execute(update(accounts).where(accounts.c.id == account.id).values(password=hashed))
        end_sessions(transaction, stored(at), account.id, but=stored_form(token))
        transaction.audit(stored(at), actor, "own-password-changed")

    await records.write(work)


async def end_others(records: Records, actor: Actor, address: str, token: str, present: str) -> None:
    """End one's sessions but the one with this token. Raises a RecordProblem where the password is wrong."""
    await confirm(records, actor, address, present)
    at = records.now()

    def work(transaction: Transaction) -> None:
        account = transaction.execute(_ACCOUNT, {"login": actor.id}).one()
        end_sessions(transaction, stored(at), account.id, but=stored_form(token))
        transaction.audit(stored(at), actor, "own-sessions-ended")

    await records.write(work)


async def is_right(records: Records, login: str, address: str, password: str) -> bool:
    """Whether this is the password of a login; slow on purpose, also where there is no such account.

    Raises a RecordProblem where too many sign-ins failed, which is tested before the slow hash.
    """
    at = records.now()
    await records.write(lambda transaction: sessions.refuse_locked(transaction, at, login, address))
    kept = await records.read(lambda connection: sessions.stored_password(connection, login))
    return await run_in_threadpool(sessions.verified, password, kept)


async def confirm(records: Records, actor: Actor, address: str, present: str) -> None:
    """Raise a RecordProblem where this is not someone's present password. A wrong one counts as a failed sign-in."""
    at, login = records.now(), actor.id
    if not await is_right(records, login, address, present):
        await records.write(lambda transaction: lockout.count(transaction, at, login, address))
        raise wrong_field("/present", "wrong", "This is not your present password.")


def open_sessions(connection: Connection, at: datetime, login: str) -> list[Row[Any]]:
    """The sessions of someone that have not ended, the newest first."""
    parameters = {"login": login, "at": stored(at), "idle_since": stored(at - sessions.IDLE)}
    return list(connection.execute(_OPEN, parameters))


def has_password(connection: Connection, login: str) -> bool:
    """Whether someone signs in with a password of this service."""
    return connection.execute(_ACCOUNT, {"login": login}).one().password is not None
