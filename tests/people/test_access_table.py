"""Every route, asked by everyone, against the table of docs/security/access.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from api.actor import Role
from api.request import State
from api.storage.tables import audit
from tests.people.access import DENIED, YES, a_world, cells, table
from tests.people.conftest import Clinic
from tests.people.world import PEOPLE, Route, World, routes


@pytest.fixture(scope="module")
def world(small_state: State, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(small_state, tmp_path_factory.mktemp("world")) as world:
        yield world


def test_every_route_is_in_the_table_and_nothing_else(world: World) -> None:
    assert list(table()) == [str(route) for route in routes(world.clinic.app)]


def test_every_route_answers_everyone_as_the_table_says(world: World) -> None:
    expected = table()
    differing = {
        str(route): asked
        for route in routes(world.clinic.app)
        if (asked := cells(world, route)) != expected[str(route)]
    }
    assert differing == {}


def test_a_route_that_is_not_guarded_would_be_seen(world: World) -> None:
    assert cells(world, Route("/v1/evaluate", "POST")) != table()["GET /v1/accounts"]


def _last(world: World) -> tuple[str, str, str | None, str]:
    with world.clinic.state.records.database.reading() as connection:
        columns = (audit.c.actor, audit.c.action, audit.c.record_id, audit.c.details)
        return tuple(connection.execute(select(*columns).order_by(audit.c.seq.desc())).first() or ())


@pytest.mark.parametrize(
    ("person", "route", "status"),
    [
        ("provider", "GET /v1/assessments/{id_}", 404), ("elsewhere", "GET /v1/assessments/{id_}", 404),
        ("provider", "GET /assessments/{id_}", 404), ("elsewhere", "PUT /v1/drafts/{id_}", 404),
        ("coordinator", "POST /v1/assessments/{id_}/decision", 403), ("admin", "GET /v1/assessments/{id_}", 403),
    ],
)  # fmt: skip
def test_who_was_denied_which_record_is_in_the_audit(world: World, person: str, route: str, status: int) -> None:
    method, path = route.split()
    sent = world.about(Route(path, method))
    assert world.send(Route(path, method), person, sent).status_code == status
    details = f'{{"route":"{route}","status":{status}}}'
    assert _last(world) == (person, "denied", sent.address.split("/")[3 if "/v1/" in path else 2], details)


def test_what_is_nowhere_and_whoever_nobody_knows_are_not_in_the_audit(world: World) -> None:
    world.record()
    before = _last(world)
    for person in PEOPLE[:6]:
        assert world.client.get("/v1/assessments/planted-words", headers=world.headers(person)).status_code in (
            401,
            404,
        )
    assert _last(world) == before


@pytest.mark.parametrize("role", ["coordinator", "provider"])
def test_a_key_used_beyond_its_scopes_is_in_the_audit(world: World, role: Role) -> None:
    key = world.clinic.key(role, "read")
    refused = world.client.post("/v1/assessments", json={}, headers={"Authorization": f"Bearer {key}"})
    assert refused.status_code == 403
    assert _last(world) == (role, "denied", None, '{"scope":"write","status":403}')


@pytest.mark.parametrize("person", ["nobody", "coordinator"])
def test_on_this_machine_nothing_of_a_record_or_an_account_is_open_without_a_sign_in(
    clinic: Clinic, person: str
) -> None:
    """Here the routes that answer without a record are open; the others are as closed as where others come in."""
    world = World(clinic)
    expected = table()
    closed = [route for route in routes(clinic.app) if "403" in expected[str(route)].values()]
    assert len(closed) > 30
    for route in closed:
        answered = world.send(route, person).status_code
        wanted = expected[str(route)][person]
        open_here = route.path == "/metrics"
        assert open_here or str(answered) == wanted or (wanted == YES and answered not in DENIED), (route, answered)
