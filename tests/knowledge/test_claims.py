"""No claim of the service page, no row of the evidence and no red flag is without a place in the rule set."""

from __future__ import annotations

from typing import Any

from triage.ruleset import RuleSet


def _claims_in(data: Any) -> set[str]:
    """The claims that a part of the course plan cites."""
    if isinstance(data, dict):
        own = {data["claim"]} if "claim" in data else set()
        return own.union(*(_claims_in(each) for each in data.values()))
    if isinstance(data, list):
        return set[str]().union(*(_claims_in(each) for each in data))
    return set()


def test_every_claim_of_the_page_is_reachable(ruleset: RuleSet) -> None:
    cited = {source.claim for rule in ruleset.rules for source in rule.sources if source.claim}
    cited |= _claims_in(ruleset.course) | _claims_in(ruleset.about)
    assert set(ruleset.sources["service-page"].claims) - cited == set()


def test_every_row_of_the_evidence_and_every_red_flag_has_its_rule(ruleset: RuleSet) -> None:
    encoded = {row for rule in ruleset.rules for row in rule.evidence}
    encoded |= {row for reason in ruleset.scales.built_in.values() for row in reason.evidence}
    assert set(ruleset.evidence_rows) - encoded == set()
    assert encoded <= set(ruleset.evidence_rows)
