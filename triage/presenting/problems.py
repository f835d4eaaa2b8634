"""What went wrong with a referral, as RFC 9457 problems: refused, or failed and handed over to a person."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from triage.engines.agreement import EngineDisagreement
from triage.model.written import Written
from triage.reading.referral import FieldFault, RefusedReferral


class HandOver(Written, frozen=True):
    """That a person takes over, how soon, and what is done now."""

    urgency: str
    action: str


class Problem(Written, frozen=True):
    """Why there is no answer (RFC 9457).

    `errors` are the faults of a referral that was refused, `line` the line of a file that could not be read.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldFault, ...] | UnsetType = UNSET
    line: int | UnsetType = UNSET
    reference: str | UnsetType | None = UNSET
    hand_over: HandOver | UnsetType = UNSET


class Unanswered(Written, frozen=True):
    """What stands in the place of an answer: whose referral it was, and why there is none."""

    reference: str | None
    error: Problem


HAND_OVER = HandOver(
    "urgent", "No answer was given. Hand this referral to a clinician now, as urgent; don't wait for this system."
)


def problem(status: int, title: str, detail: str) -> Problem:
    """A problem that is not about one field."""
    return Problem("about:blank", title, status, detail)


def refusal(
    refused: RefusedReferral, *, line: int | UnsetType = UNSET, reference: str | UnsetType | None = UNSET
) -> Problem:
    """A refusal as a problem; ``line`` is told of text that is no referral."""
    status, title = (400, "Not a referral") if refused.malformed else (422, "The referral can't be answered")
    if not refused.malformed and all(fault.code == "contradiction" for fault in refused.faults):
        title = "Two answers contradict each other"
    return Problem(
        "about:blank",
        title,
        status,
        _detail(refused.faults),
        errors=refused.faults,
        line=line if refused.malformed else UNSET,
        reference=reference,
    )


def failed(failure: Exception) -> Problem:
    """A failure of an engine as a problem that hands the referral to a person."""
    title, detail = "The service failed", "The service failed on this referral."
    if isinstance(failure, EngineDisagreement):
        title = "The engines disagree"
        detail = f"Two engines disagree on this referral ({failure.digest})."
    return Problem("about:blank", title, 500, detail, hand_over=HAND_OVER)


def _detail(faults: tuple[FieldFault, ...]) -> str:
    return " ".join(f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message for fault in faults)
