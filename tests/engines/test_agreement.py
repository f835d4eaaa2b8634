"""Reference, indexed evaluator and live engine mean the same, whatever the rule set, and in whatever order."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import generated
from tests.engines.small import counted_referrals, random_referral, rulesets
from tests.engines.threads import wrong_in_eight_threads
from triage.engines import alternatives, reference
from triage.engines.agreement import EngineDisagreement, EngineFailure, digest, evaluate_twice
from triage.engines.floors import covered, floors
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import standing
from triage.engines.rete import network
from triage.engines.rete.engine import LiveEngines, ReteEngine
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=generated(40))
DEEP = settings(QUICK, max_examples=400)


def _agree(ruleset: RuleSet, seed: int, referrals: int) -> None:
    random = Random(seed)
    indexed, live = IndexedEvaluator(ruleset), ReteEngine(ruleset)
    try:
        for _ in range(referrals):
            answers = random_referral(ruleset, random).answers
            meant = reference.evaluate(ruleset, answers)
            assert indexed.evaluate(answers) == meant, answers
            assert live.fired(answers) == meant.fired, answers
    finally:
        live.close()


@QUICK
@given(rulesets(), st.integers(0, 2**32))
def test_the_engines_agree(ruleset: RuleSet, seed: int) -> None:
    _agree(ruleset, seed, referrals=100)


@settings(QUICK, max_examples=generated(4))
@given(rulesets(), st.integers(0, 2**32))
def test_the_engines_agree_while_what_they_remember_is_dropped_again_and_again(ruleset: RuleSet, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (alternatives, network):
            patch.setattr(module, "MOST_REMEMBERED", 1)
        _agree(ruleset, seed, referrals=20)


@pytest.mark.deep
@pytest.mark.timeout(0)
@DEEP
@given(rulesets(most_facts=7, most_rules=16), st.integers(0, 2**32))
def test_the_engines_agree_on_a_hundred_thousand_referrals(ruleset: RuleSet, seed: int) -> None:
    _agree(ruleset, seed, referrals=300)


@QUICK
@given(st.data())
def test_neither_the_order_of_rules_nor_of_answers_changes_anything(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets())
    counted = data.draw(counted_referrals(ruleset))
    answers = counted.answers
    shuffled = replace(ruleset, rules=tuple(data.draw(st.permutations(ruleset.rules))))
    turned = dict(data.draw(st.permutations(list(answers.items()))))
    meant = reference.evaluate(ruleset, answers)
    assert reference.evaluate(shuffled, turned) == meant
    assert IndexedEvaluator(shuffled).evaluate(turned) == meant
    live = ReteEngine(shuffled)
    try:
        assert live.fired(turned) == meant.fired
    finally:
        live.close()
    assert _all_of(shuffled, turned, data.draw(st.permutations(sorted(meant.fired)))) == _all_of(
        ruleset, answers, sorted(meant.fired)
    )


def _all_of(ruleset: RuleSet, answers: Answers, fired: list[str]) -> Any:
    """Everything that follows from fired rules and answers."""
    rules = [ruleset.by_id[id_] for id_ in fired]
    effective = reference.evaluate(ruleset, answers).answers
    missing = ruleset.vocabulary.core_unanswered(answers)
    return standing(ruleset, rules, effective), covered(rules), floors(ruleset, missing, answers)


@settings(QUICK, max_examples=generated(4))
@given(rulesets(), st.integers(0, 2**32))
def test_eight_threads_at_once_give_the_answers_of_one(ruleset: RuleSet, seed: int) -> None:
    random = Random(seed)
    referrals = [random_referral(ruleset, random).answers for _ in range(30)]
    expected = [reference.evaluate(ruleset, answers) for answers in referrals]
    live, indexed = LiveEngines(ruleset), IndexedEvaluator(ruleset)
    answered = zip(referrals, expected, strict=True)
    wrong = wrong_in_eight_threads(lambda answers: evaluate_twice(indexed, live, answers), answered)
    live.close()
    assert not wrong


class _Says:
    """An engine that says what it is told to, or fails."""

    def __init__(self, result: frozenset[str] | Exception) -> None:
        self.said = result

    def fired(self, answers: Answers) -> frozenset[str]:
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


@QUICK
@given(st.data())
def test_a_difference_gives_no_answer_and_all_rules_that_either_engine_found(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets())
    answers = data.draw(counted_referrals(ruleset)).answers
    meant = reference.evaluate(ruleset, answers).fired
    other = data.draw(st.sampled_from(ruleset.rules)).id
    with pytest.raises(EngineDisagreement) as differing:
        evaluate_twice(IndexedEvaluator(ruleset), _Says(meant ^ {other}), answers)
    assert differing.value.rules == (other,)
    assert differing.value.fired == meant | {other}
    named = digest(ruleset, answers)
    assert str(differing.value) == (
        f"The engines disagree on referral {named} about: {other}. "
        "No answer is given: hand the referral to a clinician, at least as urgent."
    )


@QUICK
@given(st.data())
def test_a_failure_gives_no_answer_and_what_the_other_engine_found(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets())
    answers = data.draw(counted_referrals(ruleset)).answers
    with pytest.raises(EngineFailure) as failed:
        evaluate_twice(IndexedEvaluator(ruleset), _Says(RuntimeError("It broke.")), answers)
    assert failed.value.fired == reference.evaluate(ruleset, answers).fired
    assert str(failed.value) == (
        f"An engine failed on referral {digest(ruleset, answers)}: It broke. "
        "No answer is given: hand the referral to a clinician, at least as urgent."
    )
