"""Written cases: a person in facts, and what must come of it."""

from __future__ import annotations

import pytest

from triage.assess import Assessor
from triage.ruleset import RuleSet
from triage.service import build_assessor


@pytest.fixture(scope="session")
def assessor(ruleset: RuleSet) -> Assessor:
    return build_assessor(ruleset, time_limit=10)
