"""Whose request it is: by API key or by session, and what each role may do with records."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import Request
from sqlalchemy import Row

from api.actor import Actor, Role
from api.people import keys, sessions
from api.people.model import Scope
from api.people.tokens import stored_form
from api.records.refused import RecordProblem, forbidden
from api.records.service import Records
from api.records.times import stored
from triage.presenting.problems import problem

SESSION_COOKIE = "session"
SECURE_SESSION_COOKIE = "__Host-session"
"""The name that a browser takes only from a secure origin, for the whole host (RFC 6265bis, 4.1.3.2)."""
_READING = ("GET", "HEAD")
log = logging.getLogger("api.people")
_OF_ROLE: dict[Role, tuple[Scope, ...]] = {
    "coordinator": ("read", "write"),
    "clinician": ("read", "write"),
    "provider": ("read", "write"),  # of what they sent themselves
    "auditor": ("read",),
    "admin": (),  # accounts alone: whoever gives access has none
}
"""What each role may do with records."""


def may(actor: Actor) -> tuple[Scope, ...]:
    """What someone may do with records."""
    return _OF_ROLE[actor.role]


async def end_present(records: Records, request: Request) -> Actor | None:
    """End the session that a browser has, where it signs out or begins another one; gives whose it was."""
    token, at = request.cookies.get(cookie_name(records), ""), records.now()
    session = await records.read(lambda connection: sessions.session_of(connection, at, token)) if token else None
    if session is None:
        return None
    await records.write(lambda transaction: sessions.end(transaction, at, token, session[0]))
    return session[0]


def cookie_name(records: Records) -> str:
    """The name of the session's cookie."""
    return SECURE_SESSION_COOKIE if records.settings.is_secure else SESSION_COOKIE


async def signed_in(records: Records, request: Request) -> Actor:
    """Who sent a request. Raises a RecordProblem (401) where nobody signed in, (403) where the key is for less."""
    known = getattr(request.state, "actor", None)
    if known is None:
        known = await _by_key(records, request) or await _by_session(records, request)
        if known is None:
            raise RecordProblem(
                problem(401, "Sign in first", "Sign in, or send an API key: `Authorization: Bearer …`.")
            )
        request.state.actor = known
    assert isinstance(known, Actor)
    return known


async def working(records: Records, request: Request) -> Actor:
    """Who sent a request for records. Raises a RecordProblem where nobody signed in, or their role may not do this."""
    actor = await signed_in(records, request)
    if _wanted(request) not in may(actor):
        doing = "read records" if request.method in _READING else "change records"
        raise forbidden(f"The role `{actor.role}` may not {doing}.")
    return actor


def _wanted(request: Request) -> Scope:
    return "read" if request.method in _READING else "write"


async def _by_key(records: Records, request: Request) -> Actor | None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    at = records.now()

    async def read() -> Row[Any] | None:
        return await records.read(lambda connection: keys.key_of(connection, records.now(), secret.strip()))

    row = await records.shared_reads.of(stored_form(secret.strip()), read)
    if scheme.lower() != "bearer" or row is None:
        log.warning("an API key was refused")
        detail = "The API key is not known, has expired or was revoked. Ask an administrator for a new one."
        raise RecordProblem(problem(401, "The API key can't be used", detail))
    if _wanted(request) not in row.scopes.split():
        actor, wanted = keys.actor_of(row), _wanted(request)
        await records.write(
            lambda transaction: transaction.audit(stored(at), actor, "denied", status=403, scope=wanted)
        )
        raise forbidden(f"This API key may not {_wanted(request)}: its scopes are `{row.scopes}`.")
    if keys.is_due(row, at):
        await records.write(lambda transaction: keys.keep_used(transaction, at, row.id))
    return keys.actor_of(row)


async def _by_session(records: Records, request: Request) -> Actor | None:
    token = request.cookies.get(cookie_name(records))
    if not token:
        return None
    at = records.now()
    session = await records.read(lambda connection: sessions.session_of(connection, at, token))
    if session is None:
        return None
    actor, is_due = session
    if is_due:
        await records.write(lambda transaction: sessions.keep_seen(transaction, at, token))
    return actor
