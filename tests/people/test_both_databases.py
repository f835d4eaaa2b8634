"""The life of an account, on SQLite and on PostgreSQL."""

from __future__ import annotations

from api.people import commands, lockout
from tests.people.conftest import CALM, Clinic, sign_in
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
