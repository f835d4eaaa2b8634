"""What is tried on sign-in by OpenID Connect, and a provider that is down, slow, or not what it should be."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from joserfc.jws import JWSRegistry

from api.people.openid import attempts
from api.people.openid import provider as provider_module
from tests.people.conftest import Clinic, sign_in
from tests.people.provider import OpenIDProvider, made_once, person
from tests.people.test_openid import NAME, audited, come_back, fault, logins
from tests.people.test_openid import clinic as clinic
from tests.people.test_openid import provider as provider

STALE = "This sign-in was not begun in this browser, took longer than 10 minutes, or was used already. Begin again."
UNTRUSTED = f"What {NAME} sent does not prove who you are. Begin again; if it happens again, tell an administrator."
DECLINED = f"{NAME} signed nobody in. Begin again, or ask whoever manages {NAME}."
DOWN = f"{NAME} does not answer. Try again in a minute."
FAULTY = f"{NAME} and this service do not fit together. Tell an administrator: the log of this service says why."


def refused(clinic: Clinic, client: Any, response: Any, status: int, text: str, why: str | None) -> None:
    """Nobody is signed in, the page says why, and so does the audit."""
    assert (response.status_code, fault(response)) == (status, text)
    assert client.get("/v1/me").status_code == 401
    assert logins(clinic) == set()
    entry = json.dumps({"by": "openid", "why": why}, separators=(",", ":"))
    last = [entry for entry in audited(clinic) if entry[1] == "sign-in-failed"]
    assert last == ([] if why is None else [("nobody", "sign-in-failed", entry)])


def begun(client: Any, provider: OpenIDProvider) -> str:
    """The address that the provider sends the browser back to."""
    return provider.code_for(client.get("/sign-in/openid").headers["location"])


def changed(address: str, **parameters: str | None) -> str:
    """An address with other parameters."""
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query)), **parameters}
    return urlunsplit(parts._replace(query=urlencode({name: value for name, value in query.items() if value})))


@pytest.mark.parametrize("state", ["another", "", None, "ü"])
def test_another_state_signs_nobody_in(clinic: Clinic, provider: OpenIDProvider, state: str | None) -> None:
    client = clinic.client()
    back = begun(client, provider)
    refused(clinic, client, client.get(changed(back, state=state)), 400, STALE, "stale: another state")
    assert client.get(back).status_code == 400, "one try is all"


def test_a_sign_in_is_ended_in_the_browser_that_began_it(clinic: Clinic, provider: OpenIDProvider) -> None:
    """Nobody is signed in as the attacker by following the attacker's address."""
    back = begun(clinic.client(), provider)
    victim = clinic.client()
    refused(clinic, victim, victim.get(back), 400, STALE, None)
    begun(victim, provider)
    refused(clinic, victim, victim.get(back), 400, STALE, "stale: another state")


def test_an_address_is_of_use_once(clinic: Clinic, provider: OpenIDProvider) -> None:
    client = clinic.client()
    back = begun(client, provider)
    held = client.cookies["signing-in"]
    assert client.get(back).status_code == 303
    assert "signing-in" not in client.cookies
    thief = clinic.client(Cookie=f"signing-in={held}")
    again = thief.get(back)
    assert (again.status_code, fault(again)) == (400, STALE)
    assert thief.get("/v1/me").status_code == 401
    assert audited(clinic)[-1][2] == '{"by":"openid","why":"stale: used or too late"}'


def test_a_code_that_was_used_elsewhere_signs_nobody_in(clinic: Clinic, provider: OpenIDProvider) -> None:
    """A stolen code is of no use with another sign-in's state: the provider wants the proof of who began it (PKCE)."""
    stolen = dict(parse_qsl(urlsplit(begun(clinic.client(), provider)).query))["code"]
    thief = clinic.client()
    back = changed(begun(thief, provider), code=stolen)
    refused(clinic, thief, thief.get(back), 403, DECLINED, "declined: invalid_grant")


def test_a_sign_in_that_takes_too_long_is_begun_again(clinic: Clinic, provider: OpenIDProvider) -> None:
    client = clinic.client()
    back = begun(client, provider)
    clinic.clock.forward(seconds=attempts.LASTS.total_seconds())
    refused(clinic, client, client.get(back), 400, STALE, "stale: used or too late")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "invalid_claim nonce"),
        ({"nonce": None}, "invalid_claim nonce"),
        ({"aud": "another-service"}, "invalid_claim aud"),
        ({"aud": ["another-service"]}, "invalid_claim aud"),
        ({"aud": ["another-service", "ipt"]}, "missing_claim azp"),
        ({"aud": ["another-service", "ipt"], "azp": "another-service"}, "invalid_claim azp"),
        ({"iss": "https://elsewhere.example"}, "invalid_claim iss"),
        ({"iss": ""}, "invalid_claim iss"),
        ({"exp": 1_700_000_000}, "expired_token exp"),
        ({"exp": "never"}, "invalid_claim exp"),
        ({"exp": float("inf")}, "invalid_claim exp"),
        ({"iat": 4_000_000_000}, "invalid_claim iat"),
        ({"nbf": 4_000_000_000}, "invalid_claim nbf"),
        ({"at_hash": "of-another-token"}, "invalid_claim at_hash"),
        ({"sub": ""}, "invalid_claim sub"),
        ({"sub": "a\0b"}, "invalid_claim sub"),
        ({"sub": "s" * 256}, "invalid_claim sub"),
        ({"sub": ["clara"]}, "invalid_claim sub"),
    ],
)  # fmt: skip
def test_an_id_token_that_says_something_else_is_not_believed(
    clinic: Clinic, provider: OpenIDProvider, claims: dict[str, Any], why: str
) -> None:
    provider.forge = lambda honest: provider.sign(honest | claims)
    client = clinic.client()
    refused(clinic, client, come_back(client, provider), 401, UNTRUSTED, f"untrusted: {why}")


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "nonce"])
def test_an_id_token_that_leaves_something_out_is_not_believed(
    clinic: Clinic, provider: OpenIDProvider, claim: str
) -> None:
    provider.forge = lambda honest: provider.sign({name: value for name, value in honest.items() if name != claim})
    client = clinic.client()
    refused(clinic, client, come_back(client, provider), 401, UNTRUSTED, f"untrusted: missing_claim {claim}")


def _without_signature(provider: OpenIDProvider, claims: dict[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def _by_another_key(provider: OpenIDProvider, claims: dict[str, Any]) -> str:
    return provider.sign(claims, made_once("another"))


def _by_the_public_key(provider: OpenIDProvider, claims: dict[str, Any]) -> str:
    """Signed by HS256, with the provider's public key as the secret that both know."""
    header = {"alg": "HS256", "kid": "first"}
    secret = OctKey.import_key(json.dumps(provider.key.as_dict(private=False)))
    return jwt.encode(header, claims, secret, registry=JWSRegistry(algorithms=["HS256"]))


def _by_the_client_secret(provider: OpenIDProvider, claims: dict[str, Any]) -> str:
    secret = OctKey.import_key(provider.settings["openid_client_secret"].get_secret_value())
    return jwt.encode({"alg": "HS256"}, claims, secret, registry=JWSRegistry(algorithms=["HS256"]))


def _by_a_key_that_it_names_itself(provider: OpenIDProvider, claims: dict[str, Any]) -> str:
    return provider.sign(claims, made_once("another"), jku="https://elsewhere.example/keys")


def _with_other_claims(provider: OpenIDProvider, claims: dict[str, Any]) -> str:
    """The signature of one token under the claims of another."""
    own, other = provider.sign(claims).split("."), provider.sign(claims | {"groups": ["ipt-leads"]}).split(".")
    return ".".join((own[0], other[1], own[2]))


@pytest.mark.parametrize(
    ("forge", "why"),
    [
        (_without_signature, "unsupported_algorithm"),
        (_by_another_key, "bad_signature"),
        (_by_the_public_key, "unsupported_algorithm"),
        (_by_the_client_secret, "unsupported_algorithm"),
        (_by_a_key_that_it_names_itself, "bad_signature"),
        (_with_other_claims, "bad_signature"),
        (lambda provider, claims: provider.sign(claims, kid="unknown"), "invalid_key_id"),
        (lambda *_: "no.token.at-all", "decode_error"),
        (lambda *_: "", "decode_error"),
        (lambda provider, claims: provider.sign(claims).rpartition(".")[0] + ".", "bad_signature"),
    ],
)  # fmt: skip
def test_an_id_token_that_the_provider_did_not_sign_is_not_believed(
    clinic: Clinic, provider: OpenIDProvider, forge: Callable[[OpenIDProvider, dict[str, Any]], str], why: str
) -> None:
    provider.forge = lambda claims: forge(provider, claims)
    client = clinic.client()
    refused(clinic, client, come_back(client, provider), 401, UNTRUSTED, f"untrusted: {why}")


def test_the_answer_of_another_provider_is_not_taken(clinic: Clinic, provider: OpenIDProvider) -> None:
    client = clinic.client()
    back = changed(begun(client, provider), iss="https://elsewhere.example")
    refused(clinic, client, client.get(back), 401, UNTRUSTED, "untrusted: another issuer came back")
    assert "POST /token" not in provider.asked


@pytest.mark.parametrize(
    ("error", "status", "text", "why"),
    [
        ("access_denied", 403, DECLINED, "declined: access_denied"),
        ("temporarily_unavailable", 503, DOWN, "down: temporarily_unavailable"),
        ("invalid_scope", 502, FAULTY, "faulty: the provider answered with invalid_scope"),
        ("<script>planted</script>", 502, FAULTY, "faulty: the provider answered with another error"),
    ],
)
def test_a_provider_that_says_no_is_quoted_by_nothing_but_what_is_known(
    clinic: Clinic, provider: OpenIDProvider, error: str, status: int, text: str, why: str
) -> None:
    client = clinic.client()
    back = changed(begun(client, provider), code=None, error=error, error_description="planted")
    response = client.get(back)
    refused(clinic, client, response, status, text, why)
    assert "planted" not in response.text


def test_an_address_without_a_code_signs_nobody_in(clinic: Clinic, provider: OpenIDProvider) -> None:
    client = clinic.client()
    back = changed(begun(client, provider), code=None)
    why = "faulty: the provider answered with another error"
    refused(clinic, client, client.get(back), 502, FAULTY, why)


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/rules/sources", "/rules/sources"), ("//elsewhere.example", "/worklist"), ("/\\elsewhere", "/worklist"),
        ("https://elsewhere.example", "/worklist"), ("/a\nSet-Cookie: x=1", "/worklist"), ("javascript:1", "/worklist"),
        ("/" + "a" * 2_000, "/worklist"), ("", "/worklist"),
    ],
)  # fmt: skip
def test_sign_in_leads_nowhere_but_to_this_service(
    clinic: Clinic, provider: OpenIDProvider, address: str, leads_to: str
) -> None:
    response = come_back(clinic.client(), provider, address)
    assert (response.status_code, response.headers["location"]) == (303, leads_to)


def test_where_it_leads_is_not_taken_from_who_comes_back(clinic: Clinic, provider: OpenIDProvider) -> None:
    client = clinic.client()
    back = f"{begun(client, provider)}&next=/rules/claims"
    assert client.get(back).headers["location"] == "/worklist"


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost", "127.0.0.1:80", "127.0.0.1@elsewhere.example"])
def test_a_spoofed_host_is_in_no_address(clinic: Clinic, provider: OpenIDProvider, host: str) -> None:
    """A browser under another name is led to the service's own first, since its cookie would not come back."""
    response = clinic.client().get("/sign-in/openid?next=/rules", headers={"Host": host})
    assert (response.status_code, response.headers["location"]) == (303, "http://127.0.0.1/sign-in/openid?next=/rules")
    assert provider.asked == []
    page = clinic.client().get("/sign-in/openid/sign-out", headers={"Host": host}).text
    assert "elsewhere" not in page


def test_a_session_that_was_there_before_is_never_taken_over(clinic: Clinic, provider: OpenIDProvider) -> None:
    client = clinic.client()
    client.cookies.set("session", "planted", domain="127.0.0.1")
    come_back(client, provider)
    assert clinic.client(Cookie="session=planted").get("/v1/me").status_code == 401
    first = client.cookies["session"]
    come_back(client, provider)
    assert client.cookies["session"] not in ("planted", first)


def test_a_planted_sign_in_of_another_is_not_taken_over(clinic: Clinic, provider: OpenIDProvider) -> None:
    """What the browser held before it began is replaced when it begins."""
    attacker = clinic.client()
    begun(attacker, provider)
    planted = attacker.cookies["signing-in"]
    victim = clinic.client()
    victim.cookies.set("signing-in", planted, domain="127.0.0.1")
    begun_again = victim.get("/sign-in/openid")
    assert planted not in begun_again.headers["set-cookie"]


class TestAProviderThatFails:
    def test_one_that_is_down_is_said_and_passwords_still_work(self, clinic: Clinic, provider: OpenIDProvider) -> None:
        gone = clinic.state.settings.model_copy(update={"openid_issuer": "http://127.0.0.1:9"})
        clinic.state.openid._settings = gone
        client = clinic.client()
        response = client.get("/sign-in/openid", headers={"Accept": "text/html"})
        refused(clinic, client, response, 503, DOWN, "down: ConnectError")
        assert sign_in(client, "coordinator").status_code == 303

    def test_one_that_never_answers_keeps_nobody_waiting(
        self, clinic: Clinic, provider: OpenIDProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provider_module, "SECONDS", 0.2)
        provider.held = threading.Event()
        client = clinic.client()
        response = client.get("/sign-in/openid", headers={"Accept": "text/html"})
        assert (response.status_code, fault(response)) == (503, DOWN)
        provider.held.set()
        assert audited(clinic)[-1][1] == "sign-in-failed"

    @pytest.mark.parametrize(
        ("path", "answer", "status", "text", "why"),
        [
            ("/.well-known/openid-configuration", (500, b""), 503, DOWN, "down: the provider answered with 500"),
            ("/.well-known/openid-configuration", (404, b""), 502, FAULTY, "faulty: the provider answered with 404"),
            ("/.well-known/openid-configuration", (302, b""), 502, FAULTY, "faulty: the provider answered with 302"),
            ("/.well-known/openid-configuration", (200, b"<p>"), 502, FAULTY,
             "faulty: the provider's addresses can't be read"),
            ("/.well-known/openid-configuration", (200, b"{}"), 502, FAULTY,
             "faulty: the provider's addresses can't be read"),
            ("/token", (503, b""), 503, DOWN, "down: the provider answered with 503"),
            ("/token", (429, b"slow down"), 502, FAULTY, "faulty: the provider answered with 429"),
            ("/token", (200, b"[]"), 502, FAULTY, "faulty: the provider's token can't be read"),
            ("/token", (200, b'{"access_token": "x", "expires_in": []}'), 401, UNTRUSTED, "untrusted: KeyError"),
            ("/token", (200, b'{"access_token": "x", "expires_in": [1]}'), 502, FAULTY,
             "faulty: the provider's token can't be read"),
            ("/token", (200, b'{"access_token": "x"}'), 401, UNTRUSTED, "untrusted: KeyError"),
            ("/token", (200, b'{"id_token": {}}'), 401, UNTRUSTED, "untrusted: decode_error"),
            ("/token", (401, b'{"error": "invalid_client"}'), 502, FAULTY,
             "faulty: the provider answered with invalid_client"),
            ("/token", (400, b'{"error": ["planted"]}'), 502, FAULTY,
             "faulty: the provider answered with another error"),
            ("/keys", (200, b'{"keys": []}'), 502, FAULTY, "faulty: the provider publishes no key that can be used"),
            ("/keys", (200, b'{"keys": {}}'), 502, FAULTY, "faulty: the provider's keys can't be read"),
            ("/keys", (502, b""), 503, DOWN, "down: the provider answered with 502"),
        ],
    )  # fmt: skip
    def test_an_answer_that_can_not_be_used_is_said(
        self, clinic: Clinic, provider: OpenIDProvider, path: str, answer: tuple[int, bytes], status: int, text: str,
        why: str, caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        provider.answers[path] = answer
        client = clinic.client()
        response = client.get("/sign-in/openid", headers={"Accept": "text/html"})
        if response.status_code == 303:
            response = client.get(provider.code_for(response.headers["location"]))
        refused(clinic, client, response, status, text, why)
        code, _, reason = why.partition(": ")
        assert f"sign-in by OpenID Connect failed: {code} ({reason})" in caplog.text

    @pytest.mark.parametrize(
        ("described", "why"),
        [
            ({"issuer": "https://elsewhere.example"},
             "the provider names another issuer than TRIAGE_OPENID_ISSUER"),
            ({"token_endpoint": "http://elsewhere.example/token"}, "the provider's token_endpoint is no https address"),
            ({"token_endpoint": "https://["}, "the provider's token_endpoint is no https address"),
            ({"token_endpoint": "http://127.0.0.1:99999"}, "the provider's token_endpoint is no https address"),
            ({"jwks_uri": "file:///etc/passwd"}, "the provider's jwks_uri is no https address"),
            ({"authorization_endpoint": "javascript:alert(1)"},
             "the provider's authorization_endpoint is no https address"),
            ({"end_session_endpoint": "//elsewhere"}, "the provider's end_session_endpoint is no https address"),
            ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
             "the provider takes a client secret in neither way: client_secret_basic, client_secret_post"),
        ],
    )  # fmt: skip
    def test_a_provider_that_describes_itself_wrongly_is_not_asked(
        self, clinic: Clinic, provider: OpenIDProvider, described: dict[str, Any], why: str
    ) -> None:
        provider.described = described
        client = clinic.client()
        response = client.get("/sign-in/openid", headers={"Accept": "text/html"})
        refused(clinic, client, response, 502, FAULTY, f"faulty: {why}")

    def test_an_address_that_is_none_is_not_asked(self, clinic: Clinic, provider: OpenIDProvider) -> None:
        provider.described = {"token_endpoint": f"{provider.address}/a\u0001b"}
        client = clinic.client()
        why = "faulty: the provider's addresses can't be used"
        refused(clinic, client, come_back(client, provider), 502, FAULTY, why)

    def test_new_keys_of_the_provider_are_known_at_once(self, clinic: Clinic, provider: OpenIDProvider) -> None:
        assert come_back(clinic.client(), provider).status_code == 303
        provider.key = made_once("another")
        assert come_back(clinic.client(), provider).status_code == 303

    def test_its_addresses_are_remembered_for_a_while(self, clinic: Clinic, provider: OpenIDProvider) -> None:
        for _ in range(2):
            come_back(clinic.client(), provider)
        description = "GET /.well-known/openid-configuration"
        assert provider.asked.count(description) == 1
        clinic.clock.forward(minutes=11)
        come_back(clinic.client(), provider)
        assert provider.asked.count(description) == 2

    def test_a_service_starts_without_asking_it(self, clinic: Clinic, provider: OpenIDProvider) -> None:
        for path in ("/", "/sign-in", "/readyz", "/healthz"):
            assert clinic.client().get(path).status_code == 200
        assert provider.asked == []


def test_a_secret_is_sent_in_the_form_where_the_provider_wants_it_there(
    clinic: Clinic, provider: OpenIDProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    sent: list[dict[str, list[str]]] = []

    def token(form: dict[str, list[str]], authorization: str) -> tuple[int, dict[str, str], bytes]:
        sent.append(form)
        assert authorization == ""
        return 500, {}, b""

    monkeypatch.setattr(provider, "_token", token)
    come_back(clinic.client(), provider)
    assert sent[0]["client_secret"] == [provider.settings["openid_client_secret"].get_secret_value()]


def test_a_person_without_a_role_is_told_apart_from_no_person(clinic: Clinic, provider: OpenIDProvider) -> None:
    """Of a token that does not hold nothing is read, its role neither."""
    provider.person = person("clara")
    provider.forge = lambda claims: _by_another_key(provider, claims)
    assert come_back(clinic.client(), provider).status_code == 401
