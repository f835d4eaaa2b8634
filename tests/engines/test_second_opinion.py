# ruff: noqa: T201  # how much was compared is what the long tests are run for
"""Completions of the published rules against two second opinions that share no code with the diagrams.

z3 says which ratings and levels can be reached, and which pairs of completions differ, however much is open.
Enumeration puts every completion to the reference, where few facts are open. The long tests print what they compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from random import Random

import pytest

from bench.referrals import partial_referrals
from tests.answer.enumerated import Enumerated
from tests.engines import enumeration
from tests.engines.by_formulas import ByFormulas, PairsByFormulas
from tests.engines.published_referrals import at_contradictions, at_cut_points, examples, few_open, partial
from triage.engines.completions.engine import Completions
from triage.engines.outcome import Outcome
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.model.scales import LOWEST_SUPPORT


@pytest.fixture(scope="module")
def diagram(ruleset: RuleSet) -> Completions:
    return Completions(ruleset)


@pytest.fixture(scope="module")
def by_formulas(ruleset: RuleSet) -> ByFormulas:
    return ByFormulas(ruleset)


def bounds_agree(diagram: Completions, by_formulas: ByFormulas, referrals: Iterable[Answers]) -> int:
    """Hold what can be reached against z3, and say how many referrals were compared."""
    number = 0
    for number, answers in enumerate(referrals, start=1):  # noqa: B007  # the last number is how many there were
        expected = by_formulas.bounds(answers)
        bounds = diagram.bounds(answers)
        assert bounds == expected, answers
        assert bounds.exact
    return number


def everything_agrees(ruleset: RuleSet, diagram: Completions, referrals: Iterable[Answers]) -> tuple[int, int]:
    """Hold all that is said of completions against each of them, and say how many referrals and completions."""
    number = completions = 0
    for number, answers in enumerate(referrals, start=1):  # noqa: B007  # the last number is how many there were
        enumerated = Enumerated(ruleset)
        standings = enumerated.standings(answers)
        done = [(whole, Outcome(combined.rating, combined.level)) for whole, combined in standings]
        enumeration.agrees(ruleset, answers, diagram, done)
        rank = ruleset.scales.rating_rank
        for rating in enumerated.bounds(answers).suitability:
            if rank(rating) >= rank(LOWEST_SUPPORT):
                expected = enumerated.common(answers, rating)
                assert diagram.common(answers, rating) == expected, (answers, rating)
        completions += len(done)
    return number, completions


def every(number: int, referrals: Iterable[Answers]) -> Iterator[Answers]:
    """Some of the referrals: one in each ``number``."""
    return islice(referrals, 0, None, number)


def test_bounds_of_some_referrals_agree_with_z3(
    ruleset: RuleSet, diagram: Completions, by_formulas: ByFormulas
) -> None:
    every_fact_open: Answers = {}
    referrals = chain(
        [every_fact_open],
        partial(ruleset, 10, seed=41),
        every(60, examples(ruleset)),
        every(60, at_cut_points(ruleset)),
        every(20, at_contradictions(ruleset)),
    )
    assert bounds_agree(diagram, by_formulas, referrals) >= 60


def test_some_referrals_with_few_facts_open_agree_with_enumeration(ruleset: RuleSet, diagram: Completions) -> None:
    referrals, completions = everything_agrees(ruleset, diagram, few_open(ruleset, 80, most=24, seed=42))
    assert referrals == 240
    assert completions > 1_000


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_thousands_of_bounds_agree_with_z3(ruleset: RuleSet, diagram: Completions, by_formulas: ByFormulas) -> None:
    count = bounds_agree(diagram, by_formulas, partial(ruleset, 1_700, seed=43))
    print(f"bounds of {count:,} partial referrals agree with z3")
    assert count == 5_100


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_bounds_of_each_example_agree_with_z3(ruleset: RuleSet, diagram: Completions, by_formulas: ByFormulas) -> None:
    count = bounds_agree(diagram, by_formulas, examples(ruleset))
    print(f"bounds of {count:,} examples agree with z3")
    assert count >= 3 * len(ruleset.rules)


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_bounds_at_each_cut_point_agree_with_z3(
    ruleset: RuleSet, diagram: Completions, by_formulas: ByFormulas
) -> None:
    at_rules = bounds_agree(diagram, by_formulas, at_cut_points(ruleset))
    at_constraints = bounds_agree(diagram, by_formulas, at_contradictions(ruleset))
    print(f"bounds at {at_rules:,} cut-points of rules and {at_constraints:,} of constraints agree with z3")
    assert at_rules > 800
    assert at_constraints >= 30


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_thousands_with_few_facts_open_agree_with_enumeration(ruleset: RuleSet, diagram: Completions) -> None:
    few = everything_agrees(ruleset, diagram, few_open(ruleset, 1_700, most=60, seed=44))
    more = everything_agrees(ruleset, diagram, few_open(ruleset, 20, most=3_000, seed=45))
    print("{:,} referrals with {:,} completions agree with enumeration".format(*few))
    print("{:,} referrals with {:,} completions agree with enumeration".format(*more))
    assert few[0] == 5_100


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_questions_agree_with_pairs_found_by_z3(ruleset: RuleSet, diagram: Completions) -> None:
    pairs, chance = PairsByFormulas(ruleset), Random(46)
    referrals = chance.sample(list(partial(ruleset, 40, seed=46)), 40)
    asked = 0
    for answers in referrals:
        changes = {question.fact: question.can_change for question in diagram.of(answers).questions}
        for name in ruleset.vocabulary.unanswered(answers):
            assert pairs.changes(answers, name) == changes.get(name, ()), (answers, name)
            asked += 1
    print(f"{asked:,} questions of {len(referrals)} partial referrals agree with pairs found by z3")


@pytest.mark.deep
@pytest.mark.timeout(0)
@pytest.mark.parametrize("answered", [0.0, 0.1, 0.3, 0.7])
def test_what_each_answer_would_leave_agrees_with_z3(
    ruleset: RuleSet, diagram: Completions, by_formulas: ByFormulas, answered: float
) -> None:
    answers = partial_referrals(ruleset, 1, answered, seed=9)[0]
    tried = 0
    for question in diagram.of(answers).questions:
        for consequence in question.would:
            values = enumeration.values(consequence.answer)
            after = [by_formulas.bounds({**answers, question.fact: value}) for value in values]
            assert set(consequence.suitability) == {rating for bounds in after for rating in bounds.suitability}
            assert set(consequence.urgency) == {level for bounds in after for level in bounds.urgency}
            tried += len(after)
    print(f"what {tried:,} answers would leave agrees with z3, {answered:.0%} answered")
