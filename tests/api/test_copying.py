"""What the pages say of an answer: copied texts of a fixed length, tags that never contradict the headline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.pages.asking import asking
from api.pages.copying import Copies
from api.pages.due import due_words
from api.pages.wording import Wording
from api.records.times import due_at
from bench.referrals import as_request, partial_referrals
from tests.conftest import RULES
from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Within
from triage.model.ruleset import RuleSet
from triage.reading.referral_reader import ReferralReader
from triage.settings import Settings

AT = datetime(2026, 11, 25, 11, 12, tzinfo=UTC)  # a Wednesday


@pytest.fixture(scope="module")
def assessor(ruleset: RuleSet) -> Assessor:
    return build_assessor(ruleset, Settings(rules=RULES))


@pytest.mark.parametrize("answered", [0.0, 0.1, 0.5, 0.9])
def test_every_answer_is_copied_in_few_words_and_no_tag_contradicts_it(
    assessor: Assessor, ruleset: RuleSet, reader: ReferralReader, answered: float
) -> None:
    wording = Wording(ruleset)
    scales = ruleset.scales
    for facts in partial_referrals(ruleset, 12, answered, seed=7):
        referral = reader.read({"reference": "REF-1", **as_request(ruleset, facts)})
        answer = assessor.assess(referral)
        due = due_at(answer.urgency.respond_within, AT, Settings())
        copies = Copies(wording, referral, answer, answer.unanswered, AT, due)
        short = copies.short()
        assert 60 <= len(short.split()) <= 120, short
        assert short.startswith("Referral REF-1, 25 Nov 2026 11:12.")
        assert ruleset.version in short
        for name in ruleset.vocabulary.facts:
            assert "_" not in name or name not in short + copies.full() + copies.hand_over() + copies.questions_back()
        for reason in answer.reasons:
            tag = wording.tag(reason, answer)
            if reason.effect == "limits" and tag and " for " not in tag and not answer.on_hold:
                allowed = scales.rating_ids.index(reason.value or "")
                assert max(map(scales.rating_ids.index, answer.suitability.could_become)) <= allowed, tag
            if reason.effect == "urgency" and tag:
                assert scales.urgency_rank(reason.value or "") <= scales.urgency_rank(answer.urgency.level)
            assert not (reason.effect == "supports" and tag)


@pytest.mark.parametrize(
    ("within", "words"),
    [
        (Within(hours=0), "now"),
        (Within(hours=1, assess_within=Within(hours=4)), "by Wed 12:12"),
        (Within(hours=24), "by Thu 11:12"),
        (Within(hours=72), "by Sat 11:12"),
        (Within(business_days=10), "by Wed 9 Dec"),
        (Within(business_days=3), "by Mon 11:12"),
    ],
)
def test_a_response_time_is_a_moment(within: Within, words: str) -> None:
    assert due_words(due_at(within, AT, Settings()), AT) == words


def test_a_due_time_that_is_long_past_has_its_date() -> None:
    due = datetime(2026, 11, 26, 11, 12, tzinfo=UTC)
    assert due_words(due, AT, datetime(2026, 12, 2, 11, 0, tzinfo=UTC)) == "by Thu 11:12"
    assert due_words(due, AT, datetime(2026, 12, 9, 11, 0, tzinfo=UTC)) == "by Thu 26 Nov"


def test_what_the_pages_ask_names_questions_only(ruleset: RuleSet) -> None:
    assert {*asking().words, *asking().ask_alone} <= set(ruleset.vocabulary.facts)
    for name, words in asking().words.items():
        assert words, name
        assert all(word == word.lower().strip() for word in words), name
