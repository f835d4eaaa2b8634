"""A limit that begins at some age says why it does not hold for adolescents, with the source that says so."""

from __future__ import annotations

from collections.abc import Iterator

from triage.check.scores import AGE
from triage.model.faults import Fault, did_you_mean
from triage.model.rule import Between, Limits, Rule
from triage.model.ruleset import RuleSet

FIRST_AGE = 12
"""From here on a limit of adults holds too, unless a source confines it."""


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find limits bounded by age from below that name no reason, and reasons whose source is not there."""
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
    conditions = (each for conjunction in rule.when for each in conjunction)
    return any(isinstance(each, Between) and each.fact == AGE and each.low > FIRST_AGE for each in conditions)
