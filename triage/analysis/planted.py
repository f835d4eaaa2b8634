"""Faults planted in a rule set, to show that each property fails once what it rests on is broken.

A fault is an effect left out, or a rule added that says the opposite. The first that the solver catches is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from triage.analysis.planted_kinds import opposites
from triage.analysis.planted_structure import STRUCTURAL_FAULTS
from triage.analysis.prove import prove_all
from triage.model.property import Property
from triage.model.rule import Advice, Effect, Format, Limits, Rule, Supports, Urgency
from triage.model.ruleset import RuleSet
from triage.reading.properties_file import read_properties

MOST_TRIED = 12
"""How many rules are left out one by one before all of them are."""
_Kinds = tuple[type[Effect], ...]


@dataclass(frozen=True, slots=True)
class Plant:
    """A fault in words, and the rule set that has it."""

    fault: str
    ruleset: RuleSet


def plants_of(id_: str, ruleset: RuleSet, folder: Path) -> Iterator[Plant]:
    """List the faults to try for one property."""
    if id_ in STRUCTURAL_FAULTS:
        yield Plant(*STRUCTURAL_FAULTS[id_](ruleset))
        return
    property_ = next(known for known in read_properties(folder, ruleset) if known.id == id_)
    yield from _left_out(property_, ruleset)
    for fault, planted in opposites(property_, ruleset):
        yield Plant(fault, planted)


def caught(plant: Plant, id_: str, folder: Path) -> bool:
    """Say whether the property is refuted of the rule set with the fault."""
    (proof,) = prove_all(plant.ruleset, folder, only=[id_])
    return proof.holds is False


def first_caught(id_: str, ruleset: RuleSet, folder: Path) -> Plant | None:
    """Find the first fault that the property catches; None where it catches none of those tried."""
    return next((plant for plant in plants_of(id_, ruleset, folder) if caught(plant, id_, folder)), None)


def _left_out(property_: Property, ruleset: RuleSet) -> Iterator[Plant]:
    """Leave out one rule after the other that reads what the property is about, and then all of them."""
    kinds = _kinds(property_)
    if not kinds:
        return
    about = [{condition.fact for condition in conjunction} for conjunction in property_.given]
    reading = [rule for rule in ruleset.rules if _has(rule, kinds) and _is_about(rule, about, property_)]
    for rule in sorted(reading, key=lambda rule: _distance(rule, about))[:MOST_TRIED]:
        yield Plant(f"The rule `{rule.id}` is left out.", without(ruleset, rule))
    if len(reading) > 1:
        yield Plant(f"The {len(reading)} rules that read these answers are left out.", without(ruleset, *reading))


def _kinds(property_: Property) -> _Kinds:
    if property_.level_at_least or property_.lines:
        return (Urgency,)
    if property_.rating_at_most and not property_.supports_reading:
        return (Limits,)
    if property_.rating_at_least:
        return (Supports,)
    return (Format,) if property_.never_suited else ()


def _has(rule: Rule, kinds: _Kinds) -> bool:
    return any(isinstance(effect, kinds) for effect in rule.effects)


def _is_about(rule: Rule, about: list[set[str]], property_: Property) -> bool:
    """Whether an alternative of the rule reads only what the property speaks of."""
    formats = {effect.format for effect in rule.of(Format) if not effect.suited}
    if property_.never_suited:
        return property_.never_suited in formats
    return any({c.fact for c in conjunction} <= facts for conjunction in rule.when for facts in about)


def _distance(rule: Rule, about: list[set[str]]) -> int:
    """How many facts of the property the rule's closest alternative leaves unread."""
    return min((len(facts - {c.fact for c in conjunction}) for conjunction in rule.when for facts in about), default=0)


def without(ruleset: RuleSet, *rules: Rule) -> RuleSet:
    """The rule set in which these rules do nothing. Their ids stay, since properties may name them."""
    silent = tuple(replace(rule, effects=(Advice("delivery"),)) if rule in rules else rule for rule in ruleset.rules)
    return replace(ruleset, rules=silent, all_rules=silent)
