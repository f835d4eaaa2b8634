"""Sessions of people who signed in, and the links that sign in once."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from api.actor import NOBODY, Actor
from api.people import lockout
from api.people.accounts import hasher
from api.people.tokens import new_token, stored_form
from api.records.refused import RecordProblem
from api.records.times import stored
from api.storage.tables import accounts, sessions, sign_in_links
from api.storage.transaction import Transaction
from triage.presenting.problems import problem

LONGEST = timedelta(hours=12)
"""How long a session lasts at most: one working day."""
IDLE = timedelta(hours=2)
"""How long a session lasts while nothing is asked."""
_SEEN_EVERY = timedelta(minutes=5)
"""How old the stored time of last use may be: not every request writes it."""
LINK_LASTS = timedelta(minutes=30)
"""How long a sign-in link can be used."""


_BY_LOGIN = select(accounts).where(accounts.c.login == bindparam("login"), accounts.c.disabled_at.is_(None))
_SESSION = (
    select(accounts.c.login, accounts.c.role, accounts.c.tenant, sessions.c.seen_at)
    .join(accounts, accounts.c.id == sessions.c.account_id)
    .where(
        sessions.c.token_digest == bindparam("digest"),
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > bindparam("at"),
        sessions.c.seen_at > bindparam("idle_since"),
        accounts.c.disabled_at.is_(None),
    )
)
_EVER = (
    select(accounts.c.login, accounts.c.role, accounts.c.tenant)
    .join(sessions, accounts.c.id == sessions.c.account_id)
    .where(sessions.c.token_digest == bindparam("digest"), accounts.c.disabled_at.is_(None))
)
_LINK = (
    select(accounts)
    .join(sign_in_links, accounts.c.id == sign_in_links.c.account_id)
    .where(
        sign_in_links.c.token_digest == bindparam("digest"),
        sign_in_links.c.used_at.is_(None),
        sign_in_links.c.expires_at > bindparam("at"),
        accounts.c.disabled_at.is_(None),
    )
)


@cache
def _no_hash() -> str:
    """A hash that nothing fits, verified where there is no such account, so that the time taken does not tell."""
    return hasher().hash(new_token())


def stored_password(connection: Connection, login: str) -> str:
    """The hash that a password is verified against; one that nothing fits where there is none."""
    row = connection.execute(_BY_LOGIN, {"login": login}).first()
    return _no_hash() if row is None or row.password is None else str(row.password)


def verified(password: str, password_hash: str) -> bool:
    """Whether the password is the one of the hash; slow on purpose."""
    return hasher().verify(password, password_hash)


def refuse_locked(transaction: Transaction, at: datetime, login: str, address: str) -> None:
    """Raise a RecordProblem where too many sign-ins failed, right password or not."""
    until = lockout.locked_until(transaction, at, login, address)
    if until is not None:
        detail = f"Too many sign-ins failed. Nobody can sign in with this login before {until[11:16]} UTC."
        raise RecordProblem(problem(429, "Too many failed sign-ins", detail))


def begin_by_password(transaction: Transaction, at: datetime, login: str, address: str, *, right: bool) -> str | None:
    """Begin a session where the password was the right one, or count the failure and give None."""
    refuse_locked(transaction, at, login, address)
    row = transaction.execute(_BY_LOGIN, {"login": login}).first()
    if row is None or not right:
        lockout.count(transaction, at, login, address)
        transaction.audit(stored(at), NOBODY, "sign-in-failed")
        return None
    lockout.forget(transaction, login)
    return begin(transaction, at, row)


def begin_by_link(transaction: Transaction, at: datetime, token: str) -> str | None:
    """Begin a session by a link, which is used up; None where it was used, or is too old."""
    digest = stored_form(token)
    row = transaction.execute(_LINK, {"digest": digest, "at": stored(at)}).first()
    if row is None:
        return None
    used = update(sign_in_links).where(sign_in_links.c.token_digest == digest).values(used_at=stored(at))
    transaction.execute(used)
    return begin(transaction, at, row)


def begin(transaction: Transaction, at: datetime, account: Row[Any], **how: str) -> str:
    """Begin a session under a new token: none that was there before sign-in is ever taken over.

    ``how`` the account signed in is in the audit.
    """
    token = new_token()
    transaction.execute(delete(sessions).where(sessions.c.expires_at < stored(at - LONGEST)))
    transaction.insert(
        sessions, token_digest=stored_form(token), account_id=account.id, began_at=stored(at), seen_at=stored(at),
        expires_at=stored(at + LONGEST),
    )  # fmt: skip
    transaction.audit(stored(at), Actor(account.login, account.role, account.tenant), "signed-in", **how)
    return token


def make_link(transaction: Transaction, at: datetime, account_id: str) -> str:
    """Make a link that signs an account in once; earlier ones of it can no longer be used."""
    token = new_token()
    transaction.execute(delete(sign_in_links).where(sign_in_links.c.account_id == account_id))
    transaction.insert(
        sign_in_links, token_digest=stored_form(token), account_id=account_id, expires_at=stored(at + LINK_LASTS)
    )
    return token


def session_of(connection: Connection, at: datetime, token: str) -> tuple[Actor, bool] | None:
    """Who a session belongs to, and whether it is time to keep that it was used; None where it has ended."""
    parameters = {"digest": stored_form(token), "at": stored(at), "idle_since": stored(at - IDLE)}
    row = connection.execute(_SESSION, parameters).first()
    if row is None:
        return None
    return Actor(row.login, row.role, row.tenant), row.seen_at < stored(at - _SEEN_EVERY)


def account_of(connection: Connection, token: str) -> Actor | None:
    """Whose session this is or was, which lets them do nothing; None where it is not known any more."""
    row = connection.execute(_EVER, {"digest": stored_form(token)}).first()
    return None if row is None else Actor(row.login, row.role, row.tenant)


def keep_seen(transaction: Transaction, at: datetime, token: str) -> None:
    """Keep that a session was used."""
    used = update(sessions).where(sessions.c.token_digest == stored_form(token)).values(seen_at=stored(at))
    transaction.execute(used)


def end(transaction: Transaction, at: datetime, token: str, actor: Actor) -> None:
    """End a session."""
    ended = update(sessions).where(sessions.c.token_digest == stored_form(token)).values(ended_at=stored(at))
    transaction.execute(ended)
    transaction.audit(stored(at), actor, "signed-out")
