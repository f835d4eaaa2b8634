"""What completions with one rating have in common, held against making every completion."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.answer.enumerated import Enumerated, values_of
from tests.conftest import generated
from tests.engines.published_referrals import FREQUENCIES
from tests.engines.small import referrals, rulesets
from triage.analysis.planted_kinds import with_rule
from triage.check.drawn_referrals import drawn_referrals
from triage.engines import reference
from triage.engines.completions.engine import Completions
from triage.engines.outcome import Common, standing
from triage.engines.plans import plan_for
from triage.model.course import Course, Length, Price
from triage.model.fact import CoreRule, Fact
from triage.model.rule import Answers, Includes, OneOf, Supports, Value
from triage.model.ruleset import RuleSet
from triage.model.scales import LOWEST_SUPPORT
from triage.reading.frequencies_file import read_frequencies

MOST_COMPLETIONS = 150
LENGTHS = (
    Length("upkeep", (2, 3), "monthly", (), "maintenance", remitted=True),
    Length("young", (1, 1), "weekly", (), age=(0, 2)),
    Length("dispute", (4, 4), "weekly", (), targets=frozenset({"dispute", "c"})),
)


def _with_course(ruleset: RuleSet) -> RuleSet:
    """The rule set with a course whose choice reads whether a condition is remitted, and the age."""
    facts = dict(ruleset.vocabulary.facts)
    numbers = [fact.name for fact in facts.values() if fact.is_integer and not fact.asked_when]
    if numbers and "age_years" not in facts:
        facts["age_years"] = Fact("age_years", "integer", "all", "Age?", "Age", maximum=4)
    default = Length("default", (4, 6), "weekly", ())
    course = Course(Price(1, 1, "insured", "copay_usd"), default, (1, 1), LENGTHS, (), (), "", "")
    return replace(ruleset, course=course, vocabulary=replace(ruleset.vocabulary, facts=facts))


@st.composite
def _cases(draw: st.DrawFn) -> tuple[RuleSet, Answers]:
    ruleset = _with_course(draw(rulesets(most_facts=3)))
    answers = draw(referrals(ruleset))
    number = 1
    for name in ruleset.vocabulary.unanswered(answers):
        number *= len(values_of(ruleset.vocabulary[name], answers.get(name)))
    assume(number <= MOST_COMPLETIONS)
    return ruleset, answers


@settings(max_examples=generated(60), deadline=None, suppress_health_check=tuple(HealthCheck))
@given(_cases())
def test_what_completions_have_in_common_is_what_all_of_them_show(case: tuple[RuleSet, Answers]) -> None:
    _agree(*case)


@pytest.mark.deep
@pytest.mark.timeout(3_600)
@settings(max_examples=5_000, deadline=None, suppress_health_check=tuple(HealthCheck))
@given(_cases())
def test_what_thousands_have_in_common(case: tuple[RuleSet, Answers]) -> None:
    _agree(*case)


@pytest.mark.parametrize("rating", ["possible", "suitable", "recommended"])
def test_nothing_stands_beside_a_rating_of_which_nothing_is_known(ruleset: RuleSet, rating: str) -> None:
    """Completions drawn by chance show it: the diagrams of all of them are not made."""
    assert Completions(ruleset).common({}, rating) == Common()


def test_what_completions_have_in_common_is_shown_by_each_of_them_however_much_is_open(ruleset: RuleSet) -> None:
    completions, chance = Completions(ruleset), Random(51)
    frequencies = read_frequencies(FREQUENCIES, ruleset.vocabulary)
    rank = ruleset.scales.rating_rank
    something = 0
    for complete in drawn_referrals(ruleset.vocabulary, frequencies, 60, seed=51):
        evaluation = reference.evaluate(ruleset, complete)
        so_far = standing(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)
        if rank(so_far.rating) >= rank(LOWEST_SUPPORT):
            targets = tuple(target.target for target in so_far.best)
            answered = chance.choice((0.5, 0.8, 0.9, 0.95))
            given = {name: value for name, value in complete.items() if chance.random() < answered}
            common = completions.common(given, so_far.rating)
            assert set(common.targets) <= set(targets)
            assert common.role in (None, so_far.role)
            assert common.certainty in (None, so_far.certainty)
            assert common.plan in (None, plan_for(ruleset, targets, complete))
            something += common != Common()
    assert something > 3


def _agree(ruleset: RuleSet, answers: Answers) -> None:
    enumerated, completions = Enumerated(ruleset), Completions(ruleset)
    assume(enumerated.standings(answers))
    rank = ruleset.scales.rating_rank
    for rating in enumerated.bounds(answers).suitability:
        if rank(rating) >= rank(LOWEST_SUPPORT):
            in_common = completions.common(answers, rating)
            assert in_common == _in_order(enumerated.common(answers, rating), ruleset), rating


def _in_order(common: Common, ruleset: RuleSet) -> Common:
    return replace(common, targets=tuple(target for target in ruleset.targets if target in common.targets))


def test_an_open_set_of_a_core_fact_whose_gate_is_shut_is_closed_in_each_completion(fixture_rules: RuleSet) -> None:
    """Its members count, since a core fact that is answered counts as asked; here they alone support a target."""
    facts = dict(fixture_rules.vocabulary.facts)
    shut = ((OneOf("lean", frozenset({"falling"})),),)
    facts["pests"] = replace(facts["pests"], core=CoreRule("always"), asked_when=shut)
    supports = Supports("suitable", ("blight",), "alone", "low")
    gated = replace(fixture_rules, vocabulary=replace(fixture_rules.vocabulary, facts=facts))
    ruleset = with_rule(gated, supports, ((Includes("pests", frozenset({"aphids"})),),))
    rest = {fact.name: _least(fact) for fact in ruleset.vocabulary if not fact.asked_when}
    answers: Answers = {**rest, "pests": frozenset({"aphids", "unknown"})}
    in_common = Completions(ruleset).common(answers, "suitable")
    assert in_common == Enumerated(ruleset).common(answers, "suitable")
    assert in_common.targets == ("blight",)


def _least(fact: Fact) -> Value:
    """The neutral answer, or the first where there is none."""
    if fact.is_set:
        return frozenset()
    return fact.all_answers[0] if fact.is_integer or fact.neutral is None else fact.neutral


@pytest.mark.parametrize(("oldest", "plan"), [(5, "default"), (6, None), (8, None), (119, None), (120, "young")])
def test_a_course_stands_only_where_every_age_that_is_possible_has_it(
    oldest: int, plan: str | None, fixture_rules: RuleSet
) -> None:
    """Blight is `recommended` from six years on, a bound of its rule; the course has a bound that no rule has."""
    assert fixture_rules.course is not None
    young = Length("young", (3, 3), "weekly", (), targets=frozenset({"blight"}), age=(0, oldest))
    course = replace(fixture_rules.course, lengths=(young,))
    ruleset = replace(fixture_rules, course=replace(course, default=replace(course.default, id="default")))
    answers = {fact.name: _least(fact) for fact in ruleset.vocabulary if not fact.asked_when} | {"blight": "current"}
    answers |= {"main_wish": "shade", "severity": "mild"}
    del answers["age_years"]
    in_common = Completions(ruleset).common(answers, "recommended")
    assert (in_common.targets, in_common.plan) == (("blight",), plan)
