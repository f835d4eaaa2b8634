"""Which course a rating leads into: a plan is chosen by the target, whether it is remitted, and the age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from triage.model.rule import Answers
from triage.model.ruleset import RuleSet

DEFAULT = "default"
"""The id of the plan where no other fits."""


def plan_for(ruleset: RuleSet, targets: Iterable[str], answers: Answers) -> str | None:
    """The id of the one plan for all the targets; None where there is none, or where their plans differ."""
    plans = {_plan(ruleset, target, answers) for target in targets}
    return plans.pop() if len(plans) == 1 else None


def plan_of(ruleset: RuleSet, id_: str) -> Mapping[str, Any]:
    """The plan with this id, as ``course.yaml`` has it."""
    course = ruleset.course
    if id_ == DEFAULT:
        return {"kind": "acute", **course["default"]}
    return next({"kind": "acute", **each} for each in course["lengths"] if each["id"] == id_)


def _plan(ruleset: RuleSet, target: str, answers: Answers) -> str | None:
    """The first plan that fits the target, else the default."""
    if not ruleset.course:
        return None
    fitting = (each["id"] for each in ruleset.course["lengths"] if _fits(each, target, answers))
    return next(fitting, DEFAULT)


def _fits(plan: Mapping[str, Any], target: str, answers: Answers) -> bool:
    if target not in plan.get("for", (target,)):
        return False
    if plan.get("remitted") and answers.get(target) != "remitted":
        return False
    bounds, age = plan.get("age"), answers.get("age_years")
    if bounds is None:
        return True
    return isinstance(age, int) and bounds.get("at_least", age) <= age <= bounds.get("at_most", age)
