"""Check that every alternative of a rule can hold for some complete, admitted referral."""

from __future__ import annotations

from collections.abc import Iterator

from triage.engines.completions.satisfiable import Satisfiability
from triage.model.faults import Fault
from triage.model.ruleset import RuleSet


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find alternatives that hold for no referral."""
    satisfiability = Satisfiability(ruleset.vocabulary, ruleset.all_rules)
    for rule in ruleset.all_rules:
        for number, conjunction in enumerate(rule.when, start=1):
            if not satisfiability.can_hold(conjunction, rule.unless):
                which = f"Alternative {number} of `{rule.id}`" if len(rule.when) > 1 else f"`{rule.id}`"
                message = f"{which} can never hold: its conditions exclude one another."
                place = rule.at("when", number - 1)
                yield Fault(place, "never-holds", message, "Compare them with each other and the constraints.")
        if rule.derives and rule.derives.fact in rule.facts:
            message = f"`{rule.id}` reads `{rule.derives.fact}`, which it derives only while it is unanswered."
            yield Fault(rule.at_condition(rule.derives.fact), "never-holds", message, "Leave that condition out.")
