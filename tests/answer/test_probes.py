"""A rule set on which some referral can't be answered fails at the start, with the example that shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.answer.assess import Assessor, build_assessor
from triage.answer.probes import check_answers, choose_probes
from triage.engines.plans import plan_for
from triage.model.course import Course
from triage.model.fact import CoreRule
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.model.scales import ON_HOLD
from triage.reading.referral import Referral


def _shown(assessor: Assessor) -> tuple[set[str], set[str], set[str]]:
    answered = [(probe.answers, assessor.assess(Referral(probe.answers))) for probe in choose_probes(assessor)]
    return (
        {answer.suitability.rating for _, answer in answered},
        {answer.urgency.level for _, answer in answered},
        {
            plan_for(assessor.ruleset, answer.suitability.for_, given) or ""
            for given, answer in answered
            if answer.course is not None
        },
    )


@pytest.mark.parametrize("published", [False, True])
def test_each_rating_level_and_course_is_answered(published: bool, ruleset: RuleSet, fixture_rules: RuleSet) -> None:
    rules = ruleset if published else fixture_rules
    assert isinstance(rules.course, Course)
    ratings, levels, plans = _shown(build_assessor(rules))
    assert {*rules.scales.rating_ids, ON_HOLD} <= ratings
    assert levels == set(rules.scales.urgency_ids)
    assert plans == {"default", *(length.id for length in rules.course.lengths)}


def test_the_probes_are_given_and_can_be_answered_again(fixture_rules: RuleSet) -> None:
    assessor = build_assessor(fixture_rules)
    probes = check_answers(assessor)
    assert check_answers(assessor, probes) == probes


def test_a_course_that_cannot_be_planned_is_named_with_its_example(fixture_rules: RuleSet) -> None:
    assert isinstance(fixture_rules.course, Course)
    upkeep = replace(fixture_rules.course.lengths[0], sessions=())  # type: ignore[arg-type]  # the fault
    broken = replace(fixture_rules, course=replace(fixture_rules.course, lengths=(upkeep,)))
    with pytest.raises(FaultyRuleSet) as refused:
        check_answers(build_assessor(broken))
    (fault,) = refused.value.faults
    assert str(fault) == (
        "fixture_rules/indications/blight-gone.yaml:13:5: A referral like the example `gone` of `blight-gone` can't be "
        "answered: ValueError('not enough values to unpack (expected 2, got 0)'). Hand this message to who keeps the "
        "engine. [answer]"
    )


def test_a_rule_set_that_calls_an_empty_referral_routine_is_refused(fixture_rules: RuleSet) -> None:
    facts = {fact.name: replace(fact, core=CoreRule("never")) for fact in fixture_rules.vocabulary}
    careless = replace(fixture_rules, vocabulary=replace(fixture_rules.vocabulary, facts=facts))
    with pytest.raises(FaultyRuleSet) as refused:
        check_answers(build_assessor(careless))
    (fault,) = refused.value.faults
    assert str(fault) == (
        "fixture_rules/ruleset.yaml:3:1: A referral of which nothing is known is called `routine`. Mark the questions "
        "on danger as `core_safety` in vocabulary.yaml. [answer]"
    )
