"""Referrals from files: JSON or JSON Lines, each read by itself so that a bad one loses no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from triage.assess import EngineDisagreement
from triage.referral import Door, FieldFault, Referral, RefusedReferral, parse_json


@dataclass(frozen=True, slots=True)
class Read:
    """One referral of a file, or why it was refused; ``line`` is its line in a file of JSON Lines."""

    referral: Referral | None
    refused: RefusedReferral | None
    line: int | None = None


def read_referrals(text: str, door: Door, *, lines: bool | None = None) -> Iterator[Read]:
    """Read every referral of a text, in order.

    ``lines`` says whether it is JSON Lines; None finds out: text that is one JSON value is JSON, text whose first line
    is JSON by itself is JSON Lines.
    """
    if lines is None:
        lines = _looks_like_lines(text)
    if not lines:
        yield from _read_document(text, door)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _read_one(line, door, number)


def _looks_like_lines(text: str) -> bool:
    filled = [line for line in text.split("\n") if line.strip()]
    if len(filled) < 2:
        return False
    return any(_parses(line) for line in filled[:2]) and not _parses(text)


def _parses(text: str) -> bool:
    try:
        return isinstance(parse_json(text), dict)
    except RefusedReferral:
        return False


def _read_document(text: str, door: Door) -> Iterator[Read]:
    try:
        data = parse_json(text)
    except RefusedReferral as refused:
        yield Read(None, refused)
        return
    if isinstance(data, list):
        for each in data:
            yield _admitted(each, door, None)
        return
    yield _admitted(data, door, None)


def _read_one(line: str, door: Door, number: int) -> Read:
    try:
        return _admitted(parse_json(line), door, number)
    except RefusedReferral as refused:
        return Read(None, refused, number)


def _admitted(data: Any, door: Door, number: int | None) -> Read:
    try:
        return Read(door.admit(data), None, number)
    except RefusedReferral as refused:
        return Read(None, refused, number)


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
    title, detail = "The service failed", "The service failed, so no answer is given."
    if isinstance(failure, EngineDisagreement):
        title = "The engines disagree"
        detail = f"Two engines disagree on this referral ({failure.digest}), so no answer is given."
    return {"type": "about:blank", "title": title, "status": 500, "detail": detail, "hand_over": HAND_OVER}


def _detail(faults: tuple[FieldFault, ...]) -> str:
    return " ".join(f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message for fault in faults)
