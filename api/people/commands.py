"""What the command line does with accounts, in the database of this machine's service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from api.actor import COMMAND_LINE, LOCAL_PERSON, Actor, Role
from api.people import keys, sessions
from api.people.accounts import Hashed, add, change, describe, hashed, match
from api.people.model import AccountChange, AccountDescription, KeyGiven, NewAccount, NewKey
from api.records.refused import not_found
from api.records.service import database_address
from api.records.times import stored
from api.storage.database import Database
from api.storage.tables import accounts
from api.storage.transaction import Transaction
from triage.settings import Settings, now


@dataclass(frozen=True, slots=True)
class Desk:
    """One write to the accounts of a clinic, by whoever has the machine."""

    transaction: Transaction
    by: Actor
    at: datetime

    def add(self, login: str, role: Role, password: str | None) -> AccountDescription:
        """Make an account. Raises a RecordProblem where the login is taken."""
        return add(
            self.transaction, stored(self.at), self.by, hashed(NewAccount(login, role, password), self.by.tenant)
        )

    def disable(self, login: str) -> AccountDescription:
        """Disable an account: its sessions and keys end at once."""
        changes = AccountChange(disabled=True)
        return change(self.transaction, stored(self.at), self.by, self._id(login), changes, None)

    def match(self, login: str, subject: str) -> AccountDescription:
        """Have an account sign in by OpenID Connect, as the person whom the provider calls so."""
        return match(self.transaction, stored(self.at), self.by, self._id(login), subject)

    def key(self, login: str, new: NewKey) -> KeyGiven:
        """Make an API key for an account."""
        return keys.add(self.transaction, self.at, self.by, self._id(login), new)

    def link(self, login: str) -> str:
        """Make the token of a link that signs an account in once."""
        return sessions.make_link(self.transaction, self.at, self._id(login))

    def all(self) -> list[AccountDescription]:
        """The accounts of the clinic, by login."""
        chosen = select(accounts).where(accounts.c.tenant == self.by.tenant).order_by(accounts.c.login)
        return [describe(row) for row in self.transaction.execute(chosen)]

    def _id(self, login: str) -> str:
        chosen = select(accounts.c.id).where(accounts.c.tenant == self.by.tenant, accounts.c.login == login.casefold())
        id_ = self.transaction.execute(chosen).scalar()
        if id_ is None:
            raise not_found("account", login)
        return str(id_)


@contextmanager
def desk(settings: Settings, tenant: str = LOCAL_PERSON.tenant) -> Iterator[Desk]:
    """Change accounts in one transaction. Raises StorageUnavailable, or NewerDatabase."""
    database = Database(database_address(settings))
    try:
        with database.writing() as connection:
            transaction = Transaction(connection)
            yield Desk(transaction, Actor(COMMAND_LINE, "admin", tenant), now())
            transaction.flush()
    finally:
        database.close()


def link_for_this_machine(settings: Settings) -> str:
    """The token of a link that signs in whoever uses this machine; their account is made when it is first needed."""
    with desk(settings) as open_desk:
        local = LOCAL_PERSON
        if not any(account.login == local.id for account in open_desk.all()):
            new = Hashed(local.id, local.role, local.tenant)
            add(open_desk.transaction, stored(open_desk.at), open_desk.by, new)
        return open_desk.link(local.id)


def can_anyone_sign_in(settings: Settings) -> bool:
    """Whether some account has a password or a key: what a service that others reach needs."""
    with desk(settings) as open_desk:
        enabled = select(accounts.c.id).where(accounts.c.disabled_at.is_(None))
        has_password = enabled.where(accounts.c.password.is_not(None)).limit(1)
        return open_desk.transaction.execute(has_password).first() is not None
