"""The exact answers against every completion made one by one, and at the deadline."""

from __future__ import annotations

from itertools import count
from time import monotonic

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from bench.plain import Plain
from bench.referrals import partial_referrals
from tests.conftest import generated
from tests.engines import enumeration
from tests.engines.search import search
from tests.engines.search.exact import Exact
from tests.engines.small import referrals, rulesets
from triage.model.rule import Answers, Value
from triage.model.ruleset import RuleSet

MOST = 5_000
"""How many completions are made one by one at most."""


@st.composite
def cases(draw: st.DrawFn) -> tuple[RuleSet, Answers]:
    ruleset = draw(rulesets())
    return ruleset, draw(referrals(ruleset))


def agrees(ruleset: RuleSet, facts: Answers, exact: Exact) -> None:
    enumeration.agrees(ruleset, facts, exact)
    changing = {each.fact for each in exact.open_questions(facts)}
    unanswered = set(ruleset.vocabulary.unanswered(facts)) if exact.bounds(facts).exact else set[str]()
    assert set(exact.idle(facts)) == unanswered - changing


@given(cases())
@settings(max_examples=generated(150), deadline=None)
def test_small_rule_sets_agree_with_enumeration(case: tuple[RuleSet, Answers]) -> None:
    ruleset, facts = case
    number = sum(1 for _ in enumeration.completions(ruleset, facts))
    assume(number <= 1_000)
    event("no completion" if number == 0 else "some completions")
    agrees(ruleset, facts, Exact(ruleset))


@pytest.mark.deep
@given(cases())
@settings(max_examples=generated(5_000), deadline=None)
def test_many_small_rule_sets_agree_with_enumeration(case: tuple[RuleSet, Answers]) -> None:
    ruleset, facts = case
    assume(sum(1 for _ in enumeration.completions(ruleset, facts)) <= MOST)
    agrees(ruleset, facts, Exact(ruleset))


@pytest.mark.deep
def test_the_published_rules_with_more_facts_open_agree_with_enumeration(ruleset: RuleSet) -> None:
    exact = Exact(ruleset)
    for facts in enumeration.few_open(ruleset, 30, MOST):
        agrees(ruleset, facts, exact)


@pytest.mark.parametrize("answered", [0.0, 0.3, 0.7, 0.95])
def test_past_the_deadline_comes_a_superset_and_no_consequence(ruleset: RuleSet, answered: float) -> None:
    exact = Exact(ruleset)
    for facts in partial_referrals(ruleset, 5, answered):
        late, right = exact.bounds(facts, monotonic() - 1), exact.bounds(facts)
        assert not late.exact
        assert not late.suitability_settled
        assert not late.urgency_settled
        assert set(late.suitability) >= set(right.suitability)
        assert set(late.urgency) >= set(right.urgency)
        asked = {each.fact: set(each.can_change) for each in exact.open_questions(facts, monotonic() - 1)}
        for each in exact.open_questions(facts):
            assert asked[each.fact] >= set(each.can_change)
        assert all(each.would == () for each in exact.open_questions(facts, monotonic() - 1))


@pytest.mark.parametrize("steps", [0, 1, 3, 10, 30, 100, 300, 1000])
def test_whenever_the_deadline_strikes_nothing_is_guessed(
    ruleset: RuleSet, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that ticks once each time the search looks at it: the deadline falls at every stage of the work."""
    exact = Exact(ruleset)
    for facts in partial_referrals(ruleset, 4, 0.3, seed=6):
        right, questions = exact.bounds(facts), {each.fact: each for each in exact.open_questions(facts)}
        with monkeypatch.context() as patched:
            patched.setattr(search, "monotonic", count().__next__)
            late = exact.bounds(facts, steps)
            patched.setattr(search, "monotonic", count().__next__)
            asked = exact.open_questions(facts, steps)
        assert late == right or not late.exact
        assert set(late.suitability) >= set(right.suitability)
        assert set(late.urgency) >= set(right.urgency)
        assert {each.fact for each in asked} >= questions.keys()
        if any(each.would for each in asked):
            assert {each.fact: each for each in asked} == questions
        for each in asked:
            expected = questions[each.fact].can_change if each.fact in questions else ()
            assert set(each.can_change) >= set(expected)


@pytest.mark.parametrize(("answered", "number"), [(0.0, 1), (0.1, 3), (0.3, 3), (0.7, 3), (0.95, 3)])
def test_the_published_rules_agree_with_plain_z3_however_much_is_open(
    ruleset: RuleSet, answered: float, number: int
) -> None:
    """An encoding that shares nothing with the search, where there are too many completions to make."""
    exact, plain = Exact(ruleset), Plain(ruleset)
    for facts in partial_referrals(ruleset, number, answered, seed=7):
        assert exact.bounds(facts) == plain.bounds(facts)


@pytest.mark.deep
@pytest.mark.parametrize("answered", [0.0, 0.3, 0.7])
def test_what_each_answer_would_leave_agrees_with_plain_z3(ruleset: RuleSet, answered: float) -> None:
    exact, plain = Exact(ruleset), Plain(ruleset)
    facts = partial_referrals(ruleset, 1, answered, seed=9)[0]
    for question in exact.open_questions(facts):
        for each in question.would:
            after = [plain.bounds({**facts, question.fact: value}) for value in enumeration.values(each.answer)]
            assert set(each.suitability) == {rating for bounds in after for rating in bounds.suitability}
            assert set(each.urgency) == {level for bounds in after for level in bounds.urgency}


@pytest.mark.parametrize("answered", [0.0, 0.3, 0.7, 0.95])
def test_what_an_answer_would_leave_is_what_it_leaves(ruleset: RuleSet, answered: float) -> None:
    exact = Exact(ruleset)
    for facts in partial_referrals(ruleset, 3, answered, seed=4):
        for question in exact.open_questions(facts):
            for each in question.would:
                for value in enumeration.values(each.answer):
                    after = exact.bounds({**facts, question.fact: value})
                    assert set(after.suitability) <= set(each.suitability)
                    assert set(after.urgency) <= set(each.urgency)


def test_answers_that_leave_no_completion_are_never_settled(ruleset: RuleSet) -> None:
    facts: dict[str, Value] = {"age_years": 8, "thoughts_of_harming_infant": "intent_or_delusional"}
    bounds = Exact(ruleset).bounds(facts)
    assert not bounds.exact
    assert bounds.suitability == ruleset.scales.rating_ids
    assert bounds.urgency == ruleset.scales.urgency_ids
    assert Exact(ruleset).open_questions(facts) == ()


def test_numbers_are_grouped_where_the_rules_cut_them(ruleset: RuleSet) -> None:
    """And at what a constraint allows: the ninth item is at most the total."""
    questions = {each.fact: each for each in Exact(ruleset).open_questions({"phq9_total": 2})}
    ranges = [each.answer for each in questions["phq9_item9"].would]
    assert ranges == [{"from": 0, "to": 0}, {"from": 1, "to": 2}]


def test_a_gated_answer_counts_as_given_once_it_is_given(ruleset: RuleSet) -> None:
    """Its type is known, so bipolar disorder is not absent: a constraint that binds given answers."""
    exact = Exact(ruleset)
    would = {each.fact: each.would for each in exact.open_questions({})}
    for each in would["bipolar_type"]:
        after = exact.bounds({"bipolar_type": each.answer})
        assert (each.suitability, each.urgency) == (after.suitability, after.urgency)
