"""Check that deriving rules read given answers only and agree, and that no urgency reads what they derive."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault
from triage.model.rule import OneOf, Rule
from triage.model.ruleset import RuleSet


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find chains and cycles of deriving rules, clashes between them, and urgencies that read what one derives."""
    derived: dict[str, tuple[str, str]] = {}
    for rule in ruleset.deriving:
        assert rule.derives
        fact, value = rule.derives.fact, rule.derives.value
        other_rule, other_value = derived.setdefault(fact, (rule.id, value))
        if other_value != value:
            message = f"`{rule.id}` derives `{fact}: {value}` where `{other_rule}` derives `{other_value}`."
            yield Fault(
                rule.at("then", "derives"), "derives-clash", message, "Two rules can't derive different values."
            )
        if ruleset.vocabulary[fact].asked_when:
            message = f"`{fact}` is only sometimes asked, so nothing may derive it."
            yield Fault(rule.at("then", "derives"), "derives-gated", message)
    for rule in ruleset.rules:
        for name in rule.facts:
            if name not in derived:
                continue
            origin, value = derived[name]
            if rule.derives:
                message = f"`{rule.id}` reads `{name}`, which `{origin}` derives: deriving is one pass, without chains."
                yield Fault(rule.at_condition(name), "derives-cycle", message, "Read the answers that were given.")
            elif rule.urgency and _hangs_on(rule, name, value):
                message = f"The urgency `{rule.id}` reads `{name}`, which `{origin}` derives."
                fix = "An urgency from a score reads the score."
                yield Fault(rule.at_condition(name), "urgency-reads-derived", message, fix)


def _hangs_on(rule: Rule, fact: str, value: str) -> bool:
    """Say whether the derived value could make the rule fire: it meets the ``when`` or is read by ``unless``.

    An unknown ``unless`` leaves a rule open, and one that the derived value makes false lets it fire.
    """
    read = (condition for conjunction in rule.when for condition in conjunction if condition.fact == fact)
    met = any(isinstance(condition, OneOf) and value in condition.values for condition in read)
    return met or any(condition.fact == fact for condition in rule.unless)
