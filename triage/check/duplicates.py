"""Check that no two rules share an id or a meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator

from triage.check.rule_digest import canonical
from triage.model.faults import Fault
from triage.model.rule import Rule
from triage.model.ruleset import RuleSet

_CLAIM_TO_AN_ID = {"retired": 0, "active": 1, "draft": 2}
"""Which of two rules keeps an id: a published one (lowest number) before a draft."""


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find ids and meanings that occur twice; the id of a retired rule may not be used again."""
    ids: dict[str, Rule] = {}
    meanings: dict[str, Rule] = {}
    for rule in sorted(ruleset.all_rules, key=lambda rule: _CLAIM_TO_AN_ID[rule.status]):
        first = ids.setdefault(rule.id, rule)
        if first is not rule:
            message = f"The id `{rule.id}` is taken by {first.place.file}."
            yield Fault(rule.place, "duplicate-id", message, "An id is never used twice: choose another.")
        if rule.status != "active":
            continue
        twin = meanings.setdefault(json.dumps(canonical(rule), sort_keys=True), rule)
        if twin is not rule:
            message = f"This rule means the same as `{twin.id}`."
            yield Fault(rule.at("when"), "duplicate-meaning", message, "Merge the two, or retire one.")
