"""When a fact is core, when it is asked, what is not used, and what completes a referral: contract §1."""

from __future__ import annotations

import pytest

from triage.model.rule import Answers
from triage.model.ruleset import RuleSet


def test_a_core_fact_is_missing_until_it_is_answered(fixture_rules: RuleSet) -> None:
    vocabulary = fixture_rules.vocabulary
    assert vocabulary.core_unanswered({}) == ("lean", "hazards", "nesting", "nestlings")
    assert vocabulary.core_unanswered({"lean": "none", "hazards": frozenset()}) == ("nesting", "nestlings")


@pytest.mark.parametrize(("nesting", "core"), [("none", False), ("breeding", True), ("fledged", True)])
def test_a_fact_that_is_core_unless_something_holds(fixture_rules: RuleSet, nesting: str, core: bool) -> None:
    assert ("nestlings" in fixture_rules.vocabulary.core_unanswered({"nesting": nesting})) is core


def test_a_fact_that_is_core_once_another_is_given(fixture_rules: RuleSet) -> None:
    vocabulary = fixture_rules.vocabulary
    assert "wobble_item" not in vocabulary.core_unanswered({})
    assert "wobble_item" in vocabulary.core_unanswered({"wobble_total": 0})
    assert "wobble_item" not in vocabulary.core_unanswered({"wobble_total": 5, "wobble_item": 0})


ASKED: list[tuple[str, Answers, bool | None]] = [
    ("age_years", {}, True),
    ("propped", {}, None),
    ("propped", {"lean": "none"}, False),
    ("propped", {"lean": "slight"}, True),
    ("severity", {"blight": "absent"}, None),
    ("severity", {"blight": "absent", "mildew": "absent"}, False),
    ("severity", {"blight": "absent", "mildew": "suspected"}, True),
    ("severity", {"blight": "current"}, True),
]


@pytest.mark.parametrize(("name", "answers", "expected"), ASKED)
def test_a_detail_is_asked_only_where_it_applies(
    fixture_rules: RuleSet, name: str, answers: Answers, expected: bool | None
) -> None:
    assert fixture_rules.vocabulary.asked(name, answers) is expected
    assert (name in fixture_rules.vocabulary.unanswered(answers)) is (expected is not False)


def test_what_does_not_apply_is_named_unless_it_is_neutral(fixture_rules: RuleSet) -> None:
    vocabulary = fixture_rules.vocabulary
    assert vocabulary.not_used({"canker": "absent", "wound_paint": "yes"}) == ("wound_paint",)
    assert vocabulary.not_used({"canker": "absent", "wound_paint": "no"}) == ()
    assert vocabulary.not_used({"wound_paint": "yes"}) == (), "it may still apply"


CONTRADICTIONS: list[tuple[Answers, tuple[str, ...]]] = [
    ({"wobble_item": 2, "wobble_total": 1}, ("item-within-total",)),
    ({"wobble_item": 2, "wobble_total": 2}, ()),
    ({"wobble_item": 0, "wobble_total": 7}, ("total-within-items",)),
    ({"wobble_item": 0, "wobble_total": 6}, ()),
    ({"nesting": "breeding", "age_years": 2}, ("breeding-under-age-three",)),
    ({"nesting": "breeding", "age_years": 3}, ()),
    ({"canker_kind": "open", "canker": "absent"}, ("kind-without-canker",)),
    ({"canker": "absent"}, ()),
    ({"canker_kind": "open"}, ()),
]


@pytest.mark.parametrize(("answers", "broken"), CONTRADICTIONS)
def test_a_contradiction_is_found_between_given_answers(
    fixture_rules: RuleSet, answers: Answers, broken: tuple[str, ...]
) -> None:
    assert tuple(constraint.id for constraint in fixture_rules.vocabulary.contradictions(answers)) == broken


def test_complete_means_every_question_that_is_asked_is_answered(fixture_rules: RuleSet) -> None:
    vocabulary = fixture_rules.vocabulary
    whole: Answers = {
        fact.name: fact.minimum if fact.is_integer else frozenset() if fact.is_set else fact.values[0]
        for fact in vocabulary
        if not fact.asked_when
    }
    assert vocabulary.is_complete(whole)
    for name in whole:
        assert not vocabulary.is_complete({other: value for other, value in whole.items() if other != name})
    assert not vocabulary.is_complete({**whole, "lean": "slight"}), "now the prop is asked about"
