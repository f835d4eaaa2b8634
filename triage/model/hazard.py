"""The hazard log: each hazard with its cause, its effect and its controls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from triage.model.faults import NOWHERE, Place

ControlKind = Literal["property", "rule", "check", "test"]


@dataclass(frozen=True, slots=True)
class Control:
    """One control of a hazard, which can be run. ``planned`` says that it does not exist yet.

    ``fault`` says what makes a check or a test fail; of a property and a rule it is known from elsewhere.
    """

    kind: ControlKind
    id: str
    planned: bool = False
    fault: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard: what could harm somebody, how it could come about (``cause``), and whom it would harm (``effect``)."""

    id: str
    hazard: str
    cause: str
    effect: str
    controls: tuple[Control, ...]
