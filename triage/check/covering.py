"""References between rules are to rules that exist."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault, did_you_mean
from triage.model.ruleset import RuleSet


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find a ``covered_by`` that names no active rule."""
    known = tuple(rule.id for rule in ruleset.rules)
    for rule in ruleset.all_rules:
        if rule.covered_by is not None and (rule.covered_by not in known or rule.covered_by == rule.id):
            message = f"`covered_by` names `{rule.covered_by}`, which is no other active rule."
            yield Fault(rule.at("covered_by"), "covered-by", message, did_you_mean(rule.covered_by, known))
