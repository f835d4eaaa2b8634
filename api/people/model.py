"""What the API takes and gives of accounts and keys, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from api.actor import Role
from triage.model.written import Written

LOGIN_PATTERN = r"^[^\s\x00-\x1f\x7f-\x9f\ufeff]{2,100}$"
"""Control characters are named, since Python and JSON Schema differ in what white space is."""
Login = Annotated[str, Meta(pattern=LOGIN_PATTERN, description="2 to 100 characters without a space")]
Password = Annotated[str, Meta(min_length=12, max_length=128, description="12 to 128 characters")]
Scope = Literal["read", "write"]


class Me(Written, frozen=True):
    """Who asks: the account behind the session or the key."""

    login: str
    role: Role
    tenant: str
    may: tuple[Scope, ...]


class AccountDescription(Written, frozen=True):
    """An account, without what it signs in with."""

    id: str
    login: str
    role: Role
    tenant: str
    created_at: str
    disabled: bool
    has_password: bool
    has_openid: bool


class Accounts(Written, frozen=True):
    """The accounts of a clinic, by login."""

    accounts: tuple[AccountDescription, ...]


class NewAccount(Written, frozen=True):
    """An account to be made. Without a password it signs in by a one-time link or with keys alone."""

    login: Login
    role: Role
    password: Password | None = None


class AccountChange(Written, frozen=True):
    """What is to change of an account; what is left out stays. Each change ends the account's sessions."""

    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None


class NewKey(Written, frozen=True):
    """An API key to be made."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1)] = ("read", "write")
    days: Annotated[int, Meta(ge=1, le=366)] = 90


class KeyDescription(Written, frozen=True):
    """An API key, without its secret."""

    id: str
    account: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None


class Keys(Written, frozen=True):
    """The keys of an account, the newest first."""

    keys: tuple[KeyDescription, ...]


class KeyGiven(Written, frozen=True):
    """A new key. `secret` is shown this once and stored nowhere."""

    secret: str
    key: KeyDescription
