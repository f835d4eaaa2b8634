"""What rests on a suspected condition is a support of its own, at most suitable."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault
from triage.model.rule import OneOf, Supports
from triage.model.ruleset import RuleSet

SUSPECTED = "suspected"
HIGHEST_ON_SUSPICION = "suitable"


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find supports too high for a suspicion."""
    ceiling = ruleset.scales.rating_rank(HIGHEST_ON_SUSPICION)
    for rule in ruleset.rules:
        conditions = [c for conjunction in rule.when for c in conjunction if isinstance(c, OneOf)]
        suspected = next((each for each in conditions if SUSPECTED in each.values), None)
        if suspected is None:
            continue
        for effect in rule.of(Supports):
            if ruleset.scales.rating_rank(effect.rating) > ceiling:
                message = f"`{rule.id}` supports `{effect.rating}` on a suspected condition."
                fix = f"At most `{HIGHEST_ON_SUSPICION}` rests on one."
                yield Fault(rule.at("then", "supports"), "suspected-support", message, fix)
