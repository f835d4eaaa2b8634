"""Check that an urgency rule covers only other urgency rules of no higher level, and not in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triage.model.faults import Fault, did_you_mean
from triage.model.ruleset import RuleSet

Covers = Mapping[str, tuple[str, ...]]


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find `covers` that name no other urgency rule, hide a higher level, or form a circle."""
    levels = {rule.id: ruleset.scales.urgency_rank(rule.urgency.level) for rule in ruleset.rules if rule.urgency}
    covers = {rule.id: rule.urgency.covers for rule in ruleset.rules if rule.urgency}
    for rule in ruleset.rules:
        place = rule.at("then", "urgency", "covers")
        for covered in covers.get(rule.id, ()):
            if covered not in levels or covered == rule.id:
                message = f"`{rule.id}` covers `{covered}`, which is no other active urgency rule."
                yield Fault(place, "covers", message, did_you_mean(covered, tuple(levels)))
            elif levels[covered] > levels[rule.id]:
                message = f"`{rule.id}` covers `{covered}`, whose level is higher."
                yield Fault(
                    place,
                    "covers",
                    message,
                    "A rule takes the place of others of its level or below.",
                )
            elif rule.id in _covered_in_the_end(covered, covers):
                message = f"`{rule.id}` covers `{covered}`, which in the end covers `{rule.id}`."
                yield Fault(
                    place,
                    "covers",
                    message,
                    "Break the circle: both would lose their reason.",
                )


def _covered_in_the_end(rule: str, covers: Covers) -> frozenset[str]:
    """List every rule that this one covers, directly or through others."""
    reached: set[str] = set()
    waiting = [rule]
    while waiting:
        fresh = [covered for covered in covers.get(waiting.pop(), ()) if covered not in reached]
        reached.update(fresh)
        waiting.extend(fresh)
    return frozenset(reached)
