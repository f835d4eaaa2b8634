"""The ID token: what the provider says of who signed in, believed only where everything about it holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from api.people.openid.refusals import NotSignedIn, Refusal

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519",
)  # fmt: skip
"""Signatures by a key that only the provider has: no `none`, and no HS256, whose key would be known to both."""
LEEWAY = 60
"""Seconds that the provider's clock and this one may differ."""
_LONGEST_SUBJECT = 255
_FAULTS = (JoseError, ValueError, TypeError, KeyError)


def usable(keys: list[dict[str, Any]]) -> KeySet:
    """The keys that a provider signs with, without those of a kind that is not known here. Raises NotSignedIn."""
    imported: list[Key] = []
    for key in keys:
        if key.get("use", "sig") != "sig":
            continue
        try:
            imported.append(JWKRegistry.import_key(key))
        except _FAULTS:
            continue
    if not imported:
        raise NotSignedIn(Refusal.FAULTY, "the provider publishes no key that can be used")
    return KeySet(imported)


def claims_of(
    token: dict[str, Any], keys: KeySet, at: datetime, *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """What the provider says of who signed in: signed by it, for this service, for this sign-in, now.

    Raises NotSignedIn.
    """
    wanted = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
    known = {"client_id": client_id, "nonce": nonce, "access_token": token.get("access_token")}
    try:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        signed = jwt.decode(str(token["id_token"]), keys, registry=registry)
        CodeIDToken(signed.claims, signed.header, wanted, known).validate(int(at.timestamp()), LEEWAY)
    except _FAULTS as fault:
        raise NotSignedIn(Refusal.UNTRUSTED, _why(fault)) from None
    _check_subject(signed.claims["sub"])
    return signed.claims


def _check_subject(subject: object) -> None:
    """Refuse a subject that OpenID Connect does not allow (Core 1.0, 2), or that no database keeps as it is."""
    is_fit = isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT
    if not (is_fit and str(subject).isascii() and str(subject).isprintable()):
        raise NotSignedIn(Refusal.UNTRUSTED, "invalid_claim sub")


def _why(fault: Exception) -> str:
    """What is wrong with a token, without anything that stands in it."""
    code = getattr(fault, "error", type(fault).__name__)
    claim = getattr(fault, "claim", "")
    return f"{code} {claim}".strip()
