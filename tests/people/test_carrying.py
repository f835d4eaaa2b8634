"""A form that is sent after the session ended: carried through the sign-in, and shown to the same account alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.people.conftest import Clinic, sign_in

AT = "https://triage.example.org"
FORM = {"reference": "CALL-7", "lean": "slight", "said_by.lean": "", "hazards": "power_line"}


def _client(public: Clinic) -> TestClient:
    client = public.client(AT, Accept="text/html")
    assert sign_in(client, "coordinator").status_code == 303
    return client


def _ended(public: Clinic) -> tuple[TestClient, Any]:
    """A client whose session ended in the midst of a form, and what it got when the form was sent."""
    client = _client(public)
    public.clock.forward(hours=3)
    return client, client.post("/assess", data=FORM)


def _sealed(response: Any) -> str:
    field = re.search(r'name="sealed" value="([^"]+)"', response.text)
    assert field is not None
    return field[1]


def test_what_was_sent_goes_on_after_the_same_account_signed_in(public: Clinic) -> None:
    client, ended = _ended(public)
    assert ended.status_code == 401
    assert "Sign in again: nothing is lost" in ended.text
    sealed = _sealed(ended)
    again = client.post("/go-on", data={"sealed": sealed})  # too soon: nobody signed in yet
    assert (again.status_code, _sealed(again)) == (401, sealed)
    assert sign_in(client, "coordinator").status_code == 303
    form = client.post("/go-on", data={"sealed": sealed})
    assert form.status_code == 200
    assert 'value="CALL-7"' in form.text
    assert re.search(r'id="lean-slight"[^>]* checked', form.text)
    assert re.search(r'id="hazards-power_line"[^>]* checked', form.text)


def test_two_forms_of_two_tabs_both_go_on(public: Clinic) -> None:
    client, first = _ended(public)
    second = client.post("/assess", data=FORM | {"reference": "CALL-8"})
    sign_in(client, "coordinator")
    for ended, reference in ((first, "CALL-7"), (second, "CALL-8")):
        assert f'value="{reference}"' in client.post("/go-on", data={"sealed": _sealed(ended)}).text


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("/assessments/{id}/status", {"revision": "1", "status": "trying", "owner": "Ada"}, ("Trying to reach", "Ada")),
        ("/assessments/{id}/attempts", {"outcome": "no_answer"}, ("No answer",)),
    ],
    ids=["status", "attempt"],
)
def test_a_short_form_is_shown_to_be_sent_after_the_sign_in(
    path: str, fields: dict[str, str], words: tuple[str, ...], public: Clinic
) -> None:
    client = _client(public)
    record = client.post("/assess", data=FORM, follow_redirects=False).headers["Location"].rpartition("/")[2]
    public.clock.forward(hours=3)
    ended = client.post(path.format(id=record), data=fields)
    assert ended.status_code == 401
    assert sign_in(client, "coordinator").status_code == 303
    shown = client.post("/go-on", data={"sealed": _sealed(ended)})
    assert shown.status_code == 200
    assert "so that nothing was kept" in shown.text
    action = re.search(r'<form method="post" action="(/assessments/[^"]+)">', shown.text)
    assert action is not None
    assert re.findall(r"<dd[^>]*>(.*?)</dd>", shown.text) == [*words]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown.text))
    assert hidden == fields
    kept = client.post(action[1], data=hidden, follow_redirects=True)
    assert kept.status_code == 200
    for word in words:
        assert word in kept.text


def test_a_comment_on_a_rule_is_held_too(public: Clinic) -> None:
    client = public.client(AT, Accept="text/html")
    sign_in(client, "clinician")
    public.clock.forward(hours=3)
    fields = {"verdict": "object", "signed_as": "Dr Otto Berg", "comment": "Not in\nwinter.", "version": "old"}
    ended = client.post("/rules/problems/dangers/sign-off", data=fields)
    sign_in(client, "clinician")
    shown = client.post("/go-on", data={"sealed": _sealed(ended)}).text
    assert re.findall(r"<dd[^>]*>(.*?)</dd>", shown, re.DOTALL) == ["I object", "Dr Otto Berg", "Not in\nwinter."]
    assert '<a href="/rules/problems/dangers">Leave it</a>' in shown


def test_another_account_is_shown_nothing_of_it(public: Clinic) -> None:
    client, ended = _ended(public)
    assert "CALL-7" not in ended.text
    assert "power_line" not in ended.text
    sealed = _sealed(ended)
    sign_in(client, "clinician")
    other = client.post("/go-on", data={"sealed": sealed})
    assert other.status_code == 403
    assert "These answers are somebody else's" in other.text
    assert "CALL-7" not in other.text
    sign_in(client, "coordinator")
    assert client.post("/go-on", data={"sealed": sealed}).status_code == 422  # and they are gone


@pytest.mark.parametrize("sealed", ["", "nothing", "gAAAAAB" + "A" * 200, "\x00é"])
def test_what_is_not_sealed_by_the_service_is_refused(public: Clinic, sealed: str) -> None:
    client = _client(public)
    client.cookies.set("__Host-form", "A" * 43 + "=")
    response = client.post("/go-on", data={"sealed": sealed})
    assert response.status_code == 422
    assert "These answers can't be opened any more: enter them anew." in response.text.replace("&#39;", "'")


def test_an_emergency_is_named_before_the_sign_in(public: Clinic) -> None:
    client = _client(public)
    public.clock.forward(hours=3)
    response = client.post("/assess", data=FORM | {"lean": "falling", "age": "abc"})
    assert response.text.index("Urgency: At once") < response.text.index("<h1>Sign in again")


def test_where_nobody_is_known_nothing_is_held(public: Clinic) -> None:
    response = public.client(AT, Accept="text/html").post("/assess", data=FORM | {"lean": "falling"})
    assert response.status_code == 401
    assert "neither answered nor kept" in response.text
    assert "sealed" not in response.text
    assert "Urgency" not in response.text
    assert "__Host-form" not in response.headers.get("set-cookie", "")
