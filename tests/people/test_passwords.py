"""Passwords and sessions of one's own: what is taken, what is refused, and what ends when."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode

import pytest
from fastapi.testclient import TestClient

from api.people import accounts, lockout, strength
from api.people.model import NewAccount
from api.people.tokens import KEY_PREFIX, new_key, new_token
from api.records.refused import RecordProblem
from tests.people.conftest import ADMIN, PASSWORD, Clinic, sign_in
from tests.people.world import World, routes

NEW = "seven herons under glass"


def _change(client: TestClient, present: str = PASSWORD, new: str = NEW) -> tuple[int, str]:
    response = client.post("/account/password", data={"present": present, "new": new})
    return response.status_code, response.text


def test_a_password_is_changed_with_the_present_one(clinic: Clinic) -> None:
    client, elsewhere = clinic.signed_in("coordinator"), clinic.signed_in("coordinator")
    other = clinic.signed_in("clinician")
    status, text = _change(client, "not the present one")
    assert (status, "Nothing was changed.</strong> This is not your present password." in text) == (422, True)
    assert elsewhere.get("/v1/me").status_code == 200
    status, text = _change(client)
    assert (status, "Your password is changed. You are signed in here alone." in text) == (200, True)
    assert [one.get("/v1/me").status_code for one in (client, elsewhere, other)] == [200, 401, 200]
    assert sign_in(clinic.client(), "coordinator").status_code == 401
    assert sign_in(clinic.client(), "coordinator", NEW).status_code == 303


def test_the_present_password_is_not_guessed_by_who_finds_a_session(clinic: Clinic) -> None:
    client = clinic.signed_in("coordinator")
    for number in range(lockout.MOST_OF_LOGIN):
        assert _change(client, f"guess {number}")[0] == 422
    status, text = _change(client)
    assert (status, "Too many sign-ins failed." in text) == (429, True)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("x" * 11, "A password has 12 to 128 characters."), ("x" * 129, "A password has 12 to 128 characters."),
        ("passwordpassword", "This password is easily guessed. Take several words that do not belong together."),
    ],
)  # fmt: skip
def test_a_new_password_that_is_none_is_refused(clinic: Clinic, new: str, why: str) -> None:
    client = clinic.signed_in("coordinator")
    status, text = _change(client, new=new)
    assert (status, why in text) == (422, True)
    assert sign_in(clinic.client(), "coordinator").status_code == 303


@pytest.mark.parametrize(
    "password",
    [
        "Password1234", "passwordpassword", "qwertyuiop123", "123456789012", "iloveyou12345", "aaaaaaaaaaaa",
        "trustno1trustno1", "triage-triage", "Coordinator-2026", "Handrail Handrail",
        "interpersonal psychotherapy", "P@ssw0rd!" * 14,
    ],
)  # fmt: skip
def test_a_password_that_is_easily_guessed_is_refused(clinic: Clinic, password: str) -> None:
    with pytest.raises(RecordProblem) as refused:
        strength.refuse_easy(password, "coordinator")
    assert refused.value.problem.detail == (
        "/password: This password is easily guessed. Take several words that do not belong together."
    )
    admin = clinic.signed_in("admin")
    new = {"login": "coordinator-2", "role": "auditor", "password": password}
    created = admin.post("/v1/accounts", json=new)
    changed = admin.patch(f"/v1/accounts/{clinic.ids['coordinator']}", json={"password": password})
    for response in (created, changed):
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "easily-guessed")


@pytest.mark.parametrize(
    "password",
    ["vier Wörter für Ärzte", "  spaces before and after  ", "鶴が三羽とんでいる夜", "\"'<>&%{{7*7}};--", NEW * 5],
)
def test_a_password_of_any_characters_is_taken_as_it_is(clinic: Clinic, password: str) -> None:
    password = password[:128] if len(password) >= 12 else password * 2
    assert _change(clinic.signed_in("coordinator"), new=password)[0] == 200
    clinic.clock.forward(hours=24 * 400)
    for wrong in (password.strip(), password.upper(), password + "x", password[:-1], password + "x" * 200):
        if wrong != password:
            assert sign_in(clinic.client(), "coordinator", wrong).status_code == 401
            clinic.clock.forward(minutes=16)
    assert sign_in(clinic.client(), "coordinator", password).status_code == 303


def test_ones_sessions_are_listed_and_ended(clinic: Clinic) -> None:
    first = clinic.signed_in("coordinator")
    clinic.clock.forward(minutes=10)
    second = clinic.signed_in("coordinator")
    text = second.get("/account").text
    assert re.findall(r"<li>(Since .*?)</li>", text) == [
        "Since 24 Nov 2026 09:10, last used 24 Nov 2026 09:10: here",
        "Since 24 Nov 2026 09:00, last used 24 Nov 2026 09:00",
    ]
    assert second.post("/account/sessions", data={"present": "not this one"}).status_code == 422
    assert first.get("/v1/me").status_code == 200
    assert second.post("/account/sessions", data={"present": PASSWORD}).status_code == 200
    assert [client.get("/v1/me").status_code for client in (first, second)] == [401, 200]


def test_signing_in_again_ends_the_session_that_the_browser_had(clinic: Clinic) -> None:
    client = clinic.signed_in("coordinator")
    before = client.cookies["session"]
    sign_in(client, "coordinator")
    assert clinic.client(Cookie=f"session={before}").get("/v1/me").status_code == 401


def test_whoever_has_no_password_is_told_so(clinic: Clinic) -> None:
    text = clinic.client(Authorization=f"Bearer {_key_without_password(clinic)}").get("/account").text
    assert "You sign in without a password of this service." in text
    assert '<form method="post" action="/account' not in text


def _key_without_password(clinic: Clinic) -> str:
    new = accounts.hashed(NewAccount("nobodys", "provider"), "clinic")
    clinic.write(lambda transaction: accounts.add(transaction, "2026-11-24T09:00:00.000000Z", ADMIN, new))
    return clinic.key("nobodys")


def test_the_fields_of_a_password_hide_it_and_are_filled_in_by_a_manager(clinic: Clinic) -> None:
    client = clinic.signed_in("coordinator")
    fields = re.findall(
        r"<input[^>]*password[^>]*>", clinic.client().get("/sign-in").text + client.get("/account").text
    )
    assert len(fields) == 3
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in field


def test_every_page_offers_to_sign_out(clinic: Clinic) -> None:
    world = World(clinic)
    client = clinic.signed_in("coordinator")
    for route in routes(clinic.app):
        sent = world.about(route)
        response = client.request("GET", sent.address) if not route.is_unsafe and route.is_page else None
        is_page = response is not None and "text/html" in response.headers.get("content-type", "")
        if response is not None and is_page and response.status_code == 200 and "sign-in/link" not in sent.address:
            assert 'action="/sign-out"' in response.text or route.path in WITHOUT_HEAD, route


WITHOUT_HEAD = ("/rules/print",)
"""A page to print has no head."""


def test_what_is_stored_of_a_password_is_argon2id(clinic: Clinic) -> None:
    hashed = accounts.hashed(NewAccount("nora", "auditor", NEW), "clinic").password
    assert hashed is not None
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_secret_has_enough_random_bits() -> None:
    secrets = {new_token() for _ in range(1_000)} | {new_key().removeprefix(KEY_PREFIX) for _ in range(1_000)}
    assert len(secrets) == 2_000
    assert {len(urlsafe_b64decode(secret + "=")) for secret in secrets} == {32}
