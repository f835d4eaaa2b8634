"""Check that a support on a suspected condition is at most suitable."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.fact import SUSPECTED
from triage.model.faults import Fault
from triage.model.rule import OneOf, Supports
from triage.model.ruleset import RuleSet

HIGHEST_ON_SUSPICION = "suitable"


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find supports on a suspected condition with a rating that is too high."""
    ceiling = ruleset.scales.rating_rank(HIGHEST_ON_SUSPICION)
    for rule in ruleset.rules:
        conditions = [
            condition for conjunction in rule.when for condition in conjunction if isinstance(condition, OneOf)
        ]
        if not any(SUSPECTED in condition.values for condition in conditions):
            continue
        for effect in rule.of(Supports):
            if ruleset.scales.rating_rank(effect.rating) > ceiling:
                message = f"`{rule.id}` supports `{effect.rating}` on a suspected condition."
                fix = f"At most `{HIGHEST_ON_SUSPICION}` rests on one."
                yield Fault(rule.at("then", "supports"), "suspected-support", message, fix)
