"""No claim of the service page, no row of the evidence and no red flag is without a place in the rule set."""

from __future__ import annotations

import yaml

from tests.conftest import RULES
from triage.model.ruleset import RuleSet


def _without_rule() -> dict[str, str]:
    """The rows that no rule can encode, each with the reason that ``sources.yaml`` gives."""
    rows = yaml.safe_load((RULES / "sources.yaml").read_text(encoding="utf-8"))["evidence_rows"]
    return {row["id"]: row["no_rule"] for row in rows if "no_rule" in row}


def test_every_claim_of_the_page_is_reachable(ruleset: RuleSet) -> None:
    """By an active rule, or by the course plan, where the claim is about length, phases or cost."""
    cited = {source.claim for rule in ruleset.rules for source in rule.sources if source.claim}
    claims = set(ruleset.sources["service-page"].claims)
    assert ruleset.course is not None
    assert claims - cited - {source.claim for source in ruleset.course.cited} == set()
    assert len(claims) == 39  # S01 to S37, S20b, S20c


def test_every_row_of_the_evidence_and_every_red_flag_has_its_rule(ruleset: RuleSet) -> None:
    encoded = {row for rule in ruleset.rules for row in rule.evidence}
    encoded |= {row for reason in ruleset.scales.built_in.values() for row in reason.evidence}
    assert set(ruleset.evidence_rows) - encoded == set(_without_rule())
    assert encoded <= set(ruleset.evidence_rows)


def test_a_row_without_a_rule_says_why() -> None:
    assert all(len(reason.split()) > 5 for reason in _without_rule().values())
