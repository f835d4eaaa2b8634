"""Who may do what: roles, keys, other clinics, and requests that come from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.actor import Actor, Role
from api.records.rerating import stale_page
from api.records.times import stored
from api.records.webhooks import EVENT
from api.storage.tables import deliveries, records
from tests.people.conftest import CALM, Clinic, sign_in

ROLES: tuple[Role, ...] = ("coordinator", "clinician", "provider", "auditor", "admin")


@pytest.mark.parametrize(
    ("role", "reads", "changes", "manages"),
    [
        ("coordinator", 200, 201, 403), ("clinician", 200, 201, 403), ("provider", 200, 201, 403),
        ("auditor", 200, 403, 403), ("admin", 403, 403, 200),
    ],
)  # fmt: skip
def test_each_role_may_do_its_own(clinic: Clinic, role: Role, reads: int, changes: int, manages: int) -> None:
    for client in (clinic.signed_in(role), clinic.with_key(role)):
        assert client.get("/v1/assessments").status_code == reads
        assert client.post("/v1/assessments", json=CALM).status_code == changes
        assert client.get("/v1/accounts").status_code == manages
        assert client.get("/v1/me").json()["role"] == role


def test_a_referrer_sees_no_record_of_another(clinic: Clinic) -> None:
    clinic.add("other-practice", "provider")
    address = clinic.with_key("provider").post("/v1/assessments", json=CALM).headers["location"]
    other = clinic.with_key("other-practice")
    assert other.get(address).status_code == 404
    assert other.get("/v1/assessments").json()["items"] == []
    assert clinic.with_key("provider").get(address).status_code == 200


def test_a_clinic_sees_no_record_and_no_account_of_another(clinic: Clinic) -> None:
    clinic.add("elsewhere", "clinician", "other-clinic")
    clinic.add("elsewhere-admin", "admin", "other-clinic")
    address = clinic.signed_in("clinician").post("/v1/assessments", json=CALM).headers["location"]
    assert clinic.signed_in("elsewhere").get(address).status_code == 404
    admin = clinic.signed_in("elsewhere-admin")
    assert [account["login"] for account in admin.get("/v1/accounts").json()["accounts"]] == [
        "elsewhere", "elsewhere-admin",
    ]  # fmt: skip
    assert admin.patch(f"/v1/accounts/{clinic.ids['clinician']}", json={"disabled": True}).status_code == 404
    assert admin.post(f"/v1/accounts/{clinic.ids['clinician']}/keys", json={"name": "x"}).status_code == 404


def test_a_key_that_expired_was_revoked_or_is_made_up_lets_nobody_in(clinic: Clinic) -> None:
    admin = clinic.signed_in("admin")
    given = admin.post(f"/v1/accounts/{clinic.ids['provider']}/keys", json={"name": "practice", "days": 1}).json()
    client = clinic.client(Authorization=f"Bearer {given['secret']}")
    assert client.get("/v1/me").json()["login"] == "provider"
    rotated = admin.post(f"/v1/keys/{given['key']['id']}/rotate").json()
    assert client.get("/v1/me").status_code == 401  # stolen and replaced
    new = clinic.client(Authorization=f"Bearer {rotated['secret']}")
    assert new.get("/v1/me").status_code == 200
    clinic.clock.forward(days=1, seconds=1)
    expired = new.get("/v1/me")
    assert (expired.status_code, expired.headers["www-authenticate"]) == (401, "Bearer")
    assert expired.json()["detail"] == (
        "The API key is not known, has expired or was revoked. Ask an administrator for a new one."
    )
    for header in ("Bearer ipt_made-up", "Bearer", "Basic Y2xhcmE6eA==", "Bearer " + "x" * 5000):
        assert clinic.client(Authorization=header).get("/v1/me").status_code == 401


def test_a_key_is_revoked_once_and_says_when_it_was_used(clinic: Clinic) -> None:
    admin = clinic.signed_in("admin")
    account = clinic.ids["provider"]
    given = admin.post(f"/v1/accounts/{account}/keys", json={"name": "practice"}).json()
    clinic.client(Authorization=f"Bearer {given['secret']}").get("/v1/me")
    assert admin.delete(f"/v1/keys/{given['key']['id']}").status_code == 204
    assert admin.delete(f"/v1/keys/{given['key']['id']}").json()["detail"] == "This key is revoked already."
    (key,) = admin.get(f"/v1/accounts/{account}/keys").json()["keys"]
    assert (key["last_used_at"], key["revoked_at"]) == ("2026-11-24T09:00:00.000000Z",) * 2
    assert "secret" not in key


def test_a_key_does_no_more_than_its_scopes(clinic: Clinic) -> None:
    reader = clinic.with_key("coordinator", "read")
    assert reader.get("/v1/assessments").status_code == 200
    refused = reader.post("/v1/assessments", json=CALM)
    assert (refused.status_code, refused.json()["detail"]) == (
        403, "This API key may not write: its scopes are `read`.",
    )  # fmt: skip


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "auditor"}, {"password": "another long password"}])
def test_whoever_is_changed_while_signed_in_is_signed_out(clinic: Clinic, change: dict[str, Any]) -> None:
    client = clinic.signed_in("coordinator")
    key = clinic.with_key("coordinator")
    changed = clinic.signed_in("admin").patch(f"/v1/accounts/{clinic.ids['coordinator']}", json=change)
    assert changed.status_code == 200
    assert client.get("/v1/me").status_code == 401
    assert key.get("/v1/me").status_code == (401 if "disabled" in change else 200)


def test_no_admin_shuts_themselves_out(clinic: Clinic) -> None:
    admin = clinic.signed_in("admin")
    for change in ({"disabled": True}, {"role": "coordinator"}):
        refused = admin.patch(f"/v1/accounts/{clinic.ids['admin']}", json=change)
        assert refused.json()["detail"] == ("Nobody disables their own account or changes its role. Ask another admin.")


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "coordinator", "role": "auditor"}, {"login": "a b", "role": "auditor"},
        {"login": "new", "role": "owner"}, {"login": "new", "role": "auditor", "password": "short"},
        {"login": "new", "role": "auditor", "more": 1}, [], {"login": "x\0y", "role": "auditor"},
    ],
)  # fmt: skip
def test_a_faulty_account_is_refused_with_its_place(clinic: Clinic, wrong: Any) -> None:
    refused = clinic.signed_in("admin").post("/v1/accounts", json=wrong)
    assert refused.status_code == 422
    assert refused.json()["errors"]


def test_an_account_is_made_and_signs_in(clinic: Clinic) -> None:
    new = {"login": "Nora", "role": "coordinator", "password": "a long new password"}
    response = clinic.signed_in("admin").post("/v1/accounts", json=new)
    assert (response.status_code, response.json()["login"], response.json()["tenant"]) == (201, "nora", "clinic")
    assert sign_in(clinic.client(), "nora", "a long new password").status_code == 303


class TestOnThisMachine:
    def test_what_answers_without_records_is_open(self, clinic: Clinic) -> None:
        client = clinic.client()
        assert client.post("/v1/evaluate", json=CALM).status_code == 200
        assert client.post("/v1/explain", json=CALM).status_code == 200
        assert {client.get(path).status_code for path in ("/v1/rules", "/healthz", "/readyz", "/rules", "/")} == {200}

    def test_records_are_not(self, clinic: Clinic) -> None:
        refused = clinic.client().get("/v1/assessments")
        assert (refused.status_code, refused.json()["detail"]) == (
            401, "Sign in, or send an API key: `Authorization: Bearer …`.",
        )  # fmt: skip

    @pytest.mark.parametrize("address", ["http://192.0.2.7:8000", "http://[2001:db8::1]"])
    def test_a_connection_from_elsewhere_is_not_served(self, clinic: Clinic, address: str) -> None:
        refused = clinic.client(address).get("/v1/rules")
        assert (refused.status_code, refused.json()["detail"]) == (
            403, "The service can be reached by others and has no TRIAGE_PUBLIC_URL, so it answers this machine only.",
        )  # fmt: skip


class TestWhereOthersReachIt:
    OWN = "https://triage.example.org"

    @pytest.mark.parametrize("path", ["/v1/rules", "/v1/assessments", "/v1/vocabulary", "/openapi.json", "/cohort"])
    def test_everything_needs_a_sign_in(self, public: Clinic, path: str) -> None:
        assert public.client(self.OWN).get(path).status_code == 401

    @pytest.mark.parametrize("path", ["/v1/evaluate", "/v1/explain"])
    def test_answers_need_one_too(self, public: Clinic, path: str) -> None:
        assert public.client(self.OWN).post(path, json=CALM).status_code == 401
        key = public.key("provider")
        assert public.client(self.OWN, Authorization=f"Bearer {key}").post(path, json=CALM).status_code == 200

    def test_a_browser_is_sent_to_sign_in_and_then_back(self, public: Clinic) -> None:
        client = public.client(self.OWN, Accept="text/html")
        sent = client.get("/rules/sources")
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Frules%2Fsources")
        assert 'value="/rules/sources"' in client.get(sent.headers["location"]).text
        assert sign_in(client, "coordinator", next_="/rules/sources").headers["location"] == "/rules/sources"
        assert client.get("/rules/sources").status_code == 200

    def test_a_table_is_taken_from_who_signed_in_and_shown_to_no_other(self, public: Clinic) -> None:
        table = {"table": ("list.csv", b"lean\nnone\n")}
        assert public.client(self.OWN).post("/cohort", files=table).status_code == 401
        sender, other = (
            public.client(self.OWN, Authorization=f"Bearer {public.key(role)}") for role in ("coordinator", "clinician")
        )
        address = sender.post("/cohort", files=table).headers["location"]
        assert sender.get(address).status_code == 200
        assert public.client(self.OWN).get(address).status_code == 401
        for client, status in ((other, 404), (sender, 303)):
            assert client.get(f"{address}/refused.csv").status_code == 404
            assert client.post(f"{address}/forget").status_code == status
        assert other.get(address).status_code == 404

    @pytest.mark.parametrize("path", ["/healthz", "/readyz", "/sign-in", "/static/form.js"])
    def test_its_health_and_the_sign_in_page_do_not(self, public: Clinic, path: str) -> None:
        response = public.client(self.OWN).get(path)
        assert response.status_code == 200
        assert response.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"

    @pytest.mark.parametrize("host", ["elsewhere.example", "triage.example.org.elsewhere.example", "127.0.0.1"])
    def test_another_name_is_not_this_service(self, public: Clinic, host: str) -> None:
        refused = public.client(self.OWN, Host=host).get("/v1/rules")
        assert (refused.status_code, refused.json()["detail"]) == (421, f"This service is at {self.OWN}.")


FORMS = ["/sign-in", "/sign-out", "/", "/assess", "/panel", "/v1/evaluate", "/v1/assessments", "/v1/accounts"]
FORMS += ["/cohort", "/cohort/key/forget", "/cohort/key/keep", "/cohort/kept/key/delete"]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
    ],
)  # fmt: skip
def test_no_form_is_sent_from_another_site(clinic: Clinic, path: str, headers: dict[str, str]) -> None:
    client: TestClient = clinic.client()
    refused = client.post(path, data={"login": "coordinator"}, headers=headers)
    assert (refused.status_code, refused.json()["title"]) == (403, "Sent from another site")


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}]
)
def test_a_form_of_its_own_pages_is_taken(clinic: Clinic, headers: dict[str, str]) -> None:
    assert sign_in(clinic.client(), "coordinator", **headers).status_code == 303


def test_an_empty_role_is_refused_as_any_other_wrong_one(clinic: Clinic) -> None:
    response = clinic.with_key("admin").post("/v1/accounts", json={"login": "someone", "role": ""})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/role"


def test_a_provider_sees_nothing_of_another_in_any_list(clinic: Clinic) -> None:
    """Of records answered by older rules, calls for overdue records, agreement and the dashboard, only their own."""
    id_ = clinic.with_key("coordinator").post("/v1/assessments", json=CALM).json()["id"]
    decided = clinic.with_key("clinician").post(
        f"/v1/assessments/{id_}/decision", json={"decision": "agree"}, headers={"If-Match": '"1"'}
    )
    assert decided.status_code == 200, decided.text
    at = stored(clinic.clock())
    call = {"record_id": id_, "event": EVENT, "due_at": at, "body": "", "attempts": 1, "next_at": at, "dead_at": at}
    with clinic.state.records.database.writing() as connection:
        connection.execute(records.update().values(ruleset_digest="older"))
        connection.execute(deliveries.insert().values(id="one", **call))
    for login, seen in (("coordinator", 1), ("provider", 0)):
        client = clinic.with_key(login)
        actor = Actor(clinic.ids[login], client.get("/v1/me").json()["role"], "clinic")
        with clinic.state.records.database.reading() as connection:
            assert len(stale_page(clinic.state.records, actor, None)(connection)) == seen
        assert len(client.get("/v1/webhook-deliveries").json()["items"]) == seen
        assert client.get("/v1/agreement").json()["decisions"] == seen
        dashboard = client.get("/dashboard").text
        assert ("No clinician has decided on an answer yet." in dashboard) is (seen == 0)
        assert dashboard.count('<td data-name="Routine">1</td>') == seen
