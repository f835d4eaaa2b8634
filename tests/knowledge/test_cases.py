"""The vignettes given and the hard combinations written for them, end to end through every engine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.knowledge.cases import Case, cases_in, referral_of
from triage.assess import Assessor
from triage.ruleset import RuleSet

VIGNETTES = cases_in("vignettes")
HARD_CASES = cases_in("hard_cases")


def _by_id(case: Case) -> str:
    return case.id


def _check_urgency(case: Case, urgency: dict[str, Any], ruleset: RuleSet) -> None:
    rank = ruleset.scales.urgency_rank
    wanted = case.expect["urgency"]
    if wanted["exactly"] == "true":
        assert urgency["level"] == wanted["level"], case.story
    else:
        assert rank(urgency["level"]) >= rank(wanted["level"]), case.story


@pytest.mark.parametrize("case", VIGNETTES, ids=_by_id)
def test_a_vignette_comes_out_as_its_sources_say(case: Case, assessor: Assessor, ruleset: RuleSet) -> None:
    answer = assessor.assess(referral_of(case, ruleset))
    assert answer["suitability"]["rating"] in case.expect["rating"], case.story
    _check_urgency(case, answer["urgency"], ruleset)


@pytest.mark.parametrize("case", HARD_CASES, ids=_by_id)
def test_a_hard_case_comes_out_as_its_sources_say(case: Case, assessor: Assessor, ruleset: RuleSet) -> None:
    answer = assessor.assess(referral_of(case, ruleset))
    rating = answer["suitability"]
    assert rating["rating"] in case.expect["rating"], (rating, case.story)
    _check_urgency(case, answer["urgency"], ruleset)
    wanted = case.expect
    if "could_become" in wanted:
        assert rating["could_become"] == wanted["could_become"]
    if "role" in wanted:
        assert rating["role"] == wanted["role"]
    if "for" in wanted:
        assert set(rating["for"]) == set(wanted["for"])
    assert set(wanted.get("limited_by", ())) <= {
        each["rule"] for each in answer["reasons"] if each["effect"] == "limits"
    }
    stances = {each["format"]: each["stance"] for each in answer["formats"]}
    assert wanted.get("formats", {}).items() <= stances.items()
    offered = {each["therapy"]: each["first"] for each in answer["alternatives"]}
    assert set(wanted.get("first", ())) <= {therapy for therapy, first in offered.items() if first}
    assert set(wanted.get("beside", ())) <= set(offered)


def test_all_given_vignettes_are_here() -> None:
    assert len(VIGNETTES) == 33
    assert len(HARD_CASES) >= 24
