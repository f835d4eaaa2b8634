"""A small OpenID provider over HTTP, which can be made to fail and to cheat."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "ipt", "planted-client-secret"
POLL_SECONDS = 0.01
"""How long stopping a provider takes."""
ROLES = {"ipt-leads": "clinician", "ipt-desk": "coordinator", "ipt-practices": "provider", "ipt-audit": "auditor"}
ROLES |= {"CN=Triage admins,OU=Groups": "admin"}


@cache
def made_once(name: str) -> RSAKey:
    """The key of this name, made once for all tests: making one takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@dataclass
class OpenIDProvider:
    """A provider at an address of this machine. Whoever comes is signed in at once, as ``person``."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    person: dict[str, Any] = field(default_factory=lambda: person("clara", "ipt-desk"))
    described: dict[str, Any] = field(default_factory=dict)
    """What is said otherwise than it should be of the provider itself; None leaves it out."""
    forge: Callable[[dict[str, Any]], str] | None = None
    """What makes the ID token of the claims, in place of an honest signature."""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """What a path is answered with, in place of what belongs there."""
    held: threading.Event | None = None
    """What every answer waits for."""
    key: RSAKey = field(default_factory=lambda: made_once("the provider's"))
    address: str = ""
    asked: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    """Every code and token that was given."""
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """What a service that trusts this provider sets."""
        from pydantic import SecretStr

        return {
            "openid_issuer": self.address,
            "openid_name": "Riverside Login",
            "openid_client_id": CLIENT_ID,
            "openid_client_secret": SecretStr(CLIENT_SECRET),
            "openid_roles": ROLES,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same, as variables."""
        return {
            "TRIAGE_OPENID_ISSUER": self.address,
            "TRIAGE_OPENID_NAME": "Riverside Login",
            "TRIAGE_OPENID_CLIENT_ID": CLIENT_ID,
            "TRIAGE_OPENID_CLIENT_SECRET": CLIENT_SECRET,
            "TRIAGE_OPENID_ROLES": json.dumps(ROLES),
        }

    def code_for(self, address: str) -> str:
        """Sign in whoever was sent to this address; gives the address that their browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = token_urlsafe(16)
        self._codes[code] = asked
        self.given.append(code)
        back = {"code": code, "state": asked["state"], "iss": self.address}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def sign(self, claims: dict[str, Any], key: Any = None, **header: str) -> str:
        """An ID token."""
        return jwt.encode({"alg": "RS256", "kid": "first", **header}, claims, key or self.key)

    def answer(self, method: str, path: str, body: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to a request."""
        self.asked.append(f"{method} {urlsplit(path).path}")
        if self.held is not None:
            self.held.wait(60)
        if (own := self.answers.get(urlsplit(path).path)) is not None:
            return own[0], {}, own[1]
        match method, urlsplit(path).path:
            case "GET", "/.well-known/openid-configuration":
                return _json(self._description())
            case "GET", "/keys":
                encryption = {"kty": "RSA", "use": "enc", "kid": "first", "n": "AQAB", "e": "AQAB"}
                no_point = {"kty": "EC", "crv": "P-256", "kid": "no-point", "x": "AQAB", "y": "AQAB"}
                unknown = {"kty": "of the future"}
                return _json({"keys": [unknown, encryption, no_point, self.key.as_dict(private=False)]})
            case "POST", "/token":
                return self._token(parse_qs(body), authorization)
            case "GET", "/authorize":
                return 303, {"Location": self.code_for(path)}, b""
            case "GET", "/end":
                back = parse_qs(urlsplit(path).query)
                assert back["client_id"] == [CLIENT_ID]
                return 303, {"Location": back["post_logout_redirect_uri"][0]}, b""
            case _:
                return 404, {}, b""

    def _description(self) -> dict[str, Any]:
        description = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "end_session_endpoint": f"{self.address}/end",
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        } | self.described
        return {name: value for name, value in description.items() if value is not None}

    def _token(self, sent: dict[str, list[str]], authorization: str) -> tuple[int, dict[str, str], bytes]:
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {basic}":
            return _json({"error": "invalid_client"}, 401)
        asked = self._codes.pop(sent["code"][0], None)
        digest = hashlib.sha256(sent.get("code_verifier", [""])[0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge or [asked["redirect_uri"]] != sent["redirect_uri"]:
            return _json({"error": "invalid_grant", "error_description": "planted words of the provider"}, 400)
        now = int(self.clock().timestamp())
        access = token_urlsafe(16)
        claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "email": "clara@riverside.example",
            **self.person,
        }
        id_token = self.forge(claims) if self.forge else self.sign(claims)
        self.given += [access, id_token, sent["code_verifier"][0]]
        return _json({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": id_token})


def person(login: str, *groups: str) -> dict[str, Any]:
    """What a provider knows of someone."""
    return {"sub": f"subject-of-{login}", "preferred_username": login, "groups": list(groups)}


def _json(content: Any, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


@contextmanager
def running_provider(**options: Any) -> Iterator[OpenIDProvider]:
    """A provider on a free port of this machine, until the end of the block."""
    provider = OpenIDProvider(**options)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            authorization = self.headers.get("Authorization", "")
            status, headers, content = provider.answer(self.command, self.path, body, authorization)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(BrokenPipeError):  # whoever asked had no time to wait
                self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            if provider.held is not None:
                provider.held.set()
            server.shutdown()
            thread.join()
