"""Choose the course of treatment for the targets that have the overall rating."""

from __future__ import annotations

from collections.abc import Iterable

from triage.model.rule import Answers
from triage.model.ruleset import RuleSet


def plan_for(ruleset: RuleSet, targets: Iterable[str], answers: Answers) -> str | None:
    """The id of the course that is the same for all targets; None where their courses differ or none is defined."""
    if ruleset.course is None:
        return None
    plans = {ruleset.course.length_for(target, answers).id for target in targets}
    return plans.pop() if len(plans) == 1 else None
