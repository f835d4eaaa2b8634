"""A service with records on either database, with a clock that tests set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.actor import Actor
from api.app import create_app
from api.records.service import Records
from api.request import State, build_state
from tests.conftest import FIXTURE_RULES
from tests.records.databases import KINDS, folder_in_memory, new_database, server
from triage.settings import Settings

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    at: datetime = TUESDAY

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **parts: float) -> None:
        self.at += timedelta(**parts)


@dataclass
class Service:
    """A running service: what calls it, its clock, and who calls."""

    client: TestClient
    clock: Clock
    state: State
    asking: list[Actor]

    @property
    def records(self) -> Records:
        return self.state.records

    def post(self, path: str, body: Any, **options: Any) -> Any:
        return self.client.post(path, json=body, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def new(self, facts: dict[str, Any], reference: str | None = None, **headers: str) -> Any:
        """Store a referral, and give its record's id."""
        body = {"facts": facts} | ({} if reference is None else {"reference": reference})
        response = self.client.post("/v1/assessments", json=body, headers=headers)
        assert response.status_code == 201, response.text
        return response.json()["id"]


@pytest.fixture(scope="session")
def server_address() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def make_database(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Gives the address of an empty database as often as it is called."""
    address = request.getfixturevalue("server_address") if database_kind == "postgresql" else None
    with TemporaryDirectory(prefix="triage-sqlite-", dir=folder_in_memory()) as folder:
        yield lambda: new_database(database_kind, Path(folder), address)


@pytest.fixture(scope="session")
def small_state() -> State:
    """The state of a service with the small rule set, made once; its records are never opened."""
    return build_state(Settings(rules=FIXTURE_RULES))


@pytest.fixture(scope="module")
def service(make_database: Callable[[], str], small_state: State) -> Iterator[Service]:
    with Running(small_state, make_database()) as service:
        yield service


class Running:
    """A service on a database, until the end of the block."""

    def __init__(self, state: State, address: str, **settings: Any) -> None:
        self._clock = Clock()
        chosen = state.settings.model_copy(update={"database_url": address, **settings})
        self._state = replace(state, settings=chosen, clock=self._clock)
        app = create_app(state=self._state)
        self._asking = [Actor("clara", "clinician", "clinic")]
        app.state.asking = self._who
        self._client = TestClient(app, raise_server_exceptions=False)

    async def _who(self, _request: object) -> Actor:
        return self._asking[-1]

    def __enter__(self) -> Service:
        self._client.__enter__()
        return Service(self._client, self._clock, self._state, self._asking)

    def __exit__(self, *_: object) -> None:
        self._client.__exit__(None, None, None)


@pytest.fixture
def fresh(make_database: Callable[[], str], small_state: State) -> Iterator[Service]:
    """A service on a database of the test's own."""
    with Running(small_state, make_database()) as service:
        yield service
