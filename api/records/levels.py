"""The level in force on a record: the answer's, or one before it that only a clinician may take away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from api.records.model import LevelFrom
from triage.answer.assess import Assessor
from triage.answer.decide import Level
from triage.answer.fired_rules import FiredRules
from triage.answer.model import Answer, ComposedAction, Reason, Within
from triage.engines.outcome import Bounds
from triage.model.scales import CORE_UNANSWERED, LOWEST_URGENCY, Scales

StoredJson = Mapping[str, Any]
"""An answer as it was stored; of older rules it may have other keys than today's type."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The level in force, where it comes from and why, and the level below which no later answer takes it."""

    level: str
    state: str
    held: str
    level_from: LevelFrom = "answer"
    because: str | None = None

    def row(self, scales: Scales) -> dict[str, object]:
        """The columns of the record."""
        return {
            "level": self.level,
            "state": self.state,
            "held_level": self.held,
            "level_from": self.level_from,
            "level_because": self.because,
            "queue": queue(scales, self.level, self.state),
        }


def queue(scales: Scales, level: str, state: str) -> int:
    """The place of a queue in the worklist, 0 first: the most urgent first, not sorted after the floor's level."""
    from_the_top = len(scales.urgency_ids) - 1 - scales.urgency_rank(level)
    floor = len(scales.urgency_ids) - 1 - scales.urgency_rank(scales.floor)
    if from_the_top > floor or (state == "not_sorted" and from_the_top > 0):
        return max(from_the_top, floor) + 1
    return from_the_top


def highest(scales: Scales, *levels: str | None) -> str:
    """The highest of levels; routine where there is none."""
    return max((level for level in levels if level), key=scales.urgency_rank, default=LOWEST_URGENCY)


def of_first(answer: Answer, scales: Scales) -> InForce:
    """The level of a record with one answer."""
    return InForce(answer.urgency.level, answer.urgency.state, _by_rules(answer, scales))


def of_stored(answer: StoredJson, scales: Scales) -> InForce:
    """The level of a stored answer."""
    urgency = answer["urgency"]
    of_rules = (level for rule, level in _urgency_rules(answer) if rule != CORE_UNANSWERED)
    return InForce(urgency["level"], urgency["state"], highest(scales, *of_rules, urgency["could_become"][0]))


def of_next(answer: Answer, before: InForce, accepted: Collection[str], scales: Scales) -> InForce:
    """The level after another answer: never below what a rule set before.

    ``accepted`` are the urgency rules that a clinician's decision went below: they do not raise it again.
    """
    if accepted:
        raised = highest(scales, *(reason.value for reason in _urgent(answer) if reason.rule not in accepted))
        now = InForce(raised, answer.urgency.state, raised)
    else:
        now = of_first(answer, scales)
    if scales.urgency_rank(now.level) >= scales.urgency_rank(before.held) and not _stays(before, now):
        return InForce(now.level, now.state, highest(scales, before.held, now.held))
    held = highest(scales, before.held, now.held)
    if before.level_from != "answer":
        return InForce(held, "sorted", held, before.level_from, before.because)
    because = "A rule set this level for an earlier answer. Only a clinician lowers it."
    return InForce(held, "sorted", held, "kept", because)


def _stays(before: InForce, now: InForce) -> bool:
    """Whether a level that attempts or a decision gave is still what it was."""
    return before.level_from in ("escalated", "decision") and now.level == before.held


def _urgent(answer: Answer) -> list[Reason]:
    return [reason for reason in answer.reasons if reason.effect == "urgency" and reason.value is not None]


def _by_rules(answer: Answer, scales: Scales) -> str:
    """The highest level that a rule sets, or that every completion reaches; a floor does not count."""
    of_rules = (reason.value for reason in _urgent(answer) if reason.rule != CORE_UNANSWERED)
    return highest(scales, *of_rules, answer.urgency.could_become[0])


def _urgency_rules(answer: StoredJson) -> list[tuple[str, str]]:
    """Each urgency rule of a stored answer with its level."""
    reasons = answer["reasons"]
    return [
        (reason["rule"], reason["value"]) for reason in reasons if reason["effect"] == "urgency" and reason["value"]
    ]


def floor_of(answer: StoredJson) -> str | None:
    """The level of the floor of a stored answer, while a core question is open."""
    return next((level for rule, level in _urgency_rules(answer) if rule == CORE_UNANSWERED), None)


def rules_above(answer: StoredJson, level: str, scales: Scales) -> list[str]:
    """The urgency rules of a stored answer that set more than a level."""
    rank = scales.urgency_rank
    above = {rule for rule, of_rule in _urgency_rules(answer) if rank(of_rule) > rank(level)}
    return sorted(above - {CORE_UNANSWERED})


def within(assessor: Assessor, level: str) -> Within:
    """The time within which a level is acted upon."""
    return _own_part(assessor, level)[0]


def own_action(assessor: Assessor, level: str) -> ComposedAction:
    """What is done at a level that comes from no rule."""
    return _own_part(assessor, level)[1]


def _own_part(assessor: Assessor, level: str) -> tuple[Within, ComposedAction]:
    nothing = FiredRules(assessor.ruleset, ())
    part = assessor.actions.urgency_part(nothing, Level(level, "sorted"), Bounds((), (level,), exact=False))
    return part.respond_within, part.action
