"""What rests on a suspected condition is a support of its own, at most suitable, and never a limit."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault
from triage.model.rule import Limits, OneOf, Supports
from triage.model.ruleset import RuleSet

SUSPECTED = "suspected"
HIGHEST_ON_SUSPICION = "suitable"


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find supports too high for a suspicion, and limits that read one."""
    ceiling = ruleset.scales.rating_rank(HIGHEST_ON_SUSPICION)
    for rule in ruleset.rules:
        conditions = [c for conjunction in rule.when for c in conjunction if isinstance(c, OneOf)]
        suspected = next((each for each in conditions if SUSPECTED in each.values), None)
        if suspected is None:
            continue
        place = rule.at_condition(suspected.fact)
        if isinstance(rule.effect, Limits):
            message = f"The limit `{rule.id}` reads a suspected condition."
            yield Fault(place, "suspected-limit", message, "A limit rests on `current`.")
        elif isinstance(rule.effect, Supports) and ruleset.scales.rating_rank(rule.effect.rating) > ceiling:
            message = f"`{rule.id}` supports `{rule.effect.rating}` on a suspected condition."
            yield Fault(
                rule.at("then", "supports", "rating"),
                "suspected-support",
                message,
                f"At most `{HIGHEST_ON_SUSPICION}` rests on one.",
            )
