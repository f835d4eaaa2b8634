"""What was typed into the form, and its faults beside the questions."""

from __future__ import annotations

import pytest

from api.pages.entered import Entered, by_question
from triage.model.ruleset import RuleSet
from triage.reading.referral import RefusedReferral
from triage.reading.referral_reader import ReferralReader


def test_the_form_puts_a_bad_value_beside_its_question(reader: ReferralReader, ruleset: RuleSet) -> None:
    sent = Entered({"intoxication_or_withdrawal": ["drunk"], "reference": ["x" * 201]})
    with pytest.raises(RefusedReferral) as refused:
        sent.referral(reader)
    assert by_question(refused.value, ruleset.vocabulary) == {
        "reference": "The reference is too long: use at most 200 characters.",
        "intoxication_or_withdrawal": "“drunk” can't be read here: enter one of: Neither / Drunk or drugged, awake / "
        "Withdrawal, not severe / Severe withdrawal or hard to wake, or leave it blank.",
    }


def test_members_and_asked_others_not_known_are_an_open_set(reader: ReferralReader) -> None:
    referral = Entered({"medical_red_flags": ["unknown", "delirium"]}).referral(reader)
    assert referral.given == {"medical_red_flags": frozenset({"delirium", "unknown"})}


def test_none_of_these_beside_anything_else_is_refused(reader: ReferralReader, ruleset: RuleSet) -> None:
    for other in ("delirium", "unknown"):
        with pytest.raises(RefusedReferral) as refused:
            Entered({"medical_red_flags": ["none_of_these", other]}).referral(reader)
        assert by_question(refused.value, ruleset.vocabulary) == {
            "medical_red_flags": "“None of these” and something else are ticked: keep one of the two.",
        }


def test_a_number_beside_not_known_is_refused_and_counts_as_unknown(reader: ReferralReader, ruleset: RuleSet) -> None:
    with pytest.raises(RefusedReferral) as refused:
        Entered({"age_years": ["30", "unknown"], "insured": ["yes"]}).referral(reader)
    assert by_question(refused.value, ruleset.vocabulary) == {
        "age_years": "There is a number and “Asked, not known” is ticked: keep one of the two.",
    }
    assert [referral.given for referral in refused.value.could_be] == [{"insured": "yes"}]


def test_a_field_that_is_no_question_is_refused_and_shortened(reader: ReferralReader, ruleset: RuleSet) -> None:
    with pytest.raises(RefusedReferral) as refused:
        Entered({"nothing": ["1"], "clear": [""], "place": ["Here"]}).referral(reader)
    assert by_question(refused.value, ruleset.vocabulary) == {"reference": "“nothing” is no question of this form."}
    long = Entered({"place": ["x" * 301], "revision": ["12"]})
    assert (long.text("place"), long.revision, Entered({"revision": ["-1"]}).revision) == ("x" * 300, 12, 0)


def test_what_is_ticked_beside_none_of_these_counts_for_the_urgency_of_the_refusal(reader: ReferralReader) -> None:
    with pytest.raises(RefusedReferral) as refused:
        Entered({"medical_red_flags": ["none_of_these", "delirium"]}).referral(reader)
    assert [referral.given for referral in refused.value.could_be] == [
        {"medical_red_flags": frozenset({"delirium", "unknown"})}
    ]


def test_a_relatives_no_is_kept_and_not_counted(reader: ReferralReader) -> None:
    sent = {"suicidal_thoughts": ["none"], "said_by.suicidal_thoughts": ["relative"]}
    referral = Entered({**sent, "quotes.suicidal_thoughts": [" “She is fine.” "]}).referral(reader)
    assert [(answer.fact, answer.why) for answer in referral.not_counted] == [
        ("suicidal_thoughts", "said by a relative")
    ]
    assert referral.quotes == {"suicidal_thoughts": "“She is fine.”"}
    quoted = {**sent, "quotes.suicidal_thoughts": ["“She is fine.”"], "insured": ["yes"]}
    assert Entered(quoted).without("suicidal_thoughts").fields == {"insured": ["yes"]}


def test_who_said_it_without_an_answer_is_no_fault(reader: ReferralReader) -> None:
    referral = Entered({"said_by.insured": ["relative"], "quotes.insured": ["says so"]}).referral(reader)
    assert (referral.given, referral.said_by, referral.quotes) == ({}, {}, {})


def test_a_stranger_and_a_long_quote_are_named_beside_the_question(reader: ReferralReader, ruleset: RuleSet) -> None:
    answered = {"insured": ["yes"], "suicidal_thoughts": ["plan_or_intent"]}
    beside = {"said_by.insured": ["neighbour"], "quotes.suicidal_thoughts": ["x" * 301]}
    with pytest.raises(RefusedReferral) as refused:
        Entered(answered | beside).referral(reader)
    assert by_question(refused.value, ruleset.vocabulary) == {
        "insured": "“neighbour” can't be read here: choose who said it from the list.",
        "suicidal_thoughts": "The quote is too long: use at most 300 characters.",
    }
    assert refused.value.could_be[0].given["suicidal_thoughts"] == "plan_or_intent"
