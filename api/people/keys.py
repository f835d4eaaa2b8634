"""API keys: made, listed, replaced, revoked, and whose one is."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, get_args

from sqlalchemy import Connection, Row, bindparam, select, update

from api.actor import Actor
from api.people.accounts import of_tenant
from api.people.model import KeyDescription, KeyGiven, Keys, NewKey, Scope
from api.people.tokens import new_key, stored_form
from api.records.refused import not_found, wrong_field
from api.records.times import stored
from api.storage.tables import accounts, api_keys
from api.storage.transaction import Transaction

_USED_EVERY = timedelta(hours=1)
"""How old the stored time of last use may be: not every request writes it."""
_WITH_ACCOUNT = select(api_keys, accounts.c.login, accounts.c.role, accounts.c.tenant).join(
    accounts, accounts.c.id == api_keys.c.account_id
)
_BY_DIGEST = _WITH_ACCOUNT.where(
    api_keys.c.digest == bindparam("digest"),
    api_keys.c.revoked_at.is_(None),
    api_keys.c.expires_at > bindparam("at"),
    accounts.c.disabled_at.is_(None),
)
_BY_ID = _WITH_ACCOUNT.where(api_keys.c.id == bindparam("id"))
_OF_ACCOUNT = (
    _WITH_ACCOUNT.where(api_keys.c.account_id == bindparam("account"))
    .order_by(api_keys.c.created_at.desc(), api_keys.c.id)
)  # fmt: skip


def add(transaction: Transaction, at: datetime, by: Actor, account_id: str, new: NewKey) -> KeyGiven:
    """Make a key for an account of the asker's clinic. Raises a RecordProblem where there is none."""
    account = of_tenant(transaction, by, account_id)
    if account.disabled_at is not None:
        raise wrong_field("", "disabled", f"The account `{account.login}` is disabled, so it can have no new key.")
    secret, id_ = new_key(), str(uuid.uuid4())
    transaction.insert(
        api_keys, id=id_, digest=stored_form(secret), account_id=account_id, name=new.name,
        scopes=" ".join(dict.fromkeys(new.scopes)), created_at=stored(at), created_by=by.id,
        expires_at=stored(at + timedelta(days=new.days)),
    )  # fmt: skip
    transaction.audit(stored(at), by, "key-made", account=account.login, key=id_)
    return KeyGiven(secret, describe(transaction.execute(_BY_ID, {"id": id_}).one()))


def of_account(transaction: Transaction, by: Actor, account_id: str) -> Keys:
    """The keys of an account of the asker's clinic."""
    of_tenant(transaction, by, account_id)
    return Keys(tuple(describe(row) for row in transaction.execute(_OF_ACCOUNT, {"account": account_id})))


def replace(transaction: Transaction, at: datetime, by: Actor, id_: str) -> KeyGiven:
    """Make a key in the place of another, which is revoked at once, with the same name, scopes and days."""
    row = _one(transaction, by, id_)
    days = (datetime.fromisoformat(row.expires_at) - datetime.fromisoformat(row.created_at)).days
    revoke(transaction, at, by, id_)
    return add(transaction, at, by, row.account_id, NewKey(row.name, _scopes(row), days))


def revoke(transaction: Transaction, at: datetime, by: Actor, id_: str) -> None:
    """Revoke a key, at once and for ever. Raises a RecordProblem where there is none, or it is revoked already."""
    row = _one(transaction, by, id_)
    if row.revoked_at is not None:
        raise wrong_field("", "revoked", "This key is revoked already.")
    transaction.execute(update(api_keys).where(api_keys.c.id == id_).values(revoked_at=stored(at)))
    transaction.audit(stored(at), by, "key-revoked", account=row.login, key=id_)


def key_of(connection: Connection, at: datetime, secret: str) -> Row[Any] | None:
    """The key of this secret with its account; None where it is revoked, expired, or its account is disabled."""
    return connection.execute(_BY_DIGEST, {"digest": stored_form(secret), "at": stored(at)}).first()


def is_due(row: Row[Any], at: datetime) -> bool:
    """Whether it is time to keep that a key was used."""
    return row.last_used_at is None or row.last_used_at < stored(at - _USED_EVERY)


def keep_used(transaction: Transaction, at: datetime, id_: str) -> None:
    """Keep that a key was used."""
    transaction.execute(update(api_keys).where(api_keys.c.id == id_).values(last_used_at=stored(at)))


def actor_of(row: Row[Any]) -> Actor:
    """Who asks with a key: its account."""
    return Actor(row.login, row.role, row.tenant)


def _scopes(row: Row[Any]) -> tuple[Scope, ...]:
    return tuple(scope for scope in get_args(Scope) if scope in row.scopes.split())


def _one(transaction: Transaction, by: Actor, id_: str) -> Row[Any]:
    row = transaction.execute(_BY_ID, {"id": id_}).first()
    if row is None or row.tenant != by.tenant:
        raise not_found("key", id_)
    return row


def describe(row: Row[Any]) -> KeyDescription:
    """A key as the API shows it."""
    return KeyDescription(
        row.id, row.login, row.name, _scopes(row), row.created_at, row.expires_at, row.last_used_at, row.revoked_at
    )
