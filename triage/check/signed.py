"""Check that a rule still means what it meant when it was signed."""

from __future__ import annotations

from collections.abc import Iterator

from triage.check.rule_digest import meaning_digest
from triage.model.faults import Fault
from triage.model.ruleset import RuleSet

MEND = "Write `review: {by: null, on: null}`, and have it read and signed anew (`triage rules sign`)."


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find the rules that were changed in meaning since they were signed. New words of theirs keep the signature."""
    for rule in ruleset.all_rules:
        if rule.reviewed_by is not None and rule.reviewed_meaning != meaning_digest(rule):
            message = f"{rule.reviewed_by} signed `{rule.id}` on {rule.reviewed_on}, and it meant something else."
            yield Fault(rule.at("review"), "signed", message, MEND)
