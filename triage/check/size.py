"""Check that the decision diagram of the rules stays within its number of nodes."""

from __future__ import annotations

from collections.abc import Iterator

from triage.engines.completions.diagram import DiagramTooLarge
from triage.engines.completions.engine import Completions, completions_of
from triage.model.faults import Fault
from triage.model.rule import Rule
from triage.model.ruleset import RuleSet

NAMED = 3
"""How many rules a fault names."""


def check(ruleset: RuleSet, most_nodes: int | None = None) -> Iterator[Fault]:
    """Build the diagram; if it is too large, name the rules that share facts with most others."""
    try:
        if most_nodes is None:
            completions_of(ruleset)
        else:
            Completions(ruleset, most_nodes)
    except DiagramTooLarge as too_large:
        meeting = _meeting_most(ruleset)
        named = ", ".join(f"`{rule.id}` ({count})" for rule, count in meeting)
        message = f"{too_large} These share facts with most other rules: {named}."
        yield Fault(meeting[0][0].at("when"), "size", message, "Split them into rules that read fewer facts.")


def _meeting_most(ruleset: RuleSet) -> list[tuple[Rule, int]]:
    """List the deciding rules that share a fact with the most other deciding rules, and with how many."""
    reads = [(rule, frozenset(rule.facts)) for rule in ruleset.deciding]
    counted = [(rule, sum(not facts.isdisjoint(others) for _, others in reads) - 1) for rule, facts in reads]
    return sorted(counted, key=lambda counted_rule: (-counted_rule[1], counted_rule[0].id))[:NAMED]
