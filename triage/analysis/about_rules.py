"""Properties checked by reading the rules, without the solver: covering, one reason a step, allowed supports."""

from __future__ import annotations

from collections.abc import Iterator

from triage.analysis.prover import Refuted
from triage.model.property import Property
from triage.model.rule import OneOf, Rule, Supports
from triage.model.ruleset import RuleSet


def covers_at_most_own_level(ruleset: RuleSet) -> None:
    """No rule takes the place of one with a higher level."""
    rank = ruleset.scales.urgency_rank
    levels = {rule.id: rule.urgency.level for rule in ruleset.rules if rule.urgency}
    for rule in ruleset.rules:
        for covered in rule.urgency.covers if rule.urgency else ():
            if covered in levels and rank(levels[covered]) > rank(levels[rule.id]):
                raise Refuted(f"`{rule.id}` covers `{covered}`, whose level is higher.")


def one_step_a_reason(ruleset: RuleSet, property_: Property) -> None:
    """Each rule that reads only one of these facts reads one of its answers, and no two rules read the same."""
    for name in property_.one_step_a_reason:
        steps: dict[str, str] = {}
        for rule in ruleset.rules:
            if rule.urgency is not None and rule.facts == (name,):
                _one_step(rule, name, steps)


def _one_step(rule: Rule, name: str, steps: dict[str, str]) -> None:
    read = {value for condition in rule.conditions if isinstance(condition, OneOf) for value in condition.values}
    if len(read) > 1:
        raise Refuted(f"`{rule.id}` gives one reason for several answers to `{name}`.")
    for step in read:
        other = steps.setdefault(step, rule.id)
        if other != rule.id:
            raise Refuted(f"`{other}` and `{rule.id}` both give a reason for `{name}: {step}`.")


def supports_reading(ruleset: RuleSet, property_: Property) -> None:
    """Supports that fire on a condition in a given state have an allowed role and rating."""
    for rule in ruleset.rules:
        if property_.supports_reading in set(_condition_values(rule, ruleset)):
            for effect in rule.of(Supports):
                _allowed(rule, effect, ruleset, property_)


def _allowed(rule: Rule, effect: Supports, ruleset: RuleSet, property_: Property) -> None:
    rank, highest, state = ruleset.scales.rating_rank, property_.rating_at_most, property_.supports_reading
    if property_.roles and effect.role not in property_.roles:
        raise Refuted(f"`{rule.id}` supports on a {state} condition as {effect.role}.")
    if highest is not None and rank(effect.rating) > rank(highest):
        raise Refuted(f"`{rule.id}` supports `{effect.rating}` on a {state} condition.")


def _condition_values(rule: Rule, ruleset: RuleSet) -> Iterator[str]:
    for conjunction in rule.when:
        for condition in conjunction:
            if isinstance(condition, OneOf) and ruleset.vocabulary[condition.fact].type == "condition":
                yield from condition.values
