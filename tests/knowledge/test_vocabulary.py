"""When a fact is core, when it is asked, what is not used, and what completes a referral: contract §1."""

from __future__ import annotations

import pytest

from triage.model.rule import Answers
from triage.model.ruleset import RuleSet

ALWAYS_CORE = {
    "suicidal_thoughts", "suicidal_behavior", "untreated_overdose_or_injury", "self_harm_without_intent",
    "harm_to_others", "psychotic_symptoms", "manic_symptoms", "intoxication_or_withdrawal", "medical_red_flags",
    "partner_violence", "abuse_or_neglect", "perinatal_status",
}  # fmt: skip


def test_all_safety_questions_are_core_and_the_infant_until_excluded(ruleset: RuleSet) -> None:
    missing = set(ruleset.vocabulary.core_unanswered({}))
    assert missing == ALWAYS_CORE | {"thoughts_of_harming_infant"}


@pytest.mark.parametrize(("status", "core"), [("none", False), ("pregnant", True), ("postpartum", True)])
def test_the_infant_is_asked_about_unless_there_is_none(ruleset: RuleSet, status: str, core: bool) -> None:
    missing = ruleset.vocabulary.core_unanswered({"perinatal_status": status})
    assert ("thoughts_of_harming_infant" in missing) is core


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
