"""Secrets that are shown once: only their digests are stored."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe

KEY_PREFIX = "ipt_"
"""How an API key begins, so that a scanner of code finds one that was published."""
_BYTES = 32


def new_token() -> str:
    """A secret of 256 random bits."""
    return token_urlsafe(_BYTES)


def new_key() -> str:
    """An API key of 256 random bits."""
    return KEY_PREFIX + token_urlsafe(_BYTES)


def stored_form(secret: str) -> str:
    """What is stored of a secret. It has too many bits to be guessed, so that a fast digest is enough."""
    return "sha256:" + sha256(secret.encode()).hexdigest()
