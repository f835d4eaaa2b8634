"""Check that no urgency rests on a denial or a low score, so that no other answer takes it away."""

from __future__ import annotations

from collections.abc import Iterator

from triage.check.scores import SCORES
from triage.model.faults import Fault
from triage.model.rule import Between, Condition, Empty, Includes, OneOf
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Vocabulary


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find urgencies with an ``unless``, or with a condition on a neutral answer or a low score."""
    for rule in ruleset.all_rules:
        if rule.urgency is None:
            continue
        if rule.unless:
            message = f"The urgency `{rule.id}` has an `unless`: another answer would take it away."
            yield Fault(rule.at("unless"), "urgency-unless", message, "Leave it out; nothing lowers an urgency.")
        for condition in dict.fromkeys(condition for conjunction in rule.when for condition in conjunction):
            if _is_denial(condition, ruleset.vocabulary):
                message = f"The urgency `{rule.id}` rests on a neutral answer or a low score of `{condition.fact}`."
                fix = "Name the answers that are a danger."
                yield Fault(rule.at_condition(condition.fact), "urgency-denial", message, fix)


def _is_denial(condition: Condition, vocabulary: Vocabulary) -> bool:
    fact = vocabulary[condition.fact]
    if fact.core.kind == "never" and fact.group != SCORES:
        return False  # "not in treatment" is a fact of its own, not the denial of a danger
    match condition:
        case Between(high=high):
            return fact.group == SCORES and high < fact.maximum
        case OneOf(values=values):
            return fact.neutral in values
        case Includes():
            return False
        case Empty(empty=empty):
            return empty
