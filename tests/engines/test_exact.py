"""The exact answers against every completion made one by one, and at the deadline."""

from __future__ import annotations

import random
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from bench.referrals import complete_referrals, partial_referrals
from tests.engines import enumeration
from tests.engines.small import referrals, rulesets
from triage.engines.exact import Exact
from triage.lang import Facts, Value
from triage.outcomes import OpenQuestion
from triage.ruleset import RuleSet

MOST = 5_000
"""How many completions are made one by one at most."""


@st.composite
def cases(draw: st.DrawFn) -> tuple[RuleSet, Facts]:
    ruleset = draw(rulesets())
    return ruleset, draw(referrals(ruleset))


def agrees(ruleset: RuleSet, facts: Facts, exact: Exact) -> None:
    """Hold bounds, questions and consequences against enumeration, both ways."""
    done = enumeration.outcomes(ruleset, facts)
    bounds = exact.bounds(facts)
    questions = exact.open_questions(facts)
    if not done:
        assert not bounds.exact
        assert questions == ()
        return
    assert bounds.exact
    assert (bounds.suitability, bounds.urgency) == enumeration.possible(ruleset, done)
    expected = enumeration.changes(ruleset, facts, done)
    assert {each.fact: each.can_change for each in questions} == expected
    assert set(exact.idle(facts)) == set(ruleset.vocabulary.unanswered(facts)) - expected.keys()
    for question in questions:
        consequences_agree(ruleset, facts, question)


def consequences_agree(ruleset: RuleSet, facts: Facts, question: OpenQuestion) -> None:
    for each in question.would:
        assert (each.suitability, each.urgency) == enumeration.would(ruleset, facts, question.fact, each.answer)
    told = [value for each in question.would for value in values(each.answer)]
    possible = [
        value
        for value in enumeration.answers(ruleset, question.fact)
        if next(enumeration.completions(ruleset, {**facts, question.fact: value}), None) is not None
    ]
    assert told == possible


def values(answer: Any) -> Iterator[Value]:
    if isinstance(answer, dict):
        yield from range(answer["from"], answer["to"] + 1)
    else:
        yield frozenset(answer) if isinstance(answer, list) else answer


@given(cases())
@settings(max_examples=150, deadline=None)
def test_small_rule_sets_agree_with_enumeration(case: tuple[RuleSet, Facts]) -> None:
    ruleset, facts = case
    count = sum(1 for _ in enumeration.completions(ruleset, facts))
    assume(count <= 1_000)
    event("no completion" if count == 0 else "some completions")
    agrees(ruleset, facts, Exact(ruleset))


@pytest.mark.deep
@given(cases())
@settings(max_examples=5_000, deadline=None)
def test_many_small_rule_sets_agree_with_enumeration(case: tuple[RuleSet, Facts]) -> None:
    ruleset, facts = case
    assume(sum(1 for _ in enumeration.completions(ruleset, facts)) <= MOST)
    agrees(ruleset, facts, Exact(ruleset))


def some_open(ruleset: RuleSet, facts: Facts, most: int, chance: random.Random) -> Facts:
    """A complete referral with answers left out one after another, while its completions are not too many."""
    left = dict(facts)
    names = list(facts)
    chance.shuffle(names)
    count = 1
    for name in names:
        count *= len(enumeration.values_of(ruleset.vocabulary[name]))
        if count > most:
            break
        del left[name]
    return left


def few_open(ruleset: RuleSet, count: int, most: int) -> list[Facts]:
    chance = random.Random(3)
    return [some_open(ruleset, facts, most, chance) for facts in complete_referrals(ruleset, count, seed=5)]


def test_the_published_rules_with_few_facts_open_agree_with_enumeration(ruleset: RuleSet) -> None:
    exact = Exact(ruleset)
    for facts in few_open(ruleset, 25, 200):
        agrees(ruleset, facts, exact)


@pytest.mark.deep
def test_the_published_rules_with_more_facts_open_agree_with_enumeration(ruleset: RuleSet) -> None:
    exact = Exact(ruleset)
    for facts in few_open(ruleset, 200, MOST):
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


@pytest.mark.parametrize("answered", [0.0, 0.3, 0.7, 0.95])
def test_what_an_answer_would_leave_is_what_it_leaves(ruleset: RuleSet, answered: float) -> None:
    exact = Exact(ruleset)
    for facts in partial_referrals(ruleset, 3, answered, seed=4):
        for question in exact.open_questions(facts):
            for each in question.would:
                for value in values(each.answer):
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
