"""Check that a limit for adults only gives a reason and a source for leaving adolescents out."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.fact import AGE
from triage.model.faults import Fault, did_you_mean
from triage.model.rule import Between, Limits, Rule
from triage.model.ruleset import RuleSet

FIRST_AGE = 12
"""A limit for adults holds from this age too, unless a source confines it to adults."""


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find limits with a lowest age and no reason for it, and reasons whose source does not exist."""
    for rule in ruleset.all_rules:
        for limit in rule.of(Limits):
            place = rule.at("then", "limits")
            if limit.adults_only is None:
                if _begins_at_an_age(rule):
                    message = f"The limit `{rule.id}` does not hold for those of 12 to 17, and says no reason."
                    fix = "Add `adults_only: {because, source}`, or lower the age."
                    yield Fault(place, "adults-only", message, fix)
            elif limit.adults_only.source not in ruleset.sources:
                message = f"The source `{limit.adults_only.source}` is not in sources.yaml."
                fix = did_you_mean(limit.adults_only.source, tuple(ruleset.sources))
                yield Fault(place, "source", message, fix)


def _begins_at_an_age(rule: Rule) -> bool:
    bounds = (condition for conjunction in rule.when for condition in conjunction if isinstance(condition, Between))
    return any(bound.fact == AGE and bound.low > FIRST_AGE for bound in bounds)
