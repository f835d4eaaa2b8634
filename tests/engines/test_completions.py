"""The decision diagram against every completion made one by one, and against plain z3."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.plain import Plain
from bench.referrals import complete_referrals, partial_referrals
from tests.conftest import generated
from tests.engines import enumeration
from tests.engines.small import random_referral, referrals, rulesets
from tests.engines.threads import wrong_in_eight_threads
from triage.answer.assess import Assessor
from triage.engines import reference
from triage.engines.completions.engine import Completions, NoCompletion
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import Bounds, Common, StillOpen
from triage.model.rule import Answers, OneOf
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Never
from triage.reading.referral import Referral
from triage.settings import Settings

SHARES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99)
"""How much of a referral is answered."""


@pytest.fixture(scope="module")
def diagram(ruleset: RuleSet) -> Completions:
    return Completions(ruleset)


@st.composite
def cases(draw: st.DrawFn) -> tuple[RuleSet, Answers]:
    ruleset = draw(rulesets())
    return ruleset, draw(referrals(ruleset))


def number_of_completions(ruleset: RuleSet, answers: Answers) -> int:
    return sum(1 for _ in enumeration.completions(ruleset, answers))


@given(cases())
@settings(max_examples=generated(250), deadline=None)
def test_small_rule_sets_agree_with_enumeration(case: tuple[RuleSet, Answers]) -> None:
    ruleset, answers = case
    assume(0 < number_of_completions(ruleset, answers) <= 1_000)
    enumeration.agrees(ruleset, answers, Completions(ruleset))


@pytest.mark.deep
@pytest.mark.timeout(0)
@given(cases())
@settings(max_examples=generated(5_000), deadline=None)
def test_many_small_rule_sets_agree_with_enumeration(case: tuple[RuleSet, Answers]) -> None:
    ruleset, answers = case
    assume(0 < number_of_completions(ruleset, answers) <= 5_000)
    enumeration.agrees(ruleset, answers, Completions(ruleset))


@given(rulesets(), st.integers(0, 2**32))
@settings(max_examples=generated(100), deadline=None)
def test_bounds_of_small_rule_sets_agree_with_plain_z3(ruleset: RuleSet, seed: int) -> None:
    diagram, plain, chance = Completions(ruleset), Plain(ruleset), random.Random(seed)
    for answers in [random_referral(ruleset, chance).answers for _ in range(4)]:
        expected = plain.bounds(answers)
        if expected.suitability:
            assert diagram.bounds(answers) == expected
        else:
            with pytest.raises(NoCompletion):
                diagram.bounds(answers)


def test_a_set_that_only_a_constraint_names_has_no_level_in_the_diagram(fixture_rules: RuleSet) -> None:
    constraint = Never("pests-of-a-crowded-tree", "", (OneOf("crowded", frozenset({"yes"})),), given="pests")
    vocabulary = replace(fixture_rules.vocabulary, constraints=(*fixture_rules.vocabulary.constraints, constraint))
    rules = tuple(rule for rule in fixture_rules.rules if "pests" not in rule.facts)
    unread = replace(fixture_rules, vocabulary=vocabulary, rules=rules)
    for complete in complete_referrals(unread, 3):
        answers = {name: value for name, value in complete.items() if name not in ("pests", "crowded")}
        enumeration.agrees(unread, answers, Completions(unread))


def test_the_small_rule_set_with_few_facts_open_agrees_with_enumeration(fixture_rules: RuleSet) -> None:
    diagram = Completions(fixture_rules)
    for answers in enumeration.few_open(fixture_rules, 6, 300):
        enumeration.agrees(fixture_rules, answers, diagram)


def test_the_published_rules_with_few_facts_open_agree_with_enumeration(ruleset: RuleSet, diagram: Completions) -> None:
    for answers in enumeration.few_open(ruleset, 6, 300):
        enumeration.agrees(ruleset, answers, diagram)


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_the_published_rules_with_more_facts_open_agree_with_enumeration(
    ruleset: RuleSet, diagram: Completions
) -> None:
    for answers in enumeration.few_open(ruleset, 30, 5_000):
        enumeration.agrees(ruleset, answers, diagram)


def one_open(ruleset: RuleSet) -> Iterator[Answers]:
    """Complete referrals without the answer to one fact, for each fact that is asked of one of them."""
    left_out: set[str] = set()
    for complete in complete_referrals(ruleset, 40, seed=6):
        for name in complete.keys() - left_out:
            left_out.add(name)
            yield {other: value for other, value in complete.items() if other != name}


def test_one_open_fact_agrees_with_enumeration(ruleset: RuleSet, diagram: Completions) -> None:
    many = {fact.name for fact in ruleset.vocabulary if fact.is_set or fact.maximum > 200}
    for answers in one_open(ruleset):
        if not many & set(ruleset.vocabulary.unanswered(answers)):
            enumeration.agrees(ruleset, answers, diagram)


def partial(ruleset: RuleSet, number: int, seed: int) -> Iterator[Answers]:
    for share in SHARES:
        yield from partial_referrals(ruleset, number, share, seed=seed)


@pytest.mark.parametrize(("answered", "number"), [(0.0, 1), (0.1, 3), (0.3, 3), (0.7, 3), (0.95, 3)])
def test_bounds_agree_with_plain_z3_however_much_is_open(
    ruleset: RuleSet, diagram: Completions, answered: float, number: int
) -> None:
    """An encoding that shares nothing with the diagram, where there are too many completions to make."""
    plain = Plain(ruleset)
    for answers in partial_referrals(ruleset, number, answered, seed=7):
        assert diagram.bounds(answers) == plain.bounds(answers)


def test_answers_that_no_completion_keeps_are_an_error_and_never_an_answer(diagram: Completions) -> None:
    """The door refuses them: they contradict."""
    with pytest.raises(NoCompletion, match=r"^The answers given contradict one another: no completion keeps them\.$"):
        diagram.of({"phq9_total": 2, "phq9_item9": 3})


def test_numbers_are_grouped_where_the_rules_cut_them(diagram: Completions) -> None:
    """And at what a constraint allows: the ninth item is at most the total."""
    questions = {question.fact: question for question in diagram.of({"phq9_total": 2}).questions}
    ranges = [consequence.answer for consequence in questions["phq9_item9"].would]
    assert ranges == [{"from": 0, "to": 0}, {"from": 1, "to": 2}]


def test_a_gated_answer_counts_as_given_once_it_is_given(diagram: Completions) -> None:
    """Its type is known, so bipolar disorder is not absent: a constraint that binds given answers."""
    would = {question.fact: question.would for question in diagram.of({}).questions}
    for consequence in would["bipolar_type"]:
        after = diagram.bounds({"bipolar_type": consequence.answer})
        assert (consequence.suitability, consequence.urgency) == (after.suitability, after.urgency)


class _Refusing:
    def of(self, answers: Answers) -> StillOpen:
        raise AssertionError("a complete referral has one completion: itself")

    def bounds(self, answers: Answers) -> Bounds:
        raise AssertionError("a complete referral has one completion: itself")

    def common(self, answers: Answers, rating: str) -> Common:
        raise AssertionError("a complete referral has one completion: itself")


class _Reference:
    """The reference as the live engine."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset

    def fired(self, answers: Answers) -> frozenset[str]:
        return reference.evaluate(self._ruleset, answers).fired


def test_a_complete_referral_asks_for_no_completion_and_the_diagram_would_say_the_same(
    ruleset: RuleSet, diagram: Completions
) -> None:
    assessor = Assessor(ruleset, _Reference(ruleset), IndexedEvaluator(ruleset), _Refusing(), Settings())
    for answers in complete_referrals(ruleset, 20, seed=8):
        answer = assessor.assess(Referral(answers))
        still_open = diagram.of(answers)
        assert answer.suitability.settled
        assert answer.urgency.settled
        assert answer.suitability.could_become == still_open.bounds.suitability
        assert answer.urgency.could_become == still_open.bounds.urgency
        assert answer.unanswered == ()
        assert still_open.questions == ()


def test_eight_threads_at_once_give_the_answers_of_one(ruleset: RuleSet, diagram: Completions) -> None:
    many = list(partial(ruleset, 8, seed=2))
    expected = [diagram.of(answers) for answers in many]
    assert not wrong_in_eight_threads(diagram.of, zip(many, expected, strict=True))


def test_a_query_writes_nothing_and_leaves_nothing_to_collect(ruleset: RuleSet, diagram: Completions) -> None:
    nodes = dict(diagram.nodes)
    many = partial_referrals(ruleset, 20, 0.3)

    def left_by_queries() -> int:
        gc.collect()
        for answers in many:
            diagram.of(answers)
        return gc.collect()

    gc.disable()
    try:
        # Threads that other tests left in this process leave something now and then; queries would do so each time.
        assert min(left_by_queries() for _ in range(5)) == 0
    finally:
        gc.enable()
    assert diagram.nodes == nodes
