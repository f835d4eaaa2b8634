"""The floors that hold the urgency up while core facts are unanswered, and the rules that others cover."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from triage.model.rule import Answers, Rule
from triage.model.ruleset import RuleSet
from triage.model.scales import GENERAL_FLOOR
from triage.model.truth import any_holds


@dataclass(frozen=True, slots=True)
class HeldFloor:
    """A floor that applies: ``id`` is its key in ``Scales.floors``, ``facts`` are the unanswered core facts."""

    id: str
    level: str
    facts: tuple[str, ...]


def floors(ruleset: RuleSet, missing: Collection[str], answers: Answers) -> tuple[HeldFloor, ...]:
    """The floors that apply while the core facts named by ``missing`` are unanswered, the highest first.

    A fact with a floor of its own has that floor while its condition is known to hold, and the general floor otherwise.
    All other facts have the general floor.
    """
    if not missing:
        return ()
    vocabulary, scales = ruleset.vocabulary, ruleset.scales
    held = [
        HeldFloor(fact.name, fact.floor.level, (fact.name,))
        for fact in vocabulary
        if fact.floor is not None and fact.name in missing and any_holds(fact.floor.held_while, answers)
    ]
    others = vocabulary.in_order({*missing} - {floor.id for floor in held})
    if others:
        held.append(HeldFloor(GENERAL_FLOOR, scales.floor, tuple(others)))
    return tuple(sorted(held, key=lambda floor: -scales.urgency_rank(floor.level)))


def covered(fired: Iterable[Rule]) -> frozenset[str]:
    """The ids of the rules covered by a fired rule. A rule that is itself covered still covers others."""
    return frozenset([id_ for rule in fired if (urgency := rule.urgency) for id_ in urgency.covers])
