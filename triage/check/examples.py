"""Check that a rule has examples that fire, do not fire and are unknown, and one on each side of a bound."""

from __future__ import annotations

from collections.abc import Iterator

from triage.engines.reference import rule_truth
from triage.model.faults import Fault
from triage.model.rule import Between, Example, Rule, Truth
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Vocabulary

_WORDS = {True: "fires", False: "does not fire", None: "is unknown"}


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Run the examples of every rule, and find wrong and missing ones."""
    for rule in ruleset.all_rules:
        for example in rule.examples:
            yield from _runs(rule, example, ruleset.vocabulary)
        shown = {example.fires for example in rule.examples}
        for wanted in (True, False, None):
            if wanted not in shown:
                message = f"`{rule.id}` has no example on which it {_WORDS[wanted]}."
                yield Fault(rule.at("examples"), "example-lacking", message, "Add one under `examples`.")
        yield from _numbers(rule, ruleset.vocabulary)


def _runs(rule: Rule, example: Example, vocabulary: Vocabulary) -> Iterator[Fault]:
    for constraint in vocabulary.contradictions(example.given):
        message = f"The example `{example.name}` contradicts itself: {constraint.message}"
        yield Fault(example.place, "example", message, "No referral like it is let in.")
    truth = truth_of(rule, example, vocabulary)
    if truth is not example.fires:
        message = f"On the example `{example.name}` the rule {_WORDS[truth]}; the file says it {_WORDS[example.fires]}."
        yield Fault(example.place, "example", message, "Mend the rule or the example.")


def truth_of(rule: Rule, example: Example, vocabulary: Vocabulary) -> Truth:
    """Say whether the rule fires on the example, regardless of other rules."""
    given = example.given
    if rule.derives and rule.derives.fact in given:
        return False
    return rule_truth(rule, vocabulary, given)


def _numbers(rule: Rule, vocabulary: Vocabulary) -> Iterator[Fault]:
    for condition in dict.fromkeys(rule.conditions):
        if not isinstance(condition, Between):
            continue
        fact = vocabulary[condition.fact]
        tried = {example.given.get(condition.fact) for example in rule.examples}
        sides = {
            *((condition.low, condition.low - 1) if condition.low > fact.minimum else ()),
            *((condition.high, condition.high + 1) if condition.high < fact.maximum else ()),
        }
        for side in sorted(sides - tried):
            message = f"No example of `{rule.id}` has `{condition.fact}: {side}`, one side of its bound."
            yield Fault(
                rule.at_condition(condition.fact),
                "example-bound",
                message,
                "Add one; the bound shows only from both sides.",
            )
