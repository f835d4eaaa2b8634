"""One more answer, evaluated from what is known, fires what the whole evaluation of all answers fires."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import generated
from tests.engines.small import answer_or_open_set, random_referral, rulesets
from triage.engines.indexed import IndexedEvaluator
from triage.model.ruleset import RuleSet


@settings(max_examples=generated(60), deadline=None, suppress_health_check=tuple(HealthCheck))
@given(rulesets(), st.randoms(use_true_random=False), st.data())
def test_one_more_answer_gives_what_all_answers_give(ruleset: RuleSet, random: Random, data: st.DataObject) -> None:
    evaluator = IndexedEvaluator(ruleset)
    for _ in range(5):
        answers = random_referral(ruleset, random).answers
        known = evaluator.known(answers)
        for fact in ruleset.vocabulary:
            value = data.draw(answer_or_open_set(fact))
            whole = evaluator.evaluate({**answers, fact.name: value})
            assert evaluator.fired_with(known, fact.name, value) == (whole.fired, whole.answers)
