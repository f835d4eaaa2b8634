"""The hazard log as it is read: each hazard with its controls and what the proofs say of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from triage.model.hazard import Control, Hazard
from triage.model.ruleset import RuleSet

NAMED_RULE = re.compile(r"`([a-z0-9-]+)`")
"""A rule's id in the text of a planted fault."""
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
    """The sentence of a property, the title of a rule, the name of a test in words; empty for a check."""
    match control.kind:
        case "rule" if control.id in ruleset.by_id:
            return ruleset.by_id[control.id].title
        case "property":
            return sentences.get(control.id, "")
        case "test":
            return control.id.rpartition("::test_")[2].partition("[")[0].replace("_", " ").capitalize()
        case _:
            return ""


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


def _with_titles(text: str, ruleset: RuleSet) -> str:
    """A text with the titles of the rules in the place of their ids."""
    titles = {rule.id: f"“{rule.title}”" for rule in ruleset.all_rules}
    return NAMED_RULE.sub(lambda named: titles.get(named[1], named[0]), text)


def _fails(control: Control, ruleset: RuleSet) -> str:
    """The fault that makes a control fail; empty where none is known."""
    if control.kind == "property":
        return _with_titles(ruleset.planted.get(control.id, "").rstrip("."), ruleset)
    if control.kind == "rule" and control.id in ruleset.by_id:
        missing = f"The rule `{control.id}` is left out."
        properties = [id_ for id_, fault in ruleset.planted.items() if fault == missing]
        fail = "a property fails" if len(properties) == 1 else f"{len(properties)} properties fail"
        seen = f"; left out, {fail}" if properties else ""
        return f"a condition of the rule is changed, and an example no longer holds{seen}"
    return control.fault
