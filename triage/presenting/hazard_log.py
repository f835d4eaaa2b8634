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
    """One control: its kind in words, its id, what it says in words, its last result, and what makes it fail."""

    kind: str
    id: str
    says: str
    state: str
    fails: str


@dataclass(frozen=True)
class ShownHazard:
    """One hazard with its controls; those that are planned stand apart."""

    hazard: Hazard
    controls: tuple[ShownControl, ...]
    planned: tuple[ShownControl, ...]


def hazard_log(
    ruleset: RuleSet, proved: Proved, sentences: Mapping[str, str] | None = None, *, under_way: bool = False
) -> tuple[ShownHazard, ...]:
    """The hazard log with text, last result and fault of each control.

    ``proved`` holds the properties proved so far; ``under_way`` says that the others are being proved. ``sentences``
    says in words what each property is, also before it is proved.
    """
    in_words = dict(sentences or {}) | {id_: result.sentence for id_, result in proved.items()}

    def shown(control: Control) -> ShownControl:
        return ShownControl(
            _KINDS[control.kind],
            control.id,
            _says(control, ruleset, in_words),
            _state(control, ruleset, proved, under_way=under_way),
            _fails(control, ruleset),
        )

    return tuple(
        ShownHazard(
            hazard,
            tuple(shown(control) for control in hazard.controls if not control.planned),
            tuple(shown(control) for control in hazard.controls if control.planned),
        )
        for hazard in ruleset.hazards
    )


def result_in_words(property_: str, proved: Proved, *, under_way: bool) -> str:
    """The last result of proving a property."""
    if property_ in proved:
        return {True: "holds", False: "does not hold", None: "not settled"}[proved[property_].holds]
    return "being proved now" if under_way else "not proved in this run"


def _says(control: Control, ruleset: RuleSet, sentences: Mapping[str, str]) -> str:
    """The sentence of a property or the title of a rule; empty for other controls, whose id says enough."""
    if control.kind == "rule" and control.id in ruleset.by_id:
        return ruleset.by_id[control.id].title
    return sentences.get(control.id, "") if control.kind == "property" else ""


def _state(control: Control, ruleset: RuleSet, proved: Proved, *, under_way: bool) -> str:
    """The last result of a control."""
    if control.planned:
        return "planned, does not exist yet"
    match control.kind:
        case "property":
            return result_in_words(control.id, proved, under_way=under_way)
        case "rule":
            count = len(ruleset.by_id[control.id].examples) if control.id in ruleset.by_id else 0
            return f"runs; its {count} examples hold"
        case "check":
            return "found nothing in these rules"
        case "test":
            return "passes in make test, without which nothing is released"


def _fails(control: Control, ruleset: RuleSet) -> str:
    """The fault that makes a control fail; empty where none is known."""
    if control.kind == "property":
        return ruleset.planted.get(control.id, "").rstrip(".")
    if control.kind == "rule" and control.id in ruleset.by_id:
        missing = f"The rule `{control.id}` is left out."
        properties = [id_ for id_, fault in ruleset.planted.items() if fault == missing]
        seen = f"; left out, {', '.join(properties)} fails" if properties else ""
        return f"a condition of the rule is changed, and an example no longer holds{seen}"
    return control.fault
