"""The OpenID provider of a deployment, asked when somebody signs in and not before."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

import httpx2
from authlib.common.urls import add_params_to_uri
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.discovery import get_well_known_url
from msgspec import DecodeError, Struct, json

from api.people.openid.attempts import Attempt, Brought
from api.people.openid.id_token import claims_of, usable
from api.people.openid.refusals import NotSignedIn, Refusal
from triage.settings import Settings, is_private_way

SECONDS = 10.0
"""How long the provider may take over everything that one request of a browser needs of it."""
KNOWN_FOR = timedelta(minutes=10)
"""How long the provider's addresses are remembered."""
_SERVER_FAULT = 500
_DECLINED = ("access_denied", "invalid_grant", "login_required", "consent_required", "interaction_required")
_METHODS = ("client_secret_basic", "client_secret_post")
Read = TypeVar("Read", bound=Struct)


class Addresses(Struct, frozen=True):
    """What is needed of the provider's description of itself (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = _METHODS

    @property
    def method(self) -> str | None:
        """How the service proves to the provider who it is; None where it is in no way that is known here."""
        return next((name for name in _METHODS if name in self.token_endpoint_auth_methods_supported), None)


class Keys(Struct, frozen=True):
    """The keys that the provider publishes (RFC 7517, 5)."""

    keys: list[dict[str, Any]]


class Provider:
    """The OpenID provider of a deployment."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._addresses: tuple[datetime, Addresses] | None = None

    async def sign_in_address(self, at: datetime, back: str, attempt: Attempt) -> str:
        """Where the browser goes to sign in, and comes ``back`` from. Raises NotSignedIn."""
        async with self._asking(back) as client:
            addresses = await self._described(client, at)
            address, _ = client.create_authorization_url(
                addresses.authorization_endpoint,
                state=attempt.state,
                code_verifier=attempt.verifier,
                nonce=attempt.nonce,
            )
        return str(address)

    async def claims(self, at: datetime, back: str, attempt: Attempt, brought: Brought) -> dict[str, Any]:
        """What the provider says of who came back. Raises NotSignedIn."""
        issuer = self._settings.openid_issuer
        if brought.issuer not in ("", issuer):  # RFC 9207: the answer of another provider
            raise NotSignedIn(Refusal.UNTRUSTED, "another issuer came back")
        if brought.error or not brought.code:
            raise _declined(brought.error)
        async with self._asking(back) as client:
            addresses = await self._described(client, at)
            client.token_endpoint_auth_method = addresses.method
            token = await _token(client, addresses.token_endpoint, brought.code, attempt.verifier)
            keys = usable((await _read(client, addresses.jwks_uri, Keys)).keys)
        return claims_of(token, keys, at, issuer=issuer, client_id=self._settings.openid_client_id, nonce=attempt.nonce)

    async def sign_out_address(self, at: datetime, back: str) -> str | None:
        """Where the browser goes to sign out of the provider, and comes ``back`` from; None where it offers none.

        Raises NotSignedIn where the provider can't be asked.
        """
        async with self._asking(back) as client:
            end = (await self._described(client, at)).end_session_endpoint
        if not end:
            return None
        sent = {"client_id": self._settings.openid_client_id, "post_logout_redirect_uri": back}
        return str(add_params_to_uri(end, list(sent.items())))

    async def _described(self, client: AsyncOAuth2Client, at: datetime) -> Addresses:
        known = self._addresses
        if known is not None and timedelta(0) <= at - known[0] < KNOWN_FOR:
            return known[1]
        issuer = self._settings.openid_issuer
        addresses = await _read(client, get_well_known_url(issuer, external=True), Addresses)
        _check(addresses, issuer)
        self._addresses = at, addresses
        return addresses

    @asynccontextmanager
    async def _asking(self, back: str) -> AsyncIterator[AsyncOAuth2Client]:
        """A client of the provider, for one request of a browser. Raises NotSignedIn for whatever goes wrong."""
        settings = self._settings
        try:
            async with (
                asyncio.timeout(SECONDS),
                AsyncOAuth2Client(
                    settings.openid_client_id,
                    self._secret(),
                    scope=settings.openid_scope,
                    redirect_uri=back,
                    code_challenge_method="S256",
                    timeout=SECONDS,
                    verify=self._trusted,
                ) as client,
            ):
                yield client
        except OAuthError as refused:
            raise _declined(str(refused.error)) from None
        except httpx2.HTTPStatusError as failed:
            raise _failed(failed.response.status_code) from None
        except (TimeoutError, httpx2.HTTPError) as failed:
            raise NotSignedIn(Refusal.DOWN, type(failed).__name__) from None
        except (ValueError, httpx2.InvalidURL):
            raise NotSignedIn(Refusal.FAULTY, "the provider's addresses can't be used") from None

    def _secret(self) -> str:
        """What the service proves to the provider with; read each time, so that a new one needs no new start."""
        file = self._settings.openid_client_secret_file
        if file is None:
            return self._settings.openid_client_secret.get_secret_value()
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise NotSignedIn(Refusal.FAULTY, "TRIAGE_OPENID_CLIENT_SECRET_FILE can't be read") from None

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """The certificates that this machine trusts."""
        return httpx2.create_ssl_context()


async def _read(client: AsyncOAuth2Client, address: str, kind: type[Read]) -> Read:
    """Read one of the provider's documents. Follows no redirect."""
    response = await client.request("GET", address, withhold_token=True, headers={"Accept": "application/json"})
    if response.status_code != httpx2.codes.OK:
        raise _failed(response.status_code)
    try:
        return json.decode(response.content, type=kind)
    except DecodeError:
        raise NotSignedIn(Refusal.FAULTY, f"the provider's {kind.__name__.lower()} can't be read") from None


async def _token(client: AsyncOAuth2Client, address: str, code: str, verifier: str) -> dict[str, Any]:
    """Give the provider the code that came back, for the token."""
    try:
        token = await client.fetch_token(address, grant_type="authorization_code", code=code, code_verifier=verifier)
    except (ValueError, TypeError):
        raise NotSignedIn(Refusal.FAULTY, "the provider's token can't be read") from None
    return dict(token)


def _check(addresses: Addresses, issuer: str) -> None:
    """Refuse the description of another provider, an address that can be listened to, and an unknown way to prove."""
    if addresses.issuer != issuer:
        raise NotSignedIn(Refusal.FAULTY, "the provider names another issuer than TRIAGE_OPENID_ISSUER")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"):
        address = getattr(addresses, name)
        is_secure = is_private_way(address) and (address.startswith("https:") or issuer.startswith("http:"))
        if not is_secure and not (name == "end_session_endpoint" and not address):
            raise NotSignedIn(Refusal.FAULTY, f"the provider's {name} is no https address")
    if addresses.method is None:
        raise NotSignedIn(Refusal.FAULTY, f"the provider takes a client secret in neither way: {', '.join(_METHODS)}")


def _declined(error: str) -> NotSignedIn:
    """Why the provider gave no token: the person's sign-in, or how the service is set up."""
    if error in _DECLINED:
        return NotSignedIn(Refusal.DECLINED, error)
    known = ("invalid_client", "unauthorized_client", "invalid_scope", "invalid_request", "unsupported_grant_type")
    named = error if error in known else "another error"
    if error in ("server_error", "temporarily_unavailable"):
        return NotSignedIn(Refusal.DOWN, error)
    return NotSignedIn(Refusal.FAULTY, f"the provider answered with {named}")


def _failed(status: int) -> NotSignedIn:
    kind = Refusal.DOWN if status >= _SERVER_FAULT else Refusal.FAULTY
    return NotSignedIn(kind, f"the provider answered with {status}")
