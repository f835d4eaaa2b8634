"""The life of an account, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

from api.people import commands, lockout
from api.request import State
from tests.people.conftest import CALM, Clinic, running, sign_in
from tests.people.provider import person, running_provider
from tests.people.test_openid import come_back
from tests.records.conftest import database_kind as database_kind


def test_the_life_of_an_account(clinic: Clinic) -> None:
    admin = clinic.signed_in("admin")
    new = {"login": "nora", "role": "provider", "password": "a long new password"}
    account = admin.post("/v1/accounts", json=new).json()["id"]
    client = clinic.client()
    for _ in range(lockout.MOST_OF_LOGIN):
        assert sign_in(client, "nora", "not the password").status_code == 401
    assert sign_in(client, "nora", "a long new password").status_code == 429
    clinic.clock.forward(minutes=16)
    assert sign_in(client, "nora", "a long new password").status_code == 303
    response = client.post("/v1/assessments", json=CALM)
    assert response.status_code == 201
    given = admin.post(f"/v1/accounts/{account}/keys", json={"name": "practice"}).json()
    key = clinic.client(Authorization=f"Bearer {given['secret']}")
    assert key.get(response.headers["location"]).status_code == 200
    assert admin.patch(f"/v1/accounts/{account}", json={"disabled": True}).json()["disabled"] is True
    assert {client.get("/v1/me").status_code, key.get("/v1/me").status_code} == {401}
    assert sign_in(client, "nora", "a long new password").status_code == 401


def test_the_command_line_works_on_the_same_accounts(clinic: Clinic) -> None:
    token = commands.link_for_this_machine(clinic.state.settings)
    client = clinic.client()
    assert client.get(f"/sign-in/link/{token}").status_code == 303
    assert client.get("/v1/me").json()["login"] == "local"
    assert commands.can_anyone_sign_in(clinic.state.settings)
    with commands.desk(clinic.state.settings) as desk:
        assert [account.login for account in desk.all()] == ["local"]
        desk.disable("local")
    assert client.get("/v1/me").status_code == 401


def test_an_account_of_a_provider_is_made_changed_and_disabled(
    make_database: Callable[[], str], small_state: State
) -> None:
    with running_provider() as provider:
        for clinic in running(make_database(), small_state, **provider.settings, openid_tenant="clinic"):
            provider.clock = clinic.clock
            client = clinic.client()
            assert come_back(client, provider).status_code == 303
            assert client.post("/v1/assessments", json=CALM).status_code == 201
            provider.person = person("clara", "ipt-leads")
            assert come_back(client, provider).status_code == 303
            assert client.get("/v1/me").json()["role"] == "clinician"
            assert client.post("/sign-out").headers["location"] == "/sign-in/openid/sign-out"
            admin = clinic.signed_in("admin")
            assert admin.patch(f"/v1/accounts/{clinic.ids['clara']}", json={"disabled": True}).status_code == 200
            assert come_back(client, provider).status_code == 403
