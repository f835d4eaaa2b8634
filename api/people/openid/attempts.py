"""Sign-ins under way: begun in one browser, to be ended in the same one, once and within minutes."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, delete, select

from api.people.tokens import new_token, stored_form
from api.records.times import stored
from api.storage.tables import openid_attempts
from api.storage.transaction import Transaction

LASTS = timedelta(minutes=10)
"""How long someone may take at the provider."""
_ONE = select(openid_attempts).where(openid_attempts.c.token_digest == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in under way. ``token`` is held by the browser alone; what the provider is sent is derived from it."""

    token: str
    next: str

    @property
    def state(self) -> str:
        """What the provider gives back with the browser, so that no other browser ends this sign-in."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What the ID token must hold, so that none of another sign-in is taken."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What proves to the provider that whoever ends the sign-in began it (PKCE, RFC 7636)."""
        return self._derived("verifier")

    def _derived(self, purpose: str) -> str:
        return urlsafe_b64encode(sha256(f"{purpose}\n{self.token}".encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Brought:
    """What the browser brings back from the provider."""

    code: str
    error: str
    issuer: str


def begin(transaction: Transaction, at: datetime, next_: str) -> Attempt:
    """Begin a sign-in that leads to an address of this service."""
    attempt = Attempt(new_token(), next_)
    transaction.execute(delete(openid_attempts).where(openid_attempts.c.expires_at < stored(at)))
    digest = stored_form(attempt.token)
    transaction.insert(openid_attempts, token_digest=digest, next=next_, expires_at=stored(at + LASTS))
    return attempt


def take(transaction: Transaction, at: datetime, token: str) -> Attempt | None:
    """End a sign-in, which can't be ended again; None where it was, or took too long, or never began."""
    digest = stored_form(token)
    row = transaction.execute(_ONE, {"digest": digest}).first()
    transaction.execute(delete(openid_attempts).where(openid_attempts.c.token_digest == digest))
    return None if row is None or row.expires_at <= stored(at) else Attempt(token, row.next)
