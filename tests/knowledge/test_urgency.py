"""The level of every answer and of every combination, and the hazard log that rests on them.

The table is written from the binding list of levels, not from the rules: each line says what rules set on these answers
and nothing else, the floor of open questions left out.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conftest import RULES
from triage.analysis.property_names import names
from triage.check import hazards
from triage.engines.reference import evaluate
from triage.model.ruleset import RuleSet
from triage.reading.referral_reader import ReferralReader

ROOT = RULES.parent
ALONE = {
    "emergency": [
        {"untreated_overdose_or_injury": "yes"},
        {"harm_to_others": "plan_intent_or_weapon"},
        {"dependants": "part_of_plan_or_beliefs"},
        {"thoughts_of_harming_child": "intent_or_delusional"},
        {"psychotic_symptoms": "commands_or_cannot_care_for_self"},
        {"manic_symptoms": "manic_with_danger"},
        {"intoxication_or_withdrawal": "severe_withdrawal_or_reduced_consciousness"},
        {"medical_red_flags": ["delirium"]},
        {"medical_red_flags": ["catatonia"]},
        {"medical_red_flags": ["eating_disorder_instability"]},
        {"medical_red_flags": ["not_eating_or_drinking"]},
        {"medical_red_flags": ["acute_physical_signs"]},
        {"partner_violence": "danger_now"},
        {"other_violence": "danger_now"},
        {"abuse_or_neglect": "danger_now"},
    ],
    "very_urgent": [
        {"suicidal_thoughts": "plan_or_intent"},
        {"suicide_warning_signs": ["thoughts_now"]},
        {"suicide_warning_signs": ["time_or_place_chosen"]},
        {"suicide_warning_signs": ["cannot_agree_to_stay_safe"]},
        {"suicide_warning_signs": ["goodbyes_or_affairs_settled"]},
        {"suicidal_behavior": "within_3_months"},
        {"self_harm_without_intent": "needs_medical_care"},
        {"harm_to_others": "thoughts"},
        {"psychotic_symptoms": "new_or_worsening"},
        {"manic_symptoms": "manic"},
        {"bipolar_disorder": "current", "bipolar_phase": "manic"},
        {"bipolar_disorder": "current", "bipolar_phase": "mixed"},
        {"intoxication_or_withdrawal": "withdrawal"},
        {"medical_red_flags": ["insulin_omitted"]},
        {"medical_red_flags": ["sedative_stopped"]},
        {"partner_violence": "current"},
        {"other_violence": "current"},
        {"recent_sexual_assault": "yes"},
        {"abuse_or_neglect": "disclosed"},
        {"other_red_flags": ["estranged_from_infant"]},
        {"other_red_flags": ["nowhere_safe_tonight"]},
        {"other_red_flags": ["guardian_source_of_harm"]},
        {"perinatal_status": "loss", "age_years": 13},
    ],
    "urgent": [
        {"suicidal_thoughts": "passive"},
        {"suicidal_thoughts": "active_no_plan"},
        {"suicidal_behavior": "within_1_year"},
        {"suicidal_behavior": "over_1_year_ago", "age_years": 17},
        {"suicidal_behavior": "over_1_year_ago", "perinatal_status": "loss"},
        {"suicidal_behavior": "over_1_year_ago", "persistent_depression": "current", "depression_severity": "severe"},
        {"suicidal_behavior": "over_1_year_ago", "drug_use_disorder": "current"},
        {"self_harm_without_intent": "recent", "age_years": 17},
        {"harm_to_others": "unwanted_distressing"},
        {"harm_to_others": "ambiguous"},
        {"thoughts_of_harming_child": "unwanted_distressing"},
        {"psychotic_symptoms": "known_and_supported"},
        {"psychotic_symptoms": "grief_or_sleep_related", "perinatal_status": "loss"},
        {"manic_symptoms": "hypomanic"},
        {"intoxication_or_withdrawal": "intoxicated"},
        {"medical_red_flags": ["low_weight_or_daily_purging"]},
        {"medical_red_flags": ["alcohol_stop_planned"]},
        {"abuse_or_neglect": "suspected"},
        {"recent_psychiatric_discharge": "yes"},
        {"other_red_flags": ["sudden_change_in_mental_state"]},
        {"other_red_flags": ["basic_needs_unmet"]},
        {"other_red_flags": ["guardian_unreachable"], "age_years": 17},
        {"concern": "yes"},
        {"anorexia_nervosa": "current"},
        {"anorexia_nervosa": "suspected", "age_years": 17},
        {
            "opioid_use_disorder": "current",
            "substance_use_in_treatment": "no",
            "substance_use_severity": "severe",
        },
        {
            "opioid_use_disorder": "current",
            "substance_use_in_treatment": "yes",
            "opioid_overdose_risk": ["tolerance_lost"],
        },
        {"perinatal_status": "pregnant", "perinatal_psychosis_history": "yes"},
        {"perinatal_status": "postpartum", "bipolar_disorder": "remitted", "bipolar_type": "i"},
        {"perinatal_status": "pregnant", "age_years": 15},
        {"phq9_item9": 1},
        {"epds_item10": 1},
        {"asrm_total": 6},
    ],
    "semi_urgent": [
        {"suicidal_behavior": "over_1_year_ago"},
        {"self_harm_without_intent": "recent"},
        {"medical_red_flags": ["possible_medical_cause"]},
        {"anorexia_nervosa": "suspected", "age_years": 18},
        {"other_eating_disorder": "current"},
        {"bulimia_nervosa": "current"},
        {"opioid_use_disorder": "current", "substance_use_in_treatment": "no"},
        {"major_depression": "current", "depression_severity": "severe"},
        {"phq9_total": 20},
        {"gad7_total": 15},
        {"epds_total": 13},
        {"scoff_total": 2, "age_years": 17},
    ],
    "routine": [
        {"suicide_warning_signs": ["alone_or_unreachable"]},
        {"dependants": "alone_with_the_person"},
        {"psychotic_symptoms": "grief_or_sleep_related"},
        {"medical_red_flags": ["withdrawal_seizure_before"]},
        {"partner_violence": "past"},
        {"other_violence": "past"},
        {"other_red_flags": ["guardian_unreachable"], "age_years": 18},
        {"phq9_total": 19},
        {"scoff_total": 2, "age_years": 18},
        {"asrm_total": 5},
        {"perinatal_status": "pregnant", "age_years": 16},
        {"needs": ["safe_contact_only"]},
    ],
}
PLAN = {"suicidal_thoughts": "plan_or_intent"}
ACTIVE = {"suicidal_thoughts": "active_no_plan"}
PASSIVE = {"suicidal_thoughts": "passive"}
ALONE_WITH = {"dependants": "alone_with_the_person"}
DRUNK = {"intoxication_or_withdrawal": "intoxicated"}
SHAKING = {"intoxication_or_withdrawal": "withdrawal"}
TOGETHER = {
    "emergency": [
        PLAN | {"means_within_reach": "yes"},
        PLAN | {"suicide_warning_signs": ["alone_or_unreachable"]},
        PLAN | DRUNK,
        PLAN | SHAKING,
        PLAN | ALONE_WITH,
        PLAN | {"means_within_reach": "held_by_someone_else", "partner_violence": "current"},
        PLAN | {"means_within_reach": "held_by_someone_else", "other_violence": "current"},
        {"perinatal_status": "loss", "psychotic_symptoms": "known_and_supported"},
        {"perinatal_status": "pregnant", "manic_symptoms": "manic"},
        {"perinatal_status": "postpartum", "bipolar_disorder": "current", "bipolar_phase": "mixed"},
        {"manic_symptoms": "hypomanic", "psychotic_symptoms": "new_or_worsening"},
        {"manic_symptoms": "manic", "psychotic_symptoms": "known_and_supported"},
        ALONE_WITH | {"psychotic_symptoms": "new_or_worsening"},
        ALONE_WITH | {"manic_symptoms": "manic"},
        SHAKING | {"age_years": 15},
        SHAKING | {"perinatal_status": "pregnant"},
        SHAKING | {"medical_red_flags": ["withdrawal_seizure_before"]},
        SHAKING | {"cognitive_impairment": "moderate_or_severe"},
        {"medical_red_flags": ["insulin_omitted"], "binge_eating_disorder": "current"},
    ],
    "very_urgent": [
        PLAN | {"means_within_reach": "no"},
        PLAN | {"means_within_reach": "held_by_someone_else", "partner_violence": "past"},
        ACTIVE | {"means_within_reach": "yes"},
        ACTIVE | {"recent_psychiatric_discharge": "yes"},
        ACTIVE | {"suicidal_behavior": "within_1_year"},
        ACTIVE | {"self_harm_without_intent": "recent"},
        ACTIVE | {"psychotic_symptoms": "known_and_supported"},
        ACTIVE | {"age_years": 17},
        ACTIVE | {"perinatal_status": "loss"},
        ACTIVE | DRUNK,
        PASSIVE | {"suicidal_behavior": "within_1_year"},
        PASSIVE | {"recent_psychiatric_discharge": "yes"},
        PASSIVE | {"psychotic_symptoms": "new_or_worsening"},
        ACTIVE | {"psychotic_symptoms": "new_or_worsening"},
        PASSIVE | {"psychotic_symptoms": "grief_or_sleep_related"},
        PASSIVE | {"suicide_warning_signs": ["alone_or_unreachable"]},
        {"suicide_warning_signs": ["alone_or_unreachable"], "suicidal_behavior": "within_1_year"},
        {"recent_psychiatric_discharge": "yes", "suicidal_behavior": "within_1_year"},
        {"perinatal_status": "loss", "self_harm_without_intent": "recent"},
        {"perinatal_status": "pregnant", "manic_symptoms": "hypomanic"},
        {"perinatal_status": "postpartum", "asrm_total": 6},
        {"manic_symptoms": "hypomanic", "psychotic_symptoms": "known_and_supported"},
        ALONE_WITH | DRUNK,
        ALONE_WITH | SHAKING,
        DRUNK | PASSIVE,
        DRUNK | {"suicidal_behavior": "over_1_year_ago"},
        DRUNK | {"self_harm_without_intent": "recent"},
        DRUNK | {"harm_to_others": "ambiguous"},
        DRUNK | {"age_years": 15},
        {"medical_red_flags": ["alcohol_stop_planned", "withdrawal_seizure_before"]},
        {"partner_violence": "past", "age_years": 15},
        {"other_violence": "current", "age_years": 17},
        {"other_red_flags": ["basic_needs_unmet"], "age_years": 17},
        {"other_red_flags": ["sudden_change_in_mental_state"], "perinatal_status": "pregnant"},
        {"medical_red_flags": ["low_weight_or_daily_purging"], "age_years": 17},
    ],
    "urgent": [
        {"partner_violence": "past", "role_transitions": ["separation_or_divorce"]},
        {"other_violence": "past", "perinatal_status": "loss"},
        DRUNK | {"age_years": 16},
        ACTIVE | {"age_years": 18},
    ],
    "routine": [
        {"partner_violence": "past", "age_years": 16},
        {"partner_violence": "past", "role_transitions": ["relocation"]},
    ],
}
LINES = [(level, facts) for table in (ALONE, TOGETHER) for level, rows in table.items() for facts in rows]


def _level(facts: dict[str, Any], ruleset: RuleSet, reader: ReferralReader) -> str:
    """The highest level of the rules that fire, the floor of open questions left out."""
    fired = evaluate(ruleset, reader.read({"facts": facts}).answers).fired
    levels = {rule.urgency.level for rule in ruleset.rules if rule.id in fired and rule.urgency}
    return max(levels, key=ruleset.scales.urgency_rank, default=ruleset.scales.urgency_ids[0])


@pytest.mark.parametrize(("level", "facts"), LINES, ids=[str(facts) for _, facts in LINES])
def test_what_is_answered_has_the_level_that_was_decided(
    level: str, facts: dict[str, Any], ruleset: RuleSet, reader: ReferralReader
) -> None:
    assert _level(facts, ruleset, reader) == level


def test_the_order_of_reading_names_each_urgency_rule_once(ruleset: RuleSet) -> None:
    rules = sorted(rule.id for rule in ruleset.rules if rule.urgency)
    assert sorted(ruleset.scales.urgency_order) == rules


def test_who_must_be_reached_within_the_hour_is_asked_for_a_place_and_a_number(ruleset: RuleSet) -> None:
    for rule in ruleset.rules:
        if rule.urgency and rule.urgency.level in ruleset.scales.hold_at:
            action = rule.urgency.action
            text = " ".join((*action.do, *action.ask))
            assert re.search(r"\b(place|[Ww]here)\b", text), (rule.id, text)
            assert re.search(r"\bnumber\b", text), (rule.id, text)


def test_what_comes_of_a_proposal_cites_one(ruleset: RuleSet) -> None:
    """The levels that were lowered can be listed for sign-off by their source."""
    lowered = {rule.id for rule in ruleset.rules if any(ref.id == "lowered-levels-proposal" for ref in rule.sources)}
    assert lowered == {
        "possible-medical-cause",
        "self-harm-needs-medical-care",
        "self-harm-recent",
        "sudden-change-in-mental-state",
        "suicidal-behavior-over-1-year-ago",
    }


def test_every_control_of_a_hazard_exists_unless_it_is_planned(ruleset: RuleSet) -> None:
    assert len(ruleset.hazards) >= 30
    assert not list(hazards.check(ruleset, RULES, names(ruleset, RULES)))
