"""What holds of every answer: generated rule sets and referrals, with every completion made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.answer.conftest import by_enumeration, worded
from tests.answer.enumerated import Enumerated, values_of
from tests.conftest import generated
from tests.engines.small import counted_referrals, rulesets
from triage.answer.assess import Assessor
from triage.answer.model import Answer, UnansweredQuestion
from triage.engines import reference
from triage.engines.floors import covered, floors
from triage.engines.outcome import Standing, standing
from triage.model.rule import Answers, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import NO_SUPPORT
from triage.model.truth import is_open, members
from triage.model.written import encode
from triage.reading.referral import Referral

MOST_COMPLETIONS = 100
SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)


def _few(ruleset: RuleSet, answers: Answers) -> bool:
    number = 1
    for name in ruleset.vocabulary.unanswered(answers):
        number *= len(values_of(ruleset.vocabulary[name], answers.get(name)))
    return number <= MOST_COMPLETIONS


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Assessor, Referral]:
    ruleset = worded(draw(rulesets(most_facts=3)))
    counted = draw(counted_referrals(ruleset))
    assume(_few(ruleset, counted.answers))
    assessor = by_enumeration(ruleset)
    assume(any(True for _ in Enumerated(ruleset).completions(counted.answers)))
    referral = Referral(
        counted.answers,
        not_counted=counted.not_counted,
        unanswered_for_floor=counted.unanswered_for_floor,
    )
    return assessor, referral


def _standing(ruleset: RuleSet, answers: Answers) -> Standing:
    evaluation = reference.evaluate(ruleset, answers)
    return standing(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)


def _level(ruleset: RuleSet, answers: Answers, in_part: frozenset[str]) -> str:
    """The level so far: the highest of the rules that fire and the floors that hold."""
    evaluation = reference.evaluate(ruleset, answers)
    missing = ruleset.vocabulary.core_unanswered(answers, in_part)
    held = [floor.level for floor in floors(ruleset, missing, evaluation.answers)]
    return max((_standing(ruleset, answers).level, *held), key=ruleset.scales.urgency_rank)


@settings(max_examples=generated(40), deadline=None, suppress_health_check=SLOW)
@given(_cases())
def test_every_answer_keeps_the_contract(case: tuple[Assessor, Referral]) -> None:
    _keeps_the_contract(*case)


@pytest.mark.deep
@pytest.mark.timeout(3_600)
@settings(max_examples=5_000, deadline=None, suppress_health_check=SLOW)
@given(_cases())
def test_thousands_of_answers_keep_the_contract(case: tuple[Assessor, Referral]) -> None:
    _keeps_the_contract(*case)


def _keeps_the_contract(assessor: Assessor, referral: Referral) -> None:
    ruleset, answers = assessor.ruleset, referral.answers
    answer = assessor.assess(referral)
    so_far = _standing(ruleset, answers)
    _urgency_keeps(ruleset, referral, answer)
    _rating_keeps(ruleset, answers, answer, so_far)
    _reasons_keep(ruleset, answers, answer, so_far)
    _questions_keep(ruleset, referral, answer)
    assert encode(assessor.assess(referral)) == encode(answer)


def _urgency_keeps(ruleset: RuleSet, referral: Referral, answer: Answer) -> None:
    rank, urgency = ruleset.scales.urgency_rank, answer.urgency
    by_rules = _standing(ruleset, referral.answers).level
    so_far = _level(ruleset, referral.answers, referral.unanswered_for_floor)
    assert urgency.level == max(so_far, urgency.could_become[0], key=rank)
    assert urgency.settled is (len(urgency.could_become) == 1)
    assert urgency.exact
    certain = max(rank(by_rules), rank(urgency.could_become[0]))
    floor_alone = bool(urgency.missing) and certain < rank(ruleset.scales.floor) and rank(urgency.level) > certain
    assert urgency.not_sorted is floor_alone
    assert urgency.action.first
    assert (len(urgency.action.do) <= 2, len(urgency.action.ask) <= 1) == (True, True)


def _rating_keeps(ruleset: RuleSet, answers: Answers, answer: Answer, so_far: Standing) -> None:
    scales, rating = ruleset.scales, answer.suitability
    assert rating.exact
    held = answer.urgency.level in scales.hold_at
    if held:
        assert rating.rating == "on_hold"
        assert (rating.targets, rating.for_, answer.alternatives, answer.focus) == ((), (), (), ())
        assert (answer.comparison.ipt, answer.comparison.cbt, answer.course) == ((), (), None)
        return
    above = scales.rating_rank(rating.could_become[-1]) > scales.rating_rank(NO_SUPPORT)
    if not so_far.targets and not rating.settled and above:
        assert rating.rating == "insufficient_information"
        return
    assert rating.rating in rating.could_become
    if rating.rating != so_far.rating:
        assert so_far.rating not in rating.could_become
        assert rating.limited_by == ()
        event("moved")
        common = Enumerated(ruleset).common(answers, rating.rating)
        expected = (common.targets, common.role, common.certainty)
    else:
        assert rating.limited_by == so_far.limited_by
        expected = (tuple(target.target for target in so_far.best), so_far.role, so_far.certainty)
    if scales.ratings_below_support(rating.rating):
        expected = ((), None, None)
    assert (rating.for_, rating.role, rating.certainty) == expected
    assert [target.target for target in rating.targets] == [target.target for target in so_far.targets]


def _reasons_keep(ruleset: RuleSet, answers: Answers, answer: Answer, so_far: Standing) -> None:
    rules = ruleset.fired(reference.evaluate(ruleset, answers).fired)
    by_rule = {rule.id: rule for rule in rules}
    rule_reasons = [reason for reason in answer.reasons if reason.rule in by_rule]
    urgent = {reason.rule for reason in rule_reasons if reason.effect == "urgency"}
    assert urgent == {rule.id for rule in rules if rule.urgency} - covered(rules)
    supports = {(reason.rule, reason.target) for reason in rule_reasons if reason.effect == "supports"}
    assert supports == {
        (rule.id, target)
        for rule in rules
        for effect in rule.of(Supports)
        for target in effect.targets
        if target not in so_far.silenced
    }
    order = ["urgency", "limits", "supports", "derives", "advice"]
    keys = [(order.index(reason.effect), not reason.decides) for reason in answer.reasons]
    assert keys == sorted(keys)
    for reason in rule_reasons:
        read = [{c.fact for c in when} for when in by_rule[reason.rule].when]
        assert any(set(reason.facts) <= facts for facts in read)


def _questions_keep(ruleset: RuleSet, referral: Referral, answer: Answer) -> None:
    """A question is pivotal where some answer to it alone changes rating or level so far, a set being closed."""
    answers, in_part = referral.answers, referral.unanswered_for_floor
    now = (_standing(ruleset, answers).rating, _level(ruleset, answers, in_part))
    for question in answer.unanswered:
        changed = False
        for value in _supposed(ruleset, question.fact, answers):
            more = {**answers, question.fact: value}
            if not ruleset.vocabulary.contradictions(more):
                then = (_standing(ruleset, more).rating, _level(ruleset, more, in_part - {question.fact}))
                changed = changed or then != now
        assert question.pivotal is changed, question.fact
    order = [_place(ruleset, answer, question) for question in answer.unanswered]
    assert order == sorted(order)


def _place(ruleset: RuleSet, answer: Answer, question: UnansweredQuestion) -> tuple[object, ...]:
    """Where a question stands: core safety, pivotal, highest urgency reachable, width of rating, vocabulary order."""
    rank = ruleset.scales.urgency_rank
    levels = [rank(level) for would in question.would for level in would.urgency]
    ratings = {rating for would in question.would for rating in would.suitability}
    return (
        question.fact not in answer.urgency.missing,
        not question.pivotal,
        -max(levels, default=0),
        -len(ratings),
        list(ruleset.vocabulary.facts).index(question.fact),
    )


def _supposed(ruleset: RuleSet, name: str, answers: Answers) -> list[Any]:
    fact = ruleset.vocabulary[name]
    if not fact.is_set:
        return list(values_of(fact))
    given = answers.get(name)
    known = members(given) if isinstance(given, frozenset) and is_open(given) else frozenset[str]()
    return [known, *(known | {value} for value in fact.values if value not in known)]
