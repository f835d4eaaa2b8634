"""The hazard log as it is read: each hazard with its controls and what the proofs say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.model.hazard import Control, Hazard
from triage.model.ruleset import RuleSet

_KINDS = {"property": "Property", "rule": "Rule", "check": "Check", "test": "Test"}


@dataclass(frozen=True)
class ShownControl:
    """One control: its kind in words, its id, and its state."""

    kind: str
    id: str
    is_rule: bool
    state: str


@dataclass(frozen=True)
class ShownHazard:
    """One hazard with its controls; those that are planned stand apart."""

    hazard: Hazard
    controls: tuple[ShownControl, ...]
    planned: tuple[ShownControl, ...]


def hazard_log(ruleset: RuleSet, proved: Mapping[str, bool | None]) -> tuple[ShownHazard, ...]:
    """The log; ``proved`` says of each property proved so far whether it holds, None where that is not settled."""
    return tuple(
        ShownHazard(
            each,
            tuple(_shown(control, proved) for control in each.controls if not control.planned),
            tuple(_shown(control, proved) for control in each.controls if control.planned),
        )
        for each in ruleset.hazards
    )


def _shown(control: Control, proved: Mapping[str, bool | None]) -> ShownControl:
    return ShownControl(_KINDS[control.kind], control.id, control.kind == "rule", _state(control, proved))


def _state(control: Control, proved: Mapping[str, bool | None]) -> str:
    if control.planned:
        return "planned, does not exist yet"
    if control.kind == "property":
        if control.id not in proved:
            return "not proved in this run"
        return {True: "holds", False: "does not hold", None: "not settled"}[proved[control.id]]
    return {"rule": "runs", "check": "held by triage rules check", "test": "run by make test"}[control.kind]


def planned_count(log: Iterable[ShownHazard]) -> int:
    """How many controls are planned."""
    return sum(len(each.planned) for each in log)
