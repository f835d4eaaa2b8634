"""Ten answers stand whole in files, to be read; each is what is answered now, and shows what it is named for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.answer.quoted import FOLDER, path_of, quoted


@pytest.fixture(scope="module")
def answered() -> dict[str, bytes]:
    return dict(quoted())


def _answer(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(path_of(name).read_text(encoding="utf-8"))["answer"]
    return answer


@pytest.mark.published
def test_each_quoted_answer_is_what_is_answered(answered: dict[str, bytes]) -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == {path_of(name).name for name in answered}
    for name, text in answered.items():
        assert path_of(name).read_bytes() == text, f"{name}: run `python -m tests.answer.quoted` and read what changed"


def test_two_targets_have_a_rating_each_and_the_leading_one_decides() -> None:
    suitability = _answer("two targets")["suitability"]
    leading, beside = suitability["targets"]
    assert (leading["target"], leading["leading"]) == ("bulimia_nervosa", True)
    assert (beside["target"], beside["leading"]) == ("major_depression", False)
    assert (suitability["rating"], suitability["for"]) == (leading["rating"], ["bulimia_nervosa"])


def test_what_stands_beside_an_unsupported_leading_problem_is_capped() -> None:
    suitability = _answer("capped by the leading problem")["suitability"]
    assert (suitability["rating"], suitability["limited_by"]) == ("suitable", ["not-the-leading-problem"])


def test_a_relatives_no_is_named_and_not_counted() -> None:
    answer = _answer("not counted")
    assert answer["not_counted"] == [{"fact": "suicidal_thoughts", "why": "said by a relative"}]
    assert answer["urgency"]["missing"] == ["suicidal_thoughts", "means_within_reach"]


def test_an_open_set_counts_and_stays_to_be_asked() -> None:
    answer = _answer("open set")
    assert answer["urgency"]["missing"] == ["medical_red_flags"]
    assert "medical_red_flags" in {question["fact"] for question in answer["unanswered"]}


def test_not_sorted_rests_on_the_open_question_alone() -> None:
    urgency = _answer("not sorted")["urgency"]
    assert (urgency["level"], urgency["state"], urgency["missing"]) == ("urgent", "not_sorted", ["partner_violence"])


def test_a_plan_with_the_means_not_known_is_an_emergency() -> None:
    urgency = _answer("floor of emergency")["urgency"]
    assert (urgency["level"], urgency["state"]) == ("emergency", "sorted")
    assert urgency["missing"] == ["means_within_reach"]


def test_a_rating_that_is_certain_is_reported_before_a_rule_says_it() -> None:
    answer = _answer("settled and moved")
    assert (answer["suitability"]["rating"], answer["suitability"]["settled"]) == ("possible", True)
    assert "rating-certain" in {reason["rule"] for reason in answer["reasons"]}
    assert (answer["suitability"]["for"], answer["suitability"]["limited_by"]) == (["blight"], [])


def test_on_hold_nothing_of_the_rating_is_left() -> None:
    answer = _answer("on hold")
    suitability = answer["suitability"]
    assert (suitability["rating"], suitability["for"], suitability["targets"]) == ("on_hold", [], [])
    assert (answer["alternatives"], answer["focus"], answer["course"]) == ([], [], None)
    assert suitability["could_become"], "what it could be is kept for the record"


def test_a_refused_referral_is_an_emergency_all_the_same() -> None:
    problem = _answer("refused")
    assert (problem["status"], problem["urgency"]["level"]) == (422, "emergency")


def test_what_the_rules_do_not_cover_is_said() -> None:
    assert _answer("outside the rule set")["outside"] == ["condition_not_listed"]
