"""The shape of ``scales.yaml``: its keys and the types of their values, as pydantic models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from triage.reading.action_text import ActionText
from triage.reading.shape import Strict


class TermText(Strict):
    """An entry of a scale."""

    id: str
    label: str
    meaning: str = ""
    definition: str = ""
    note: str = ""


class FormatText(Strict):
    """A format of the sessions."""

    id: str
    label: str
    meaning: str = ""
    suited_only_when: list[dict[str, Any]] | dict[str, Any] | None = None


class UrgencyText(Strict):
    """A level of urgency."""

    id: str
    label: str
    respond_within: dict[str, Any]
    action: ActionText
    meaning: str = ""
    clock: list[str] = Field(default_factory=list)


class FloorText(Strict):
    """The general floor: its level, and the built-in reason that it gives."""

    level: str
    reason: str


class SourceText(Strict):
    """A source that a built-in reason cites."""

    id: str
    claim: str | None = None
    finding: str | None = None


class ReasonText(Strict):
    """A built-in reason."""

    id: str
    effect: str
    value: str | None = None
    title: str
    because: str
    sources: list[SourceText] = Field(min_length=1)
    evidence: list[str] = Field(default_factory=list)


class LineText(Strict):
    """An additive line of an action."""

    id: str
    kind: Literal["never", "also"]
    text: str = Field(min_length=1)
    not_beside: str | None = None


class FloorActionText(Strict):
    """The action of a floor."""

    danger: str
    action: ActionText


class EscalationText(Strict):
    """The level of a stored record after failed attempts to reach the person."""

    level: str
    failed_attempts: int = Field(ge=1)
    to: str
    because: str = Field(min_length=1)
    sources: list[SourceText] = Field(min_length=1)


class RefusedText(Strict):
    """What is done with a refused referral."""

    action: ActionText


class TargetText(Strict):
    """A target that is not a condition."""

    id: str
    label: str
    life_problem: bool = False
    focus: str | None = None


class TherapyText(Strict):
    """A therapy that can be offered."""

    label: str
    not_offered_when: list[dict[str, Any]] | dict[str, Any] | None = None


class ScalesText(Strict):
    """The whole file."""

    ratings: list[TermText]
    reported: list[TermText]
    urgencies: list[UrgencyText]
    certainties: list[TermText]
    roles: list[TermText]
    foci: list[TermText]
    formats: list[FormatText]
    therapies: dict[str, TherapyText]
    targets: list[TargetText]
    dangers: list[TermText]
    lines: list[LineText]
    urgency_order: list[str]
    floors: dict[str, FloorActionText]
    refused: RefusedText
    effects: list[str] = Field(default_factory=list)
    hold_at: list[str]
    floor: FloorText
    escalate: list[EscalationText] = Field(default_factory=list)
    built_in_reasons: list[ReasonText]
    next_step: dict[str, str]
