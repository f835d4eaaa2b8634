"""What every response carries, what is believed of a request, and what is served at all."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.pages import STATIC
from api.request import State
from tests.people.access import a_world
from tests.people.conftest import PUBLIC, Clinic, sign_in
from tests.people.world import World, routes


@pytest.fixture(scope="module")
def world(small_state: State, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(small_state, tmp_path_factory.mktemp("world")) as world:
        yield world


SENT: tuple[dict[str, str], ...] = (
    {}, {"Accept": "text/html"}, {"Host": "elsewhere.example"}, {"Origin": "https://elsewhere.example"},
)  # fmt: skip


def test_every_response_has_the_headers_that_keep_it_to_itself(world: World) -> None:
    for route in routes(world.clinic.app):
        for person in ("nobody", "clinician"):
            for headers in SENT:
                response = world.send(route, person, None, **headers)
                sent, where = response.headers, (str(route), person, headers)
                policy = dict(part.strip().partition(" ")[::2] for part in sent["content-security-policy"].split(";"))
                assert (policy["default-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3, where
                assert "unsafe" not in policy.get("script-src", ""), where
                assert sent["x-content-type-options"] == "nosniff", where
                assert sent["referrer-policy"] == "no-referrer", where
                assert sent["strict-transport-security"] == "max-age=31536000; includeSubDomains", where
                is_static = route.path.startswith("/static/") and response.status_code == 200
                assert sent["cache-control"] == ("public, max-age=300" if is_static else "no-store"), where
                assert not [name for name in sent if name.startswith("access-control-")], where
                kind = sent.get("content-type", "")
                assert kind or not response.content, where
                assert not kind.startswith("text/") or "charset=utf-8" in kind, where
                if kind.startswith("text/html"):
                    assert not re.search(r'(src|href)="(https?:)?//', response.text), where


def test_who_is_refused_at_the_door_gets_a_page(world: World) -> None:
    for headers in ({"Host": "elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = world.client.post("/sign-out", headers={**headers, "Accept": "text/html"})
        assert refused.status_code in (403, 421)
        assert "<h1>" in refused.text
        assert "nonce-" in refused.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "X-Forwarded-User", "X-User-ID"]
)
def test_no_header_of_a_proxy_is_believed(world: World, name: str) -> None:
    for text in ("127.0.0.1", "for=127.0.0.1;host=triage.example.org", "clinician", "admin"):
        assert world.client.get("/v1/me", headers={name: text}).status_code == 401
        refused = world.client.get("/v1/me", headers={name: text, "Host": "elsewhere.example"})
        assert refused.status_code == 421


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PROPFIND", "FOO"])
def test_no_method_but_those_of_a_route_is_taken(world: World, method: str) -> None:
    for path in ("/", "/v1/assessments", "/v1/accounts", "/static/form.js"):
        response = world.client.request(method, path, headers=world.headers("admin"))
        assert response.status_code in (403, 405), (method, path)


def test_nothing_but_what_is_listed_is_served(world: World) -> None:
    for path in (
        "/.git/config", "/static", "/static/", "/static/built/", "/static/../templating.py",
        "/static/%2e%2e/templating.py", "/static//etc/passwd", "/static/..%5c..%5c", "/records.sqlite",
        "/rules/ruleset.yaml", "/.env", "/server-status",
    ):  # fmt: skip
        assert world.client.get(path, headers=world.headers("admin")).status_code == 404, path
    served = {path.suffix for path in STATIC.rglob("*") if path.is_file()} - {""}
    assert served <= {".js", ".css", ".svg", ".map"}


def test_what_is_refused_at_the_door_is_logged_without_what_was_sent(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    world.client.get("/v1/me", headers={"Host": "planted.example"})
    world.client.post("/v1/assessments", headers={"Origin": "https://planted.example"}, json={"reference": "planted"})
    world.client.get("/v1/me", headers={"Authorization": "Bearer planted"})
    assert [record.getMessage() for record in caplog.records] == [
        "refused: Not this service", "refused: Sent from another site", "an API key was refused",
    ]  # fmt: skip
    assert "planted" not in caplog.text


def test_what_scripts_keep_in_the_browser() -> None:
    kept = {}
    for path in sorted(Path(STATIC).glob("*.js")):
        text = path.read_text("utf-8")
        names = re.findall(r"(?:local|session)Storage\.setItem\(\s*([^,]+),", text)
        if names or "indexedDB" in text or "document.cookie" in text:
            kept[path.name] = names
    assert kept == KEPT


KEPT = {"draft.js": ["key()"], "keys.js": ['"single-keys"']}
"""Answers are held for their tab until the service has them, and whether single keys work."""


def test_signing_out_clears_what_the_browser_keeps(public: Clinic) -> None:
    client = public.client(PUBLIC)
    sign_in(client, "coordinator")
    assert client.post("/sign-out").headers["clear-site-data"] == '"cache", "storage"'
