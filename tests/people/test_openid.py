"""Signing in by OpenID Connect: who gets in, with which role, and out again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from api.actor import Role
from api.people import commands
from api.request import State
from api.storage.tables import accounts, audit
from tests.people.conftest import CALM, PASSWORD, Clinic, running, sign_in
from tests.people.provider import CLIENT_SECRET, ROLES, OpenIDProvider, person, running_provider
from tests.people.test_sign_in import stored_text
from tests.records.conftest import Clock

NAME = "Riverside Login"


@pytest.fixture
def provider() -> Iterator[OpenIDProvider]:
    with running_provider(clock=Clock()) as provider:
        yield provider


@pytest.fixture
def clinic(make_database: Callable[[], str], small_state: State, provider: OpenIDProvider) -> Iterator[Clinic]:
    for clinic in running(make_database(), small_state, **provider.settings, openid_tenant="clinic"):
        provider.clock = clinic.clock
        yield clinic


def come_back(client: Any, provider: OpenIDProvider, next_: str = "") -> Any:
    """Press the button, sign in at the provider, come back."""
    begun = client.get("/sign-in/openid", params={"next": next_}, headers={"Accept": "text/html"})
    assert begun.status_code == 303, begun.text
    return client.get(provider.code_for(begun.headers["location"]), headers={"Accept": "text/html"})


def audited(clinic: Clinic) -> list[tuple[str, str, str]]:
    with clinic.state.records.database.reading() as connection:
        chosen = select(audit.c.actor, audit.c.action, audit.c.details).order_by(audit.c.seq)
        return [(row.actor, row.action, row.details) for row in connection.execute(chosen)]


def logins(clinic: Clinic) -> set[str]:
    with clinic.state.records.database.reading() as connection:
        return set(connection.execute(select(accounts.c.login).where(accounts.c.subject.is_not(None))).scalars())


def fault(response: Any) -> str:
    """What the sign-in page says of why nobody is signed in."""
    return str(response.text.partition("You are not signed in.</strong> ")[2].partition("</p>")[0])


@pytest.mark.parametrize(("group", "role"), ROLES.items())
def test_each_role_signs_in_by_the_provider(clinic: Clinic, provider: OpenIDProvider, group: str, role: Role) -> None:
    provider.person = person("nora", "something-else", group)
    client = clinic.client()
    response = come_back(client, provider, "/rules/sources")
    assert (response.status_code, response.headers["location"]) == (303, "/rules/sources")
    me = client.get("/v1/me").json()
    assert (me["login"], me["role"], me["tenant"]) == ("nora", role, "clinic")
    assert audited(clinic)[-2:] == [
        ("openid", "account-made", f'{{"account":"nora","role":"{role}"}}'),
        ("nora", "signed-in", '{"by":"openid"}'),
    ]
    assert client.post("/v1/assessments", json=CALM).status_code == (201 if "write" in me["may"] else 403)


def test_the_button_leads_to_the_provider_with_all_that_protects_the_way(
    clinic: Clinic, provider: OpenIDProvider
) -> None:
    client = clinic.client()
    page = client.get("/sign-in?next=/rules/sources").text
    assert f'<a class="button" href="/sign-in/openid?next=/rules/sources">Sign in with {NAME}</a>' in page
    begun = client.get("/sign-in/openid?next=/rules/sources")
    address, _, query = begun.headers["location"].partition("?")
    assert address == f"{provider.address}/authorize"
    asked = {name: value for name, (value,) in parse_qs(query).items()}
    assert {name: value for name, value in asked.items() if name not in ("state", "nonce", "code_challenge")} == {
        "response_type": "code", "client_id": "ipt", "scope": "openid profile", "code_challenge_method": "S256",
        "redirect_uri": "http://127.0.0.1/sign-in/openid/return",
    }  # fmt: skip
    secrets = {asked["state"], asked["nonce"], asked["code_challenge"], client.cookies["signing-in"]}
    assert len(secrets) == 4
    assert min(map(len, secrets)) >= 43
    assert not [secret for secret in secrets if secret in stored_text(clinic)]
    assert "HttpOnly" in begun.headers["set-cookie"]
    assert "form-action 'self'" in client.get("/sign-in").headers["content-security-policy"]


def test_the_same_person_has_the_same_account_whatever_they_are_called(
    clinic: Clinic, provider: OpenIDProvider
) -> None:
    come_back(clinic.client(), provider)
    provider.person = person("clara", "ipt-desk") | {"preferred_username": "clara.moved", "email": "new@example.org"}
    client = clinic.client()
    come_back(client, provider)
    assert client.get("/v1/me").json()["login"] == "clara"
    assert logins(clinic) == {"clara"}


def test_nobody_takes_over_an_account_by_its_name_or_address(clinic: Clinic, provider: OpenIDProvider) -> None:
    provider.person = person("Clinician", "ipt-desk") | {"email": "clinician"}  # there is such a local account
    client = clinic.client()
    come_back(client, provider)
    me = client.get("/v1/me").json()
    assert me["login"].startswith("clinician-")
    assert me["role"] == "coordinator"
    provider.person = person("clinician", "ipt-desk") | {"sub": "somebody-else"}
    other = clinic.client()
    come_back(other, provider)
    assert other.get("/v1/me").json()["login"] not in ("clinician", me["login"])


def test_an_account_that_an_administrator_matched_stays_the_persons_own(
    clinic: Clinic, provider: OpenIDProvider
) -> None:
    local = clinic.signed_in("provider")
    address = local.post("/v1/assessments", json=CALM).headers["location"]
    with commands.desk(clinic.state.settings, "clinic") as desk:
        desk.match("provider", f"{provider.address} subject-of-hanna")
    assert local.get("/v1/me").status_code == 401
    assert sign_in(clinic.client(), "provider").status_code == 401
    provider.person = person("hanna", "ipt-practices")
    client = clinic.client()
    come_back(client, provider)
    assert client.get("/v1/me").json()["login"] == "provider"
    assert client.get(address).status_code == 200
    assert ("command-line", "account-changed", '{"account":"provider","changed":["password","subject"]}') in audited(
        clinic
    )


@pytest.mark.parametrize("login", ["local", "Service", "nobody", "command-line", "openid"])
def test_nobody_is_called_as_the_service_itself(clinic: Clinic, provider: OpenIDProvider, login: str) -> None:
    provider.person = person(login, "ipt-desk")
    come_back(clinic.client(), provider)
    (login_here,) = logins(clinic)
    assert login_here.startswith(f"{login.casefold()}-")


@pytest.mark.parametrize("login", ["", "a b", "x\u202ey", "a", "\0\0", "l" * 101, 7, None, ["clara"]])
def test_a_name_that_is_no_login_gives_way_to_one_that_is(clinic: Clinic, provider: OpenIDProvider, login: Any) -> None:
    provider.person = person("nora", "ipt-desk") | {"preferred_username": login}
    client = clinic.client()
    assert come_back(client, provider).status_code == 303
    (login_here,) = logins(clinic)
    assert login_here.startswith("person-") or login_here == "l" * 80
    assert client.get("/v1/me").json()["login"] == login_here


def test_a_role_that_changes_at_the_provider_is_the_role_from_the_next_sign_in_on(
    clinic: Clinic, provider: OpenIDProvider
) -> None:
    first, second = clinic.client(), clinic.client()
    come_back(first, provider)
    provider.person = person("clara", "ipt-audit")
    come_back(second, provider)
    assert second.get("/v1/me").json()["role"] == "auditor"
    assert first.get("/v1/me").status_code == 401
    assert ("openid", "account-changed", '{"account":"clara","changed":["role"]}') in audited(clinic)


def test_of_several_roles_the_first_of_the_setting_counts(clinic: Clinic, provider: OpenIDProvider) -> None:
    provider.person = person("clara", "ipt-audit", "ipt-practices", "ipt-leads")
    client = clinic.client()
    come_back(client, provider)
    assert client.get("/v1/me").json()["role"] == "clinician"


@pytest.mark.parametrize(
    "groups", [[], ["IPT-DESK"], "ipt-desk,ipt-leads", None, {"ipt-desk": True}, [["ipt-desk"]], 7, [None]]
)
def test_whoever_has_no_role_gets_no_account(clinic: Clinic, provider: OpenIDProvider, groups: Any) -> None:
    provider.person = person("clara") | {"groups": groups}
    client = clinic.client()
    refused = come_back(client, provider)
    assert refused.status_code == 403
    assert fault(refused) == (
        f"{NAME} gives you no role in this service, so you have no account. Ask whoever manages {NAME} for a role."
    )
    assert client.get("/v1/me").status_code == 401
    assert logins(clinic) == set()
    assert audited(clinic)[-1] == ("nobody", "sign-in-failed", '{"by":"openid","why":"no-role"}')


def test_a_role_in_one_text_counts_as_well(clinic: Clinic, provider: OpenIDProvider) -> None:
    provider.person = person("clara") | {"groups": "ipt-leads"}
    client = clinic.client()
    come_back(client, provider)
    assert client.get("/v1/me").json()["role"] == "clinician"


def test_a_role_that_is_taken_away_shuts_out_and_ends_what_is_open(clinic: Clinic, provider: OpenIDProvider) -> None:
    first = clinic.client()
    come_back(first, provider)
    provider.person = person("clara")
    assert come_back(clinic.client(), provider).status_code == 403
    assert first.get("/v1/me").status_code == 401
    assert audited(clinic)[-1] == (
        "nobody", "sign-in-failed", '{"account":"clara","by":"openid","why":"no-role"}',
    )  # fmt: skip


def test_an_account_that_is_disabled_here_stays_out(clinic: Clinic, provider: OpenIDProvider) -> None:
    client = clinic.client()
    come_back(client, provider)
    admin = clinic.signed_in("admin")
    assert admin.patch(f"/v1/accounts/{clinic.ids['clara']}", json={"disabled": True}).status_code == 200
    assert client.get("/v1/me").status_code == 401
    provider.person = person("clara", "ipt-leads")
    refused = come_back(client, provider)
    assert (refused.status_code, fault(refused)) == (
        403, "Your account in this service is disabled. Ask an administrator of this service.",
    )  # fmt: skip
    assert client.get("/v1/me").status_code == 401
    (account,) = [one for one in admin.get("/v1/accounts").json()["accounts"] if one["login"] == "clara"]
    assert (account["role"], account["disabled"], account["has_openid"]) == ("coordinator", True, True)


def test_an_account_of_the_provider_is_given_no_password(clinic: Clinic, provider: OpenIDProvider) -> None:
    come_back(clinic.client(), provider)
    admin = clinic.signed_in("admin")
    refused = admin.patch(f"/v1/accounts/{clinic.ids['clara']}", json={"password": "a long new password"})
    assert (refused.status_code, refused.json()["detail"]) == (
        422, "/password: This account signs in by OpenID Connect: its password is kept by the provider.",
    )  # fmt: skip


def test_signing_out_ends_the_session_and_leads_by_the_provider(clinic: Clinic, provider: OpenIDProvider) -> None:
    client = clinic.client()
    come_back(client, provider)
    session = client.cookies["session"]
    left = client.post("/sign-out")
    assert (left.status_code, left.headers["location"]) == (303, "/sign-in/openid/sign-out")
    assert clinic.client(Cookie=f"session={session}").get("/v1/me").status_code == 401
    page = client.get(left.headers["location"]).text
    end = f"{provider.address}/end?client_id=ipt&amp;post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%2Fsign-in"
    assert f'<meta http-equiv="refresh" content="0; url={end}">' in page
    assert f"<p>You are signed out here. {NAME} is asked to sign you out as well.</p>" in page
    assert f'<a class="button" href="{end}">Go on to {NAME}</a>' in page
    assert audited(clinic)[-1][:2] == ("clara", "signed-out")


def test_whoever_signed_in_with_a_password_signs_out_here_alone(clinic: Clinic) -> None:
    assert clinic.signed_in("coordinator").post("/sign-out").headers["location"] == "/sign-in"


@pytest.mark.parametrize("is_down", [True, False])
def test_where_the_provider_signs_nobody_out_the_page_says_so(
    clinic: Clinic, provider: OpenIDProvider, is_down: bool
) -> None:
    if is_down:
        provider.answers["/.well-known/openid-configuration"] = 503, b""
    else:
        provider.described = {"end_session_endpoint": None}
    response = clinic.client().get("/sign-in/openid/sign-out")
    assert response.status_code == 200
    assert f"You are signed out here, but {NAME} may still know you in this browser." in response.text
    assert "On a shared computer, sign out there as well." in response.text
    assert "http-equiv" not in response.text


def test_passwords_can_be_turned_off(
    make_database: Callable[[], str], small_state: State, provider: OpenIDProvider
) -> None:
    for clinic in running(make_database(), small_state, **provider.settings, password_sign_in=False):
        client = clinic.client()
        assert 'name="password"' not in client.get("/sign-in").text
        refused = sign_in(client, "coordinator")
        assert (refused.status_code, fault(refused)) == (
            403, f"No password of this service is used. Sign in with {NAME}.",
        )  # fmt: skip
        assert client.get("/v1/me").status_code == 401
        assert come_back(client, provider).status_code == 303
        assert client.get("/v1/me").json()["login"] == "clara"


def test_without_a_provider_there_is_no_button_and_no_way(make_database: Callable[[], str], small_state: State) -> None:
    for clinic in running(make_database(), small_state):
        client = clinic.client()
        assert "/sign-in/openid" not in client.get("/sign-in").text
        for path in ("/sign-in/openid", "/sign-in/openid/return", "/sign-in/openid/sign-out"):
            assert client.get(path).status_code == 404


def test_by_https_every_address_is_the_public_one(
    make_database: Callable[[], str], small_state: State, provider: OpenIDProvider
) -> None:
    own = "https://triage.example.org"
    for clinic in running(make_database(), small_state, **provider.settings, public_url=own):
        provider.clock = clinic.clock
        client = clinic.client(own)
        begun = client.get("/sign-in/openid")
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["redirect_uri"] == [f"{own}/sign-in/openid/return"]
        assert begun.headers["set-cookie"].startswith("__Host-signing-in=")
        assert "Secure" in begun.headers["set-cookie"]
        ended = client.get(provider.code_for(begun.headers["location"]))
        assert ended.headers["location"] == "/worklist"
        assert client.get("/v1/me").json()["login"] == "clara"
        for host in ("elsewhere.example", "127.0.0.1"):
            assert client.get("/sign-in/openid", headers={"Host": host}).status_code == 421


def test_no_token_code_or_secret_is_stored_or_logged(
    clinic: Clinic, provider: OpenIDProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = clinic.client()
    come_back(client, provider)
    provider.forge = lambda claims: provider.sign(claims | {"nonce": "another"})
    come_back(client, provider)
    provider.forge = None
    again = provider.code_for(client.get("/sign-in/openid").headers["location"])
    provider._codes.clear()
    assert client.get(again).status_code == 403
    secrets = [*provider.given, CLIENT_SECRET, "planted words of the provider", client.cookies["session"], PASSWORD]
    assert len(secrets) > 10
    logged = [line.getMessage() for line in caplog.records if "GET http://127.0.0.1/" not in line.getMessage()]
    assert any("sign-in by OpenID Connect failed: untrusted" in line for line in logged), "the test's own client is out"
    texts = "\n".join([stored_text(clinic), *logged])
    assert not [secret for secret in secrets if secret in texts]
    assert "clara@riverside.example" not in texts


def test_the_secret_may_stand_in_a_file_and_is_read_anew(
    make_database: Callable[[], str], small_state: State, provider: OpenIDProvider, tmp_path: Any
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{CLIENT_SECRET}\n")
    chosen = provider.settings | {"openid_client_secret_file": file}
    for clinic in running(make_database(), small_state, **chosen):
        provider.clock = clinic.clock
        assert come_back(clinic.client(), provider).status_code == 303
        file.write_text("rotated")
        assert come_back(clinic.client(), provider).status_code == 502
        file.unlink()
        assert clinic.client().get("/sign-in/openid").status_code == 502
