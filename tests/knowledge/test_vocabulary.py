"""When a fact is core, when it is asked, what is not used, and what completes a referral: contract §1."""

from __future__ import annotations

import pytest

from triage.model.rule import Answers
from triage.model.ruleset import RuleSet

ALWAYS_CORE = {
    "suicidal_thoughts", "suicide_warning_signs", "suicidal_behavior", "untreated_overdose_or_injury",
    "self_harm_without_intent", "harm_to_others", "dependants", "psychotic_symptoms", "manic_symptoms",
    "intoxication_or_withdrawal", "medical_red_flags", "partner_violence", "other_violence", "recent_sexual_assault",
    "abuse_or_neglect", "recent_psychiatric_discharge", "other_red_flags", "age_years", "perinatal_status",
}  # fmt: skip


def test_what_is_core_on_an_empty_referral(ruleset: RuleSet) -> None:
    missing = set(ruleset.vocabulary.core_unanswered({}))
    assert missing == ALWAYS_CORE | {"thoughts_of_harming_child", "means_within_reach"}


CORE_WHEN: list[tuple[str, Answers, bool]] = [
    ("thoughts_of_harming_child", {"perinatal_status": "none"}, True),
    ("thoughts_of_harming_child", {"perinatal_status": "none", "dependants": "none"}, False),
    ("thoughts_of_harming_child", {"perinatal_status": "loss", "dependants": "none"}, False),
    ("thoughts_of_harming_child", {"perinatal_status": "pregnant", "dependants": "none"}, True),
    ("thoughts_of_harming_child", {"perinatal_status": "none", "dependants": "with_another_adult"}, True),
    ("means_within_reach", {"suicidal_thoughts": "passive"}, False),
    ("means_within_reach", {"suicidal_thoughts": "active_no_plan"}, True),
    ("means_within_reach", {"suicidal_thoughts": "plan_or_intent"}, True),
    ("means_within_reach", {"suicidal_thoughts": "none", "suicidal_behavior": "none"}, False),
]


@pytest.mark.parametrize(("name", "answers", "core"), CORE_WHEN)
def test_a_question_is_core_unless_it_is_known_not_to_be(
    ruleset: RuleSet, name: str, answers: Answers, core: bool
) -> None:
    assert (name in ruleset.vocabulary.core_unanswered(answers)) is core


@pytest.mark.parametrize(("total", "item"), [("phq9_total", "phq9_item9"), ("epds_total", "epds_item10")])
def test_a_total_makes_its_item_on_self_harm_core(ruleset: RuleSet, total: str, item: str) -> None:
    assert item not in ruleset.vocabulary.core_unanswered({})
    assert item in ruleset.vocabulary.core_unanswered({total: 0})
    assert item not in ruleset.vocabulary.core_unanswered({total: 5, item: 0})


ASKED: list[tuple[str, Answers, bool | None]] = [
    ("bipolar_type", {}, None),
    ("bipolar_type", {"bipolar_disorder": "absent"}, False),
    ("mood_stabilizer", {"bipolar_disorder": "suspected"}, True),
    ("depression_severity", {"major_depression": "absent"}, None),
    ("depression_severity", {"major_depression": "absent", "persistent_depression": "absent"}, False),
    ("depression_severity", {"major_depression": "absent", "persistent_depression": "remitted"}, True),
    ("remission_reached_with", {"major_depression": "current", "persistent_depression": "absent"}, False),
    ("remission_reached_with", {"major_depression": "remitted"}, True),
    ("substance_use_severity", {"opioid_use_disorder": "remitted"}, True),
    ("means_within_reach", {"suicidal_thoughts": "none"}, None),
    ("means_within_reach", {"suicidal_thoughts": "none", "suicidal_behavior": "none"}, False),
    ("means_within_reach", {"suicidal_thoughts": "passive"}, True),
    ("means_within_reach", {"suicidal_thoughts": "none", "suicidal_behavior": "over_1_year_ago"}, True),
    ("thoughts_of_harming_child", {"perinatal_status": "none", "dependants": "none"}, False),
    ("perinatal_psychosis_history", {"perinatal_status": "loss"}, True),
    ("perinatal_psychosis_history", {"perinatal_status": "none"}, False),
    ("opioid_overdose_risk", {"opioid_use_disorder": "suspected"}, True),
    ("opioid_overdose_risk", {"opioid_use_disorder": "remitted"}, False),
]


@pytest.mark.parametrize(("name", "answers", "expected"), ASKED)
def test_a_detail_is_asked_only_where_it_applies(
    ruleset: RuleSet, name: str, answers: Answers, expected: bool | None
) -> None:
    assert ruleset.vocabulary.asked(name, answers) is expected
    assert (name in ruleset.vocabulary.unanswered(answers)) is (expected is not False)


def test_what_does_not_apply_is_named_unless_it_is_neutral(ruleset: RuleSet) -> None:
    vocabulary = ruleset.vocabulary
    assert vocabulary.not_used({"bipolar_disorder": "absent", "mood_stabilizer": "yes"}) == ("mood_stabilizer",)
    assert vocabulary.not_used({"bipolar_disorder": "absent", "mood_stabilizer": "no"}) == ()
    assert vocabulary.not_used({"mood_stabilizer": "yes"}) == (), "it may still apply"


def test_an_answer_that_is_not_neutral_is_never_silenced(ruleset: RuleSet) -> None:
    nobody: Answers = {"perinatal_status": "none", "dependants": "none"}
    given: Answers = {**nobody, "thoughts_of_harming_child": "intent_or_delusional"}
    assert ruleset.vocabulary.asked("thoughts_of_harming_child", given) is True
    assert ruleset.vocabulary.not_used(given) == ()
    assert (
        ruleset.vocabulary.asked("thoughts_of_harming_child", {**nobody, "thoughts_of_harming_child": "none"}) is False
    )


def test_which_answers_reassure_beside_the_neutral_ones(ruleset: RuleSet) -> None:
    stated = {fact.name: set(fact.reassuring.values) for fact in ruleset.vocabulary if fact.reassuring.values}
    assert stated == {
        "means_within_reach": {"held_by_someone_else"},
        "dependants": {"with_another_adult"},
        "psychotic_symptoms": {"grief_or_sleep_related"},
    }
    excepted = {fact.name: set(fact.reassuring.but) for fact in ruleset.vocabulary if fact.reassuring.but}
    both = {"said_by", "clouded"}
    assert excepted == {
        "age_years": both,
        "perinatal_status": both,
        "recent_psychiatric_discharge": both,
        "intoxication_or_withdrawal": {"clouded"},
        "medical_red_flags": {"clouded"},
    }
    in_part = {fact.name: set(fact.reassuring.in_part) for fact in ruleset.vocabulary if fact.reassuring.in_part}
    assert in_part == {"partner_violence": {"past"}, "other_violence": {"past"}}


def test_whose_word_counts(ruleset: RuleSet) -> None:
    counts = {speaker.id: speaker.counts for speaker in ruleset.vocabulary.speakers}
    assert counts == {"person": True, "referrer": True, "record": False, "relative": False, "overheard": False}
    assert next(iter(counts)) == "person", "who is meant where nothing is said"


def test_two_questions_hold_an_emergency_while_they_are_open(ruleset: RuleSet) -> None:
    floors = {fact.name: fact.floor.level for fact in ruleset.vocabulary if fact.floor is not None}
    assert floors == {"means_within_reach": "emergency", "untreated_overdose_or_injury": "emergency"}


def test_the_list_of_contradictions_is_closed(ruleset: RuleSet) -> None:
    assert {constraint.facts for constraint in ruleset.vocabulary.constraints} == {
        ("phq9_item9", "phq9_total"),
        ("phq9_total", "phq9_item9"),
        ("epds_item10", "epds_total"),
        ("epds_total", "epds_item10"),
        ("bipolar_type", "bipolar_disorder"),
        ("bipolar_phase", "bipolar_disorder"),
    }


def test_every_condition_but_the_unsupported_one_is_what_some_leading_problem_is_about(ruleset: RuleSet) -> None:
    vocabulary = ruleset.vocabulary
    conditions = {fact.name for fact in vocabulary if fact.type == "condition"} - vocabulary.not_a_condition_beside
    targets = {target for lead in vocabulary.leads.values() for target in lead.targets}
    assert targets == conditions | {target.id for target in ruleset.scales.targets}
    capped = {value for value, lead in vocabulary.leads.items() if lead.otherwise == "all_lead_capped"}
    uncapped = {"grief", "relationship", "staying_well", "other"}
    assert capped == set(vocabulary["primary_problem"].values) - uncapped
    assert {value for value, lead in vocabulary.leads.items() if lead.also_remitted} == {"staying_well"}


def test_complete_means_every_question_that_is_asked_is_answered(ruleset: RuleSet) -> None:
    vocabulary = ruleset.vocabulary
    facts = {fact.name: fact.neutral for fact in vocabulary if fact.neutral is not None and not fact.asked_when}
    others = {
        fact.name: fact.minimum if fact.is_integer else fact.values[0]
        for fact in vocabulary
        if fact.name not in facts and not fact.asked_when
    }
    whole: Answers = {**facts, **others}
    assert vocabulary.is_complete(whole)
    for name in ("age_years", "insured", "suicidal_thoughts"):
        assert not vocabulary.is_complete({other: value for other, value in whole.items() if other != name})
    assert not vocabulary.is_complete({**whole, "suicidal_thoughts": "passive"}), "now the means are asked about"
