"""Deriving rules read given answers only, agree with each other, and never feed an urgency."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault
from triage.model.rule import Derives, Urgency
from triage.model.ruleset import RuleSet


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find chains and cycles of deriving rules, clashes between them, and urgencies that read what one derives."""
    derived: dict[str, tuple[str, str]] = {}
    for rule in ruleset.deriving:
        assert isinstance(rule.effect, Derives)
        fact, value = rule.effect.fact, rule.effect.value
        by, said = derived.setdefault(fact, (rule.id, value))
        if said != value:
            message = f"`{rule.id}` derives `{fact}: {value}` where `{by}` derives `{said}`."
            yield Fault(
                rule.at("then", "derives"), "derives-clash", message, "Two rules can't derive different values."
            )
        if ruleset.vocabulary[fact].asked_when:
            message = f"`{fact}` is only sometimes asked, so nothing may derive it."
            yield Fault(rule.at("then", "derives"), "derives-gated", message)
    for rule in ruleset.rules:
        read = [name for name in rule.facts if name in derived]
        for name in read:
            by = derived[name][0]
            if isinstance(rule.effect, Derives):
                message = f"`{rule.id}` reads `{name}`, which `{by}` derives: deriving is one pass, without chains."
                yield Fault(rule.at_condition(name), "derives-cycle", message, "Read the answers that were given.")
            elif isinstance(rule.effect, Urgency):
                message = f"The urgency `{rule.id}` reads `{name}`, which `{by}` derives."
                yield Fault(
                    rule.at_condition(name),
                    "urgency-reads-derived",
                    message,
                    "An urgency from a score reads the score.",
                )
