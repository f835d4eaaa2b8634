"""A service where people sign in, on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.actor import Actor, Role
from api.app import create_app
from api.people import accounts, keys
from api.people.model import AccountDescription, KeyGiven, NewAccount, NewKey, Scope
from api.records.times import stored
from api.request import State
from api.storage.tables import accounts as accounts_table
from api.storage.transaction import Transaction
from tests.records.conftest import Clock
from tests.records.conftest import make_database as make_database
from tests.records.conftest import server_address as server_address
from tests.records.conftest import small_state as small_state

PASSWORD = "four words make one"
HASHED = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)
"""Hashed at little cost: a hash says with which parameters it was made."""
ADDRESS = "http://127.0.0.1"
PUBLIC = "https://triage.example.org"
CALM = {"facts": {"lean": "none", "hazards": [], "nesting": "none", "nestlings": "none"}}
ADMIN = Actor("admin", "admin", "clinic")


@dataclass
class Clinic:
    """A running service with accounts, and clients of it with cookies of their own."""

    state: State
    clock: Clock
    app: Any

    def client(self, address: str = ADDRESS, **headers: str) -> TestClient:
        return TestClient(self.app, base_url=address, headers=headers, follow_redirects=False)

    def signed_in(self, login: str) -> TestClient:
        client = self.client()
        response = sign_in(client, login)
        assert response.status_code == 303, response.text
        return client

    def with_key(self, login: str, *scopes: Scope, days: int = 90) -> TestClient:
        return self.client(Authorization=f"Bearer {self.key(login, *scopes, days=days)}")

    def key(self, login: str, *scopes: Scope, days: int = 90) -> str:
        at, row = self.clock(), self._accounts[login]
        new, by = NewKey("test", scopes or ("read", "write"), days), replace(ADMIN, tenant=row.tenant)
        given: KeyGiven = self.write(lambda transaction: keys.add(transaction, at, by, row.id, new))
        return given.secret

    def add(self, login: str, role: Role, tenant: str = "clinic") -> str:
        new = replace(accounts.hashed(NewAccount(login, role), tenant), password=HASHED)
        account: AccountDescription = self.write(
            lambda transaction: accounts.add(transaction, stored(self.clock()), ADMIN, new)
        )
        return account.id

    @property
    def ids(self) -> dict[str, str]:
        return {login: row.id for login, row in self._accounts.items()}

    @property
    def _accounts(self) -> dict[str, Any]:
        with self.state.records.database.reading() as connection:
            return {row.login: row for row in connection.execute(accounts_table.select())}

    def write(self, work: Callable[[Transaction], Any]) -> Any:
        """Have a write done by the service's writer."""
        return self.state.records.writer.submit(work).result()


def sign_in(client: TestClient, login: str, password: str = PASSWORD, next_: str = "", **headers: str) -> Any:
    form = {"login": login, "password": password, "next": next_}
    return client.post("/sign-in", data=form, headers={"Accept": "text/html", **headers})


@pytest.fixture(scope="module")
def database_kind() -> str:
    """SQLite, of which a test makes one in no time; `test_both_databases.py` does the whole on PostgreSQL too."""
    return "sqlite"


@pytest.fixture
def clinic(make_database: Callable[[], str], small_state: State) -> Iterator[Clinic]:
    yield from running(make_database(), small_state)


@pytest.fixture
def public(make_database: Callable[[], str], small_state: State) -> Iterator[Clinic]:
    """A service that others reach by https."""
    yield from running(make_database(), small_state, public_url=PUBLIC)


def running(address: str, state: State, **settings: Any) -> Iterator[Clinic]:
    clock = Clock()
    chosen = state.settings.model_copy(update={"database_url": address, **settings})
    own = replace(state, settings=chosen, clock=clock)
    clinic = Clinic(own, clock, create_app(state=own))
    roles: tuple[Role, ...] = ("coordinator", "clinician", "provider", "auditor", "admin")
    for role in roles:
        clinic.add(role, role)
    yield clinic
    clinic.app.state.tables.close()
    own.records.close()
