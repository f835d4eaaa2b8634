"""Every counterexample ever found, with its story: each must come out as its story says it should."""

from __future__ import annotations

import pytest

from tests.knowledge.cases import Case, cases_in, referral_of
from triage.answer.assess import build_assessor
from triage.model.ruleset import RuleSet
from triage.model.written import encode
from triage.settings import Settings

CASES = cases_in("corpus")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_was_found_once_is_not_so_again(case: Case, ruleset: RuleSet) -> None:
    answer = build_assessor(ruleset, Settings()).assess(referral_of(case, ruleset))
    rating, expected = answer.suitability, case.expect
    assert answer.urgency.level == expected["level"]
    assert expected.get("action_says", "") in encode(answer.urgency.action).decode()
    assert rating.rating in expected.get("rating", [rating.rating])
    assert rating.rating not in expected.get("not_rating", [])
    assert rating.role == expected.get("role", rating.role)
    assert str(rating.exact).lower() == expected.get("exact", "true")
    if not rating.exact:
        assert rating.settled is False
