"""Who is asking: the person or system behind a request, with role and tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request

from triage.settings import Role as Role


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or system behind a request. ``tenant`` is the clinic whose records it may see."""

    id: str
    role: Role
    tenant: str


LOCAL_PERSON = Actor("local", "clinician", "local")
"""Whoever uses the service on this machine, and signs in by the link that it prints."""

THE_SERVICE = Actor("service", "admin", "local")
"""The service itself: what it does by the clock."""

NOBODY = Actor("nobody", "coordinator", "none")
"""Whoever failed to sign in, in the audit."""

COMMAND_LINE, OPENID = "command-line", "openid"
"""Who does what an administrator does at the command line, and what a sign-in at a provider does."""

NOT_LOGINS = frozenset({THE_SERVICE.id, NOBODY.id, COMMAND_LINE, OPENID})
"""What stands for no account in the audit, so that no account is called so."""


class Asking(Protocol):
    """Finds who sent a request. Raises where nobody signed in, or not for this."""

    async def __call__(self, request: Request) -> Actor:
        """The person or system behind the request."""


async def current_actor(request: Request) -> Actor:
    """The person or system behind a request for records, as a dependency of its route."""
    asking: Asking = request.app.state.asking
    return await asking(request)


Asker = Annotated[Actor, Depends(current_actor)]
"""The type of a route's parameter that is who sent the request."""
