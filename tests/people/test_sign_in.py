"""Signing in and out: by password, by link, and what is let in by neither."""

from __future__ import annotations

from typing import Any

import pytest

from api.actor import LOCAL_PERSON
from api.people import commands, lockout, sessions
from tests.people.conftest import CALM, PASSWORD, Clinic, sign_in
from triage.model.written import encode

WRONG = "The login or the password is not right."


def stored_text(clinic: Clinic) -> str:
    """Everything that the database holds, as text."""
    from api.storage.tables import metadata

    with clinic.state.records.database.reading() as connection:
        return "\n".join(str(row) for table in metadata.sorted_tables for row in connection.execute(table.select()))


def test_whoever_signed_in_works_with_records_until_they_sign_out(clinic: Clinic) -> None:
    client = clinic.client()
    assert client.post("/v1/assessments", json=CALM).status_code == 401
    response = sign_in(client, "Coordinator")
    assert (response.status_code, response.headers["location"]) == (303, "/worklist")
    response = client.post("/v1/assessments", json=CALM)
    assert response.status_code == 201
    assert client.get(response.headers["location"]).json()["created_by"] == "coordinator"
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert client.get("/v1/assessments").status_code == 401


def test_an_administrator_is_led_to_the_start_since_the_worklist_is_closed_to_them(clinic: Clinic) -> None:
    assert sign_in(clinic.client(), "admin").headers["location"] == "/"


@pytest.mark.parametrize("login", ["service", "Nobody", "command-line", "openid"])
def test_no_account_has_the_name_of_somebody_else_in_the_audit(clinic: Clinic, login: str) -> None:
    response = clinic.signed_in("admin").post("/v1/accounts", json={"login": login, "role": "coordinator"})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    name = login.casefold()
    assert error["message"] == f"`{name}` stands for no account in the audit. Choose another login."


def test_sign_in_leads_to_a_long_address_and_takes_no_more_than_a_form(clinic: Clinic) -> None:
    client, address = clinic.client(), "/worklist?reference=" + "R" * 500
    sent = {"login": "coordinator", "password": PASSWORD, "next": address}
    assert client.post("/sign-in", data=sent).headers["location"] == address
    assert client.post("/sign-in", data=sent | {"next": "x" * 300_000}).status_code == 413


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(clinic: Clinic, public: Clinic) -> None:
    on_this_machine = sign_in(clinic.client(), "coordinator").headers["set-cookie"]
    assert on_this_machine.split("=")[0] == "session"
    assert "HttpOnly" in on_this_machine
    assert "SameSite=lax" in on_this_machine
    assert "Secure" not in on_this_machine  # a browser would not send it back to http://127.0.0.1
    by_https = sign_in(public.client("https://triage.example.org"), "coordinator").headers["set-cookie"]
    assert by_https.split("=")[0] == "__Host-session"
    assert "Secure" in by_https
    assert "Domain" not in by_https


def test_a_wrong_password_and_an_unknown_login_are_told_apart_by_nothing(clinic: Clinic) -> None:
    wrong = sign_in(clinic.client(), "coordinator", "not the password")
    unknown = sign_in(clinic.client(), "nobody-here", "not the password")
    clinic.add("gone", "coordinator")
    clinic.signed_in("admin").patch(f"/v1/accounts/{clinic.ids['gone']}", json={"disabled": True})
    disabled = sign_in(clinic.client(), "gone")
    assert {response.status_code for response in (wrong, unknown, disabled)} == {401}
    texts = [response.text.partition("<main")[2] for response in (wrong, unknown, disabled)]
    assert WRONG in texts[0]
    assert texts[0] == texts[1] == texts[2]


@pytest.mark.parametrize("login", ["coordinator", "nobody-here"])
def test_a_login_is_locked_after_failures_whether_or_not_it_exists(clinic: Clinic, login: str) -> None:
    client = clinic.client()
    for _ in range(lockout.MOST_OF_LOGIN):
        assert sign_in(client, login, "not the password").status_code == 401
    locked = sign_in(client, login)
    assert locked.status_code == 429
    assert "Too many sign-ins failed. Nobody can sign in with this login before 09:15 UTC." in locked.text
    clinic.clock.forward(minutes=16)
    assert sign_in(client, login).status_code == (303 if login == "coordinator" else 401)


def test_an_address_is_locked_after_failures_of_many_logins(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockout, "MOST_OF_ADDRESS", 3)
    client = clinic.client()
    for number in range(3):
        sign_in(client, f"guess-{number}", "not the password")
    assert sign_in(client, "coordinator").status_code == 429


def test_failures_long_ago_do_not_count(clinic: Clinic) -> None:
    client = clinic.client()
    for _ in range(lockout.MOST_OF_LOGIN * 2):
        assert sign_in(client, "coordinator", "not the password").status_code == 401
        clinic.clock.forward(minutes=4)


def test_a_session_that_was_there_before_sign_in_is_never_taken_over(clinic: Clinic) -> None:
    client = clinic.client()
    client.cookies.set("session", "planted", domain="127.0.0.1")
    sign_in(client, "coordinator")
    assert clinic.client(Cookie="session=planted").get("/v1/me").status_code == 401
    first = client.cookies["session"]
    sign_in(client, "coordinator")
    assert client.cookies["session"] != first


@pytest.mark.parametrize(("wait", "kept"), [({"minutes": 100}, True), ({"minutes": 121}, False)])
def test_a_session_ends_when_nothing_is_asked(clinic: Clinic, wait: dict[str, float], kept: bool) -> None:
    client = clinic.signed_in("coordinator")
    clinic.clock.forward(**wait)
    assert (client.get("/v1/me").status_code == 200) is kept


def test_a_session_ends_after_a_working_day_though_it_is_used(clinic: Clinic) -> None:
    client = clinic.signed_in("coordinator")
    for _ in range(12):
        assert client.get("/v1/me").status_code == 200
        clinic.clock.forward(hours=1)
    assert client.get("/v1/me").status_code == 401


def test_a_link_signs_in_once_and_not_for_long(clinic: Clinic) -> None:
    used, late = (commands.link_for_this_machine(clinic.state.settings) for _ in range(2))
    assert clinic.client().get(f"/sign-in/link/{used}").status_code == 401  # a newer link took its place
    client = clinic.client()
    # The command line's clock is the machine's: what it made is not yet too old for the service's.
    assert client.get(f"/sign-in/link/{late}").headers["location"] == "/"  # nothing is stored yet
    me = client.get("/v1/me").json()
    assert me == {"login": "local", "role": LOCAL_PERSON.role, "tenant": "local", "may": ["read", "write"]}
    again = clinic.client().get(f"/sign-in/link/{late}")
    assert again.status_code == 401
    assert "This link was used already, or is too old. Start the service again." in again.text
    at, id_ = clinic.clock(), clinic.ids["coordinator"]
    writer = clinic.state.records.writer
    old = writer.submit(lambda transaction: sessions.make_link(transaction, at, id_)).result()
    clinic.clock.forward(minutes=31)
    assert clinic.client().get(f"/sign-in/link/{old}").status_code == 401


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/rules/sources", "/rules/sources"), ("//elsewhere.example", "/worklist"), ("/\\elsewhere", "/worklist"),
        ("https://elsewhere.example", "/worklist"), ("/a\nSet-Cookie: x=1", "/worklist"), ("javascript:1", "/worklist"),
    ],
)  # fmt: skip
def test_sign_in_leads_nowhere_but_to_this_service(clinic: Clinic, address: str, leads_to: str) -> None:
    response = sign_in(clinic.client(), "coordinator", next_=address)
    assert (response.status_code, response.headers["location"]) == (303, leads_to)
    assert list(response.headers).count("set-cookie") == 1


def test_no_secret_is_stored_or_written_to_a_log(clinic: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    client = clinic.signed_in("coordinator")
    secrets = [PASSWORD, client.cookies["session"], clinic.key("provider")]
    sign_in(clinic.client(), "coordinator", "planted-wrong-password")
    texts = stored_text(clinic) + caplog.text
    assert not [secret for secret in (*secrets, "planted-wrong-password") if secret in texts]


def test_who_signed_in_is_in_the_audit(clinic: Clinic) -> None:
    client = clinic.signed_in("coordinator")
    sign_in(clinic.client(), "coordinator", "not the password")
    client.post("/sign-out")
    from sqlalchemy import select

    from api.storage.tables import audit

    with clinic.state.records.database.reading() as connection:
        entries = connection.execute(select(audit.c.actor, audit.c.action).order_by(audit.c.seq)).all()
    assert [tuple(entry) for entry in entries][-3:] == [
        ("coordinator", "signed-in"), ("nobody", "sign-in-failed"), ("coordinator", "signed-out"),
    ]  # fmt: skip


def test_a_body_that_is_no_form_is_answered(clinic: Clinic) -> None:
    client = clinic.client()
    bodies: list[Any] = [b"", b"login=", b"\xff\xfe=%00", encode({"login": "coordinator"})]
    for body in bodies:
        assert client.post("/sign-in", content=body).status_code in (401, 429)
