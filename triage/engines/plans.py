"""Which course a rating leads into: that of the targets that have the rating, where it is one."""

from __future__ import annotations

from collections.abc import Iterable

from triage.model.rule import Answers
from triage.model.ruleset import RuleSet


def plan_for(ruleset: RuleSet, targets: Iterable[str], answers: Answers) -> str | None:
    """The id of the one course for all the targets; None where there is none, or where their courses differ."""
    if ruleset.course is None:
        return None
    plans = {ruleset.course.length_for(target, answers).id for target in targets}
    return plans.pop() if len(plans) == 1 else None
