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
        "intoxication_or_withdrawal": "“drunk” can't be read here: enter one of none, intoxicated, withdrawal, "
        "severe_withdrawal_or_reduced_consciousness, or leave it blank.",
    }
