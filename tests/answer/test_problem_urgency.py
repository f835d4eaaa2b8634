"""Whatever got no answer says how urgent it is: a refusal, a failure of an engine, a busy service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.referrals import as_request, counted_referrals
from triage.answer.assess import Assessor
from triage.answer.model import UrgencyPart
from triage.answer.problem_urgency import urgency_of_refused, urgency_of_unanswered
from triage.engines.agreement import EngineDisagreement, EngineFailure
from triage.reading.json_text import parse_json
from triage.reading.referral import RefusedReferral

SAFE: dict[str, Any] = {
    "suicidal_thoughts": "none", "suicide_warning_signs": [], "suicidal_behavior": "none",
    "untreated_overdose_or_injury": "no", "self_harm_without_intent": "none", "harm_to_others": "none",
    "dependants": "none", "psychotic_symptoms": "none", "manic_symptoms": "none", "intoxication_or_withdrawal": "none",
    "medical_red_flags": [], "partner_violence": "none", "other_violence": "none", "recent_sexual_assault": "no",
    "abuse_or_neglect": "none", "recent_psychiatric_discharge": "no", "other_red_flags": [], "age_years": 40,
    "perinatal_status": "none", "means_within_reach": "no", "thoughts_of_harming_child": "none",
}  # fmt: skip


def _refused(clinic: Assessor, facts: dict[str, Any], **parts: Any) -> UrgencyPart:
    with pytest.raises(RefusedReferral) as refused:
        clinic.reader.read({"facts": facts, **parts})
    urgency = urgency_of_refused(clinic, refused.value)
    assert urgency is not None
    return urgency


def test_a_refused_referral_with_a_plan_and_means_is_an_emergency(clinic: Assessor) -> None:
    facts = {"suicidal_thoughts": "plan_or_intent", "means_within_reach": "yes", "age_year": 30}
    urgency = _refused(clinic, facts)
    assert (urgency.level, urgency.state, urgency.exact) == ("emergency", "sorted", True)
    assert urgency.action.first


def test_a_refusal_with_open_safety_questions_is_not_sorted(clinic: Assessor) -> None:
    urgency = _refused(clinic, {"age_year": 30})
    assert (urgency.level, urgency.state) == ("urgent", "not_sorted")
    assert "age_years" in urgency.missing


def test_a_refusal_that_nothing_makes_urgent_says_correct_and_send_again(clinic: Assessor) -> None:
    urgency = _refused(clinic, SAFE | {"age_year": 30})
    assert (urgency.level, urgency.state, urgency.missing) == ("urgent", "not_sorted", ())
    assert urgency.action.first == clinic.ruleset.scales.refused.first
    assert urgency.respond_within.hours == 24


def test_a_raised_refusal_keeps_what_must_never_be_cut(clinic: Assessor) -> None:
    urgency = _refused(clinic, SAFE | {"age_year": 30, "needs": ["safe_contact_only"]})
    assert urgency.action.first == clinic.ruleset.scales.refused.first
    assert urgency.action.never == ("Leave no message; safe contact only.",)


def test_a_faulty_core_fact_is_taken_as_unknown(clinic: Assessor) -> None:
    urgency = _refused(clinic, SAFE | {"suicidal_thoughts": "noen"})
    assert (urgency.level, urgency.missing) == ("urgent", ("suicidal_thoughts",))


def test_contradicting_scores_beside_an_overdose_are_an_emergency(clinic: Assessor) -> None:
    facts = SAFE | {"phq9_total": 1, "phq9_item9": 3, "untreated_overdose_or_injury": "yes"}
    assert _refused(clinic, facts).level == "emergency"


def test_of_contradicting_answers_the_most_urgent_choice_counts(clinic: Assessor) -> None:
    """With either score taken as unknown the other one stands: a ninth item of 3 is urgent by itself."""
    urgency = _refused(clinic, SAFE | {"phq9_total": 1, "phq9_item9": 3})
    assert (urgency.level, urgency.state) == ("urgent", "sorted")


def test_of_choices_equally_urgent_the_first_in_the_vocabulary_counts(clinic: Assessor) -> None:
    with pytest.raises(RefusedReferral) as refused:
        clinic.reader.read({"facts": {"phq9_total": 1, "phq9_item9": 3}})
    parts = [urgency_of_refused(clinic, _only(refused.value, number)) for number in range(len(refused.value.could_be))]
    ranks = [clinic.ruleset.scales.urgency_rank(part.level) for part in parts if part]
    assert urgency_of_refused(clinic, refused.value) == parts[ranks.index(max(ranks))]


def _only(refused: RefusedReferral, number: int) -> RefusedReferral:
    return RefusedReferral(refused.faults, could_be=(refused.could_be[number],))


def test_text_that_cannot_be_read_says_nothing_of_urgency(clinic: Assessor) -> None:
    with pytest.raises(RefusedReferral) as refused:
        parse_json("{")
    assert urgency_of_refused(clinic, refused.value) is None


PLAN = {"suicidal_thoughts": "plan_or_intent", "means_within_reach": "yes"}


def test_a_failure_says_the_level_of_the_rules_and_that_all_above_it_is_possible(clinic: Assessor) -> None:
    referral = clinic.reader.read({"facts": SAFE | {"suicidal_thoughts": "active_no_plan", "age_years": 40}})
    urgency = urgency_of_unanswered(clinic, referral, RuntimeError())
    assert urgency.level == "urgent"
    assert urgency.could_become == ("urgent", "very_urgent", "emergency")
    assert (urgency.settled, urgency.exact) == (False, False)


def test_a_failure_is_never_below_urgent(clinic: Assessor) -> None:
    urgency = urgency_of_unanswered(clinic, clinic.reader.read({"facts": SAFE}))
    assert (urgency.level, urgency.state) == ("urgent", "not_sorted")
    assert urgency.could_become == ("urgent", "very_urgent", "emergency")


class _Broken:
    def __init__(self, ruleset: Any) -> None:
        self.ruleset = ruleset

    def fired(self, answers: Any) -> Any:
        raise RuntimeError

    evaluate = of = bounds = fired

    def common(self, answers: Any, rating: str) -> Any:
        raise RuntimeError


def test_rules_that_either_engine_found_count_where_both_are_broken(clinic: Assessor) -> None:
    broken = _Broken(clinic.ruleset)
    failing = replace(clinic, live=broken, check=broken, completions=broken)
    referral = clinic.reader.read({"facts": {}})
    fired = frozenset({"severe-withdrawal-or-reduced-consciousness"})
    for failure in (EngineFailure("x", fired, RuntimeError()), EngineDisagreement("x", fired, frozenset())):
        assert urgency_of_unanswered(failing, referral, failure).level == "emergency"
    assert urgency_of_unanswered(failing, referral, RuntimeError()).level == "urgent"


def test_a_refusal_is_told_whichever_engine_fails(clinic: Assessor) -> None:
    failing = replace(clinic, completions=_Broken(clinic.ruleset), live=_Broken(clinic.ruleset))
    urgency = _refused(failing, PLAN | {"age_year": 1})
    assert (urgency.level, urgency.exact) == ("emergency", False)


def test_the_level_of_a_refusal_that_leaves_nothing_open_is_settled(clinic: Assessor) -> None:
    """Every question is answered, and one name is wrong: what the completions are is not asked."""
    facts = counted_referrals(clinic.ruleset, 1)[0]
    failing = replace(clinic, completions=_Broken(clinic.ruleset))
    urgency = _refused(failing, as_request(clinic.ruleset, facts)["facts"] | {"age_year": 1})
    assert (urgency.exact, len(urgency.could_become)) == (True, 1)
