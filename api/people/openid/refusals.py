"""Why nobody was signed in: what the person reads, and what the audit and the log hold."""

from __future__ import annotations

from enum import Enum


class Refusal(Enum):
    """Why nobody was signed in: a name for the audit, the status, and the text for the person."""

    STALE = (
        "stale",
        400,
        "This sign-in was not begun in this browser, took longer than 10 minutes, or was used already. Begin again.",
    )
    DECLINED = ("declined", 403, "{name} signed nobody in. Begin again, or ask whoever manages {name}.")
    UNTRUSTED = (
        "untrusted",
        401,
        "What {name} sent does not prove who you are. Begin again; if it happens again, tell an administrator.",
    )
    NO_ROLE = (
        "no-role",
        403,
        "{name} gives you no role in this service, so you have no account. Ask whoever manages {name} for a role.",
    )
    DISABLED = ("disabled", 403, "Your account in this service is disabled. Ask an administrator of this service.")
    DOWN = ("down", 503, "{name} does not answer. Try again in a minute.")
    FAULTY = (
        "faulty",
        502,
        "{name} and this service do not fit together. Tell an administrator: the log of this service says why.",
    )

    def __init__(self, code: str, status: int, text: str) -> None:
        self.code = code
        self.status = status
        self.text = text


class NotSignedIn(Exception):
    """Nobody is signed in. ``why`` is in the audit and in the log, so it holds nothing that anyone sent."""

    def __init__(self, refusal: Refusal, why: str = "") -> None:
        self.refusal = refusal
        self.why = why
        super().__init__(refusal.code, why)
