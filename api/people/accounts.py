"""Accounts: made, listed and changed. Nothing deletes one: the audit names who did what by login."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Connection, Row, bindparam, select, update

from api.actor import NOT_LOGINS, Actor, Role
from api.people.model import AccountChange, AccountDescription, NewAccount
from api.people.strength import refuse_easy
from api.records.refused import not_found, wrong_field
from api.storage.tables import accounts, sessions
from api.storage.transaction import Transaction

_BY_LOGIN = select(accounts).where(accounts.c.login == bindparam("login"))
_BY_SUBJECT = select(accounts.c.login).where(accounts.c.subject == bindparam("subject"))
_BY_ID = select(accounts).where(accounts.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class Hashed:
    """An account to be made, its password hashed already: hashing is slow on purpose and stays out of a transaction."""

    login: str
    role: Role
    tenant: str
    password: str | None = None
    subject: str | None = None


@cache
def hasher() -> PasswordHash:
    """Argon2id with the library's parameters: 64 MiB, three passes (RFC 9106, second choice)."""
    return PasswordHash((Argon2Hasher(),))


def hashed(new: NewAccount, tenant: str) -> Hashed:
    """An account to be made, with the hash of its password."""
    if new.password is not None:
        refuse_easy(new.password, new.login)
    password = None if new.password is None else hasher().hash(new.password)
    return Hashed(new.login.casefold(), new.role, tenant, password)


def add(transaction: Transaction, at: str, by: Actor, new: Hashed) -> AccountDescription:
    """Make an account. Raises a RecordProblem where the login is taken, or stands for no account in the audit."""
    if new.login in NOT_LOGINS:
        raise wrong_field("/login", "taken", f"`{new.login}` stands for no account in the audit. Choose another login.")
    if transaction.execute(_BY_LOGIN, {"login": new.login}).first():
        raise wrong_field("/login", "taken", f"There is an account `{new.login}` already. Choose another login.")
    id_ = str(uuid.uuid4())
    transaction.insert(
        accounts, id=id_, tenant=new.tenant, login=new.login, role=new.role, password=new.password,
        subject=new.subject, created_at=at, created_by=by.id,
    )  # fmt: skip
    transaction.audit(at, by, "account-made", account=new.login, role=new.role)
    return describe(_one(transaction, id_))


def change(
    transaction: Transaction, at: str, by: Actor, id_: str, changes: AccountChange, password: str | None
) -> AccountDescription:
    """Change an account of the asker's clinic and end its sessions. ``password`` is the hash of the new one.

    Raises a RecordProblem where there is no such account, or an administrator would shut themselves out.
    """
    row = of_tenant(transaction, by, id_)
    if row.login == by.id and (changes.disabled or changes.role not in (None, row.role)):
        raise wrong_field(
            "", "own-account", "Nobody disables their own account or changes its role. Ask another admin."
        )
    if row.subject is not None and password is not None:
        raise wrong_field(
            "/password", "openid", "This account signs in by OpenID Connect: its password is kept by the provider."
        )
    if changes.password is not None:
        refuse_easy(changes.password, row.login)
    values: dict[str, Any] = {}
    if changes.role is not None:
        values["role"] = changes.role
    if changes.disabled is not None:
        values["disabled_at"] = at if changes.disabled else None
    if password is not None:
        values["password"] = password
    if values:
        transaction.execute(update(accounts).where(accounts.c.id == id_).values(**values))
        end_sessions(transaction, at, id_)
        transaction.audit(at, by, "account-changed", account=row.login, changed=sorted(values))
    return describe(_one(transaction, id_))


def match(transaction: Transaction, at: str, by: Actor, id_: str, subject: str) -> AccountDescription:
    """Have an account sign in by OpenID Connect from now on: its password and its sessions end.

    Raises a RecordProblem where another account is this person's already.
    """
    row = of_tenant(transaction, by, id_)
    other = transaction.execute(_BY_SUBJECT, {"subject": subject}).scalar()
    if other is not None:
        raise wrong_field("/subject", "taken", f"This is `{other}` already. One person has one account.")
    values = {"subject": subject, "password": None}
    transaction.execute(update(accounts).where(accounts.c.id == id_).values(**values))
    end_sessions(transaction, at, id_)
    transaction.audit(at, by, "account-changed", account=row.login, changed=sorted(values))
    return describe(_one(transaction, id_))


def has_openid(connection: Connection, login: str) -> bool:
    """Whether an account signs in by OpenID Connect."""
    return connection.execute(_BY_LOGIN, {"login": login}).one().subject is not None


def end_sessions(transaction: Transaction, at: str, id_: str, but: str = "") -> None:
    """End every session of an account, ``but`` the one whose token has this digest."""
    of_account = (sessions.c.account_id == id_) & (sessions.c.token_digest != but) & sessions.c.ended_at.is_(None)
    transaction.execute(update(sessions).where(of_account).values(ended_at=at))


def of_tenant(transaction: Transaction, by: Actor, id_: str) -> Row[Any]:
    """An account of the asker's clinic. Raises a RecordProblem where there is none."""
    row = transaction.execute(_BY_ID, {"id": id_}).first()
    if row is None or row.tenant != by.tenant:
        raise not_found("account", id_)
    return row


def _one(transaction: Transaction, id_: str) -> Row[Any]:
    return transaction.execute(_BY_ID, {"id": id_}).one()


def describe(row: Row[Any]) -> AccountDescription:
    """An account as the API shows it."""
    return AccountDescription(
        row.id, row.login, row.role, row.tenant, row.created_at, row.disabled_at is not None,
        row.password is not None, row.subject is not None,
    )  # fmt: skip
