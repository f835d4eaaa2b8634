"""The hazard log as it is read: each hazard with its controls and what the proofs say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.model.hazard import Control, Hazard
from triage.model.ruleset import RuleSet

_KINDS = {"property": "Property", "rule": "Rule", "check": "Check", "test": "Test"}


@dataclass(frozen=True)
class Result:
    """The result of proving a property: its sentence, and whether it holds (None where that is not settled)."""

    sentence: str
    holds: bool | None


Proved = Mapping[str, Result]


@dataclass(frozen=True)
class ShownControl:
    """One control: its kind in words, its id, what it says in words, and its state."""

    kind: str
    id: str
    says: str
    state: str


@dataclass(frozen=True)
class ShownHazard:
    """One hazard with its controls; those that are planned stand apart."""

    hazard: Hazard
    controls: tuple[ShownControl, ...]
    planned: tuple[ShownControl, ...]


def hazard_log(ruleset: RuleSet, proved: Proved) -> tuple[ShownHazard, ...]:
    """The hazard log with the text and state of each control; ``proved`` holds the properties proved so far."""
    return tuple(
        ShownHazard(
            hazard,
            tuple(_shown(control, ruleset, proved) for control in hazard.controls if not control.planned),
            tuple(_shown(control, ruleset, proved) for control in hazard.controls if control.planned),
        )
        for hazard in ruleset.hazards
    )


def _shown(control: Control, ruleset: RuleSet, proved: Proved) -> ShownControl:
    return ShownControl(_KINDS[control.kind], control.id, _says(control, ruleset, proved), _state(control, proved))


def _says(control: Control, ruleset: RuleSet, proved: Proved) -> str:
    """The sentence of a proved property or the title of a rule; empty for other controls, whose id says enough."""
    if control.kind == "rule" and control.id in ruleset.by_id:
        return ruleset.by_id[control.id].title
    return proved[control.id].sentence if control.id in proved else ""


def _state(control: Control, proved: Proved) -> str:
    if control.planned:
        return "planned, does not exist yet"
    if control.kind == "property":
        if control.id not in proved:
            return "not proved in this run"
        return {True: "holds", False: "does not hold", None: "not settled"}[proved[control.id].holds]
    return {"rule": "runs", "check": "held by triage rules check", "test": "run by make test"}[control.kind]
