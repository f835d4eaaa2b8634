"""Check that no score decides a rating, and that a rule which derives from a score reads the age."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.fact import AGE, SUSPECTED
from triage.model.faults import Fault
from triage.model.rule import Limits, Rule, Supports
from triage.model.ruleset import RuleSet

SCORES = "scores"
"""The group of facts that hold the results of instruments."""


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find supports and limits that read a score, and rules that derive from a score at any age."""
    scores = {fact.name for fact in ruleset.vocabulary if fact.group == SCORES}
    for rule in ruleset.all_rules:
        read = [name for name in rule.facts if name in scores]
        if any(isinstance(effect, Supports | Limits) for effect in rule.effects):
            for name in read:
                message = f"`{rule.id}` rates on the score `{name}`."
                fix = f"Read the condition: a score may derive `{SUSPECTED}`, and a clinician confirms."
                yield Fault(rule.at_condition(name), "score-rates", message, fix)
        elif rule.derives and read:
            yield from _without_age(rule, read[0], ruleset)


def _without_age(rule: Rule, score: str, ruleset: RuleSet) -> Iterator[Fault]:
    """Find a rule with an alternative that reads no age: it would apply an adult cut-off to a child."""
    if AGE not in ruleset.vocabulary.facts:
        return
    if any(AGE not in {condition.fact for condition in conjunction} for conjunction in rule.when):
        message = f"`{rule.id}` reads the score `{score}` at any age."
        yield Fault(rule.at_condition(score), "score-without-age", message, f"Say for whom the cut-off is: `{AGE}`.")
