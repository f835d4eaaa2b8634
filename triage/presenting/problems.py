"""What went wrong with a referral, as RFC 9457 problems: refused, or failed and handed over to a person."""

from __future__ import annotations

from typing import Any

from triage.engines.agreement import EngineDisagreement
from triage.reading.referral import FieldFault, RefusedReferral


def problem(refused: RefusedReferral, line: int | None = None) -> dict[str, Any]:
    """A refusal as an RFC 9457 problem."""
    status, title = (400, "Not a referral") if refused.malformed else (422, "The referral can't be answered")
    if not refused.malformed and all(fault.code == "contradiction" for fault in refused.faults):
        title = "Two answers contradict each other"
    found: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": _detail(refused.faults),
        "errors": [fault.as_json() for fault in refused.faults],
    }
    return found | ({"line": line} if line is not None and refused.malformed else {})


HAND_OVER = {
    "urgency": "urgent",
    "action": "No answer was given. Hand this referral to a clinician now, as urgent; don't wait for this system.",
}


def failed(failure: Exception) -> dict[str, Any]:
    """A failure of an engine as an RFC 9457 problem that hands the referral to a person."""
    title, detail = "The service failed", "The service failed on this referral."
    if isinstance(failure, EngineDisagreement):
        title = "The engines disagree"
        detail = f"Two engines disagree on this referral ({failure.digest})."
    return {"type": "about:blank", "title": title, "status": 500, "detail": detail, "hand_over": HAND_OVER}


def _detail(faults: tuple[FieldFault, ...]) -> str:
    return " ".join(f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message for fault in faults)
