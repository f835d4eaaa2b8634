"""The hazard log: what could harm somebody, how it could come about, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from triage.model.faults import NOWHERE, Place

ControlKind = Literal["property", "rule", "check", "test"]


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that stands against a hazard and can be run; ``planned`` where it does not exist yet."""

    kind: ControlKind
    id: str
    planned: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Hazard:
    """What could harm somebody (``hazard``), how it could come about, and what it would do to whom."""

    id: str
    hazard: str
    cause: str
    effect: str
    controls: tuple[Control, ...]
