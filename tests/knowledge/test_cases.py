"""The vignettes given and the hard combinations written for them, end to end through every engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.knowledge.cases import Case, cases_in, referral_of
from triage.answer.assess import Assessor
from triage.answer.model import Answer, UrgencyPart
from triage.model.ruleset import RuleSet

VIGNETTES = cases_in("vignettes")
HARD_CASES = cases_in("hard_cases")
WITHOUT_SAFETY = [replace(case, all_clear=False) for case in VIGNETTES if case.all_clear]
SINGLE = {"role", "certainty", "could_become", "limited_by"}
SEVERAL = {"for", "formats", "not_suited", "first", "beside", "focus", "advice"}


def _by_id(case: Case) -> str:
    return case.id


def _check_urgency(case: Case, urgency: UrgencyPart, ruleset: RuleSet) -> None:
    rank = ruleset.scales.urgency_rank
    wanted = case.expect["urgency"]
    if wanted["exactly"] == "true":
        assert urgency.level == wanted["level"], case.story
    else:
        assert rank(urgency.level) >= rank(wanted["level"]), case.story


@pytest.mark.parametrize("case", VIGNETTES, ids=_by_id)
def test_a_vignette_comes_out_as_its_sources_say(case: Case, assessor: Assessor, ruleset: RuleSet) -> None:
    answer = assessor.assess(referral_of(case, ruleset))
    assert answer.suitability.rating in case.expect["rating"], case.story
    _check_urgency(case, answer.urgency, ruleset)


@pytest.mark.parametrize("case", WITHOUT_SAFETY, ids=_by_id)
def test_a_vignette_nobody_asked_about_safety_is_urgent_and_says_what_is_missing(
    case: Case, assessor: Assessor, ruleset: RuleSet
) -> None:
    answer = assessor.assess(referral_of(case, ruleset))
    rank, urgency = ruleset.scales.urgency_rank, answer.urgency
    assert rank(urgency.level) >= rank("urgent")
    assert urgency.missing
    by_rules = [
        reason.value for reason in answer.reasons if reason.effect == "urgency" and reason.rule in ruleset.by_id
    ]
    at_floor = any(level is not None and rank(level) >= rank("urgent") for level in by_rules)
    assert urgency.state == ("sorted" if at_floor else "not_sorted")


@pytest.mark.parametrize("case", HARD_CASES, ids=_by_id)
def test_a_hard_case_comes_out_as_its_sources_say(case: Case, assessor: Assessor, ruleset: RuleSet) -> None:
    answer = assessor.assess(referral_of(case, ruleset))
    rating = answer.suitability
    assert rating.rating in case.expect["rating"], (rating, case.story)
    _check_urgency(case, answer.urgency, ruleset)
    for key in SINGLE & set(case.expect):
        value = getattr(rating, key)
        assert (list(value) if isinstance(value, tuple) else value) == (case.expect[key] or None), (key, case.story)
    for key in SEVERAL & set(case.expect):
        _check_several(key, case, answer)


def _check_several(key: str, case: Case, answer: Answer) -> None:
    """``for`` and ``focus`` are all there is; ``not_suited`` are not called suited; the rest are at least there.

    The sentence of a rule is said once, so that advice may stand with what else its rule says.
    """
    wanted = case.expect[key]
    stances = {stance.format: stance.stance for stance in answer.formats}
    offered = {therapy.therapy: therapy.offer for therapy in answer.alternatives}
    match key:
        case "for":
            assert set(answer.suitability.for_) == set(wanted)
        case "formats":
            assert wanted.items() <= stances.items()
        case "not_suited":
            assert all(stances.get(format_) != "suited" for format_ in wanted)
        case "first":
            assert set(wanted) <= {therapy for therapy, offer in offered.items() if offer == "first"}
        case "beside":
            assert set(wanted) <= {therapy for therapy, offer in offered.items() if offer == "beside"}
        case "focus":
            assert [area.area for area in answer.focus if area.proposed] == wanted
        case "advice":
            assert set(wanted) <= {reason.rule for reason in answer.reasons}


def test_with_every_danger_at_once_the_first_line_is_to_call_and_ninety_words_are_enough(
    assessor: Assessor, ruleset: RuleSet
) -> None:
    (case,) = [case for case in HARD_CASES if case.id == "everything-at-once"]
    action = assessor.assess(referral_of(case, ruleset)).urgency.action
    shown = (action.first, *action.do, *action.ask, *action.never, *action.also)
    assert action.first == "Call the emergency number (not set) now; keep the person on the line."
    assert sum(len(text.split()) for text in shown) <= 90
    assert action.more


def test_the_written_cases_are_all_here_and_expect_only_what_is_looked_at() -> None:
    assert len(VIGNETTES) == 33
    assert len(HARD_CASES) >= 30
    for case in VIGNETTES:
        assert set(case.expect) == {"rating", "urgency"}, case.id
    for case in HARD_CASES:
        assert set(case.expect) <= {"rating", "urgency"} | SINGLE | SEVERAL, case.id
