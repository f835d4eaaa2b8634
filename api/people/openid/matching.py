"""Whose account a sign-in by the provider is: made or matched by issuer and subject, and by nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from unicodedata import normalize

from sqlalchemy import Row, bindparam, select, update

from api.actor import LOCAL_PERSON, NOBODY, NOT_LOGINS, OPENID, Actor, Role
from api.people import accounts, sessions
from api.people.model import LOGIN_PATTERN
from api.people.openid.refusals import Refusal
from api.records.times import stored
from api.storage.tables import accounts as table
from api.storage.transaction import Transaction
from triage.settings import Settings

_BY_SUBJECT = select(table).where(table.c.subject == bindparam("subject"))
_BY_LOGIN = select(table.c.id).where(table.c.login == bindparam("login"))
_KEPT = NOT_LOGINS | {LOCAL_PERSON.id}
"""Logins that stand for somebody else in the audit."""
_LONGEST, _DIGITS = 80, 8


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in at the provider. ``role`` is None where the provider gives them none here."""

    subject: str
    wanted_login: str
    role: Role | None
    tenant: str


def person_of(claims: dict[str, Any], settings: Settings) -> Person:
    """Read who signed in from an ID token that holds."""
    login = claims.get(settings.openid_login_claim)
    subject = f"{settings.openid_issuer} {claims['sub']}"
    return Person(subject, login if isinstance(login, str) else "", _role(claims, settings), settings.openid_tenant)


def _role(claims: dict[str, Any], settings: Settings) -> Role | None:
    given = claims.get(settings.openid_role_claim)
    values = given if isinstance(given, list) else [given]
    return next((role for value, role in settings.openid_roles.items() if value in values), None)


def begin_session(transaction: Transaction, at: datetime, person: Person) -> str | Refusal:
    """Begin a session of the person's account, which is made at the first sign-in and has the provider's role.

    Whoever has no role, or a disabled account, is refused, and what they had open ends.
    """
    row = transaction.execute(_BY_SUBJECT, {"subject": person.subject}).first()
    if person.role is None or (row is not None and row.disabled_at is not None):
        refusal = Refusal.NO_ROLE if person.role is None else Refusal.DISABLED
        if row is not None:
            accounts.end_sessions(transaction, stored(at), row.id)
        note_refused(transaction, at, refusal.code, {} if row is None else {"account": row.login})
        return refusal
    by = Actor(OPENID, "admin", person.tenant)
    if row is None:
        login = _free_login(transaction, person)
        new = accounts.Hashed(login, person.role, person.tenant, subject=person.subject)
        accounts.add(transaction, stored(at), by, new)
    elif row.role != person.role:
        _change_role(transaction, at, by, row, person.role)
    account = transaction.execute(_BY_SUBJECT, {"subject": person.subject}).one()
    return sessions.begin(transaction, at, account, by=OPENID)


def note_refused(transaction: Transaction, at: datetime, why: str, details: dict[str, str]) -> None:
    """Enter in the audit that a sign-in by the provider was refused."""
    transaction.audit(stored(at), NOBODY, "sign-in-failed", by=OPENID, why=why, **details)


def _change_role(transaction: Transaction, at: datetime, by: Actor, row: Row[Any], role: Role) -> None:
    """Give an account the role that the provider says now; what was open under the other one ends."""
    transaction.execute(update(table).where(table.c.id == row.id).values(role=role))
    accounts.end_sessions(transaction, stored(at), row.id)
    transaction.audit(stored(at), by, "account-changed", account=row.login, changed=["role"])


def _free_login(transaction: Transaction, person: Person) -> str:
    """A login for a new account: the provider's name for the person, with a suffix where another account has it.

    Two people with one name stay two, and nobody takes over an account by taking its name at the provider.
    """
    name = normalize("NFKC", person.wanted_login).casefold()[:_LONGEST]
    is_fit = name.isprintable() and re.fullmatch(LOGIN_PATTERN, name)
    if is_fit and name not in _KEPT and not transaction.execute(_BY_LOGIN, {"login": name}).first():
        return name
    suffix = sha256(person.subject.encode()).hexdigest()[:_DIGITS]
    return f"{name if is_fit else 'person'}-{suffix}"
