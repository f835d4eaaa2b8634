"""Failed sign-ins, counted by login and by address, whether or not there is such an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from api.people.tokens import stored_form
from api.records.times import stored
from api.storage.tables import failed_sign_ins
from api.storage.transaction import Transaction

WINDOW = timedelta(minutes=15)
"""How long a failure counts, and how long a lock holds."""
MOST_OF_LOGIN = 5
"""Failures of one login within the window, after which it is locked (OWASP ASVS 5.0, 6.3.1 asks for a limit)."""
MOST_OF_ADDRESS = 50
"""Failures from one address within the window: many people may share one."""
_ONE = select(failed_sign_ins).where(failed_sign_ins.c.digest == bindparam("digest"))


def locked_until(transaction: Transaction, at: datetime, login: str, address: str) -> str | None:
    """Until when no sign-in with this login or from this address is tried; None where it may be."""
    rows = [transaction.execute(_ONE, {"digest": digest}).first() for digest, _ in _counted(login, address)]
    until = [row.locked_until for row in rows if row is not None and row.locked_until]
    last = max(until, default=None)
    return last if last is not None and last > stored(at) else None


def count(transaction: Transaction, at: datetime, login: str, address: str) -> None:
    """Count a failed sign-in, and lock what has failed too often."""
    for digest, most in _counted(login, address):
        row = transaction.execute(_ONE, {"digest": digest}).first()
        if row is None or row.first_at < stored(at - WINDOW):
            _replace(transaction, digest, failures=1, first_at=stored(at), locked_until=None)
            continue
        failures = row.failures + 1
        locked = stored(at + WINDOW) if failures >= most else None
        _replace(transaction, digest, failures=failures, first_at=row.first_at, locked_until=locked)
    transaction.execute(delete(failed_sign_ins).where(failed_sign_ins.c.first_at < stored(at - 4 * WINDOW)))


def forget(transaction: Transaction, login: str) -> None:
    """Forget the failures of a login that has signed in. Those of the address stay."""
    transaction.execute(delete(failed_sign_ins).where(failed_sign_ins.c.digest == _of("login", login)))


def _counted(login: str, address: str) -> Iterable[tuple[str, int]]:
    return ((_of("login", login), MOST_OF_LOGIN), (_of("address", address), MOST_OF_ADDRESS))


def _of(kind: str, name: str) -> str:
    return stored_form(f"{kind}\n{name}")


def _replace(transaction: Transaction, digest: str, **values: Any) -> None:
    of_digest = failed_sign_ins.c.digest == digest
    if transaction.execute(update(failed_sign_ins).where(of_digest).values(**values)).rowcount == 0:
        transaction.insert(failed_sign_ins, digest=digest, **values)
