"""Read ``hazards.yaml``, the hazard log."""

from __future__ import annotations

from pydantic import Field

from triage.model.faults import Fault, FaultyRuleSet
from triage.model.hazard import Control, ControlKind, Hazard
from triage.reading.shape import Id, Strict, shaped
from triage.reading.yaml_text import Document

FILE = "hazards.yaml"
KINDS: tuple[ControlKind, ...] = ("property", "rule", "check", "test")


class _Control(Strict):
    property: str | None = None
    rule: str | None = None
    check: str | None = None
    test: str | None = None
    planned: bool = False
    fault: str = ""


class _Hazard(Strict):
    id: Id
    hazard: str = Field(min_length=1)
    cause: str = Field(min_length=1)
    effect: str = Field(min_length=1)
    controls: list[_Control] = Field(min_length=1)


class _HazardsText(Strict):
    hazards: list[_Hazard] = Field(min_length=1)


def read_hazards(document: Document) -> tuple[Hazard, ...]:
    """Read the hazard log. Raises FaultyRuleSet with all its faults."""
    text = shaped(document, _HazardsText)
    faults: list[Fault] = []
    seen: set[str] = set()
    for index, hazard in enumerate(text.hazards):
        if hazard.id in seen:
            place = document.place(("hazards", index, "id"))
            faults.append(Fault(place, "duplicate-id", f"The hazard `{hazard.id}` is there twice.", "Keep one."))
        seen.add(hazard.id)
    hazards = tuple(_hazard(hazard, index, document, faults) for index, hazard in enumerate(text.hazards))
    if faults:
        raise FaultyRuleSet(faults)
    return hazards


def _hazard(text: _Hazard, index: int, document: Document, faults: list[Fault]) -> Hazard:
    controls = []
    for number, control in enumerate(text.controls):
        place = document.place(("hazards", index, "controls", number))
        named = [(kind, getattr(control, kind)) for kind in KINDS if getattr(control, kind) is not None]
        if len(named) != 1:
            message = f"A control of `{text.id}` names {len(named)} things."
            faults.append(Fault(place, "hazard", message, "Name one property, rule, check or test."))
        else:
            kind, id_ = named[0]
            if kind in ("check", "test") and not control.planned and not control.fault:
                message = f"The {kind} `{id_}` does not say what makes it fail."
                faults.append(Fault(place, "hazard", message, "Name a fault that it finds under `fault`."))
            controls.append(Control(kind, id_, control.planned, control.fault, place))
    return Hazard(text.id, text.hazard, text.cause, text.effect, tuple(controls))
