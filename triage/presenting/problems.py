"""What went wrong with a referral, as RFC 9457 problems: refused, or failed and handed over to a person."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from triage.answer.model import UrgencyPart
from triage.engines.agreement import EngineDisagreement
from triage.model.written import Written
from triage.reading.referral import FieldFault, RefusedReferral


class Problem(Written, frozen=True):
    """Why there is no answer (RFC 9457).

    `errors` are the faults of a referral that was refused, `line` the line of a file that could not be read. `urgency`
    says of a referral that could be read how soon a clinician must act, and what is done meanwhile.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldFault, ...] | UnsetType = UNSET
    line: int | UnsetType = UNSET
    reference: str | UnsetType | None = UNSET
    urgency: UrgencyPart | UnsetType = UNSET


class Unanswered(Written, frozen=True):
    """What is returned instead of an answer: the reference of the referral, and why there is no answer."""

    reference: str | None
    error: Problem


HAND_OVER = (
    "No answer was given. Hand this referral to a clinician now, at least as urgent; don't wait for this system."
)
"""What is done where nobody knows how urgent a referral is."""


def problem(status: int, title: str, detail: str) -> Problem:
    """A problem that is not about one field."""
    return Problem("about:blank", title, status, detail)


def refusal(
    refused: RefusedReferral,
    urgency: UrgencyPart | None = None,
    *,
    line: int | UnsetType = UNSET,
    reference: str | UnsetType | None = UNSET,
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
        urgency=UNSET if urgency is None else urgency,
    )


def failed(failure: Exception, urgency: UrgencyPart | None = None) -> Problem:
    """A failure of an engine as a problem: a person takes over, as soon as ``urgency`` says."""
    title, detail = "The service failed", f"The service failed on this referral. {HAND_OVER}"
    if isinstance(failure, EngineDisagreement):
        title = "The engines disagree"
        detail = f"Two engines disagree on this referral ({failure.digest}). {HAND_OVER}"
    return Problem("about:blank", title, 500, detail, urgency=UNSET if urgency is None else urgency)


def _detail(faults: tuple[FieldFault, ...]) -> str:
    return " ".join(f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message for fault in faults)
