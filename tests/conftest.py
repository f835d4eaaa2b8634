"""What every folder of tests shares: the published rule set, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.reading.referral import ReferralReader

RULES = Path(__file__).resolve().parents[1] / "rules"


@pytest.fixture(scope="session")
def ruleset() -> RuleSet:
    return load_ruleset(RULES)


@pytest.fixture(scope="session")
def reader(ruleset: RuleSet) -> ReferralReader:
    return ReferralReader(ruleset.vocabulary)
