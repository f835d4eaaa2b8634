"""Who is asking: the person or system behind a request, with role and tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["coordinator", "clinician", "provider", "auditor", "admin"]
"""What someone may do; a clinician may lower a level."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or system behind a request. ``tenant`` is the clinic whose records it may see."""

    id: str
    role: Role
    tenant: str


LOCAL_PERSON = Actor("local", "clinician", "local")
"""Whoever uses the service on this machine, until there is sign-in."""

THE_SERVICE = Actor("service", "admin", "local")
"""The service itself: what it does by the clock."""


def current_actor() -> Actor:
    """The actor of a request, as a dependency of its route; sign-in takes this place."""
    return LOCAL_PERSON
