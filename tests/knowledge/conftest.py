"""Written cases: a person in facts, and what must come of it."""

from __future__ import annotations

import pytest

from triage.answer.assess import Assessor, build_assessor
from triage.model.ruleset import RuleSet
from triage.settings import Settings


@pytest.fixture(scope="session")
def assessor(ruleset: RuleSet) -> Assessor:
    return build_assessor(ruleset, Settings())
