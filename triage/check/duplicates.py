"""No two rules have one id, and no two mean the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

from triage.check.rule_digest import canonical
from triage.model.faults import Fault
from triage.model.rule import Rule
from triage.model.ruleset import RuleSet

_CLAIM_TO_AN_ID = {"retired": 0, "active": 1, "draft": 2}
"""Whose an id is, first of all: what was once published keeps it, and a draft takes it from nobody."""


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find ids and meanings that stand twice; retired rules keep their ids and lend them to nobody."""
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
