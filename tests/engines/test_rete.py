"""The live engine against the reference: generated rule sets, the published one, threads, limits and failures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bench.referrals import complete_referrals, partial_referrals
from tests.engines.threads import wrong_in_eight_threads
from triage.answer.assess import Assessor
from triage.engines.agreement import EngineDisagreement, Firing
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import Bounds, Common, StillOpen
from triage.engines.reference import evaluate
from triage.engines.rete import engine as rete
from triage.engines.rete.engine import EngineError, LiveEngines, ReteEngine
from triage.engines.rete.network import STACK, EngineLimitError, network, waiting
from triage.model.rule import Answers, Between, Limits, Rule, SourceRef, Value
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral
from triage.settings import Settings

THOROUGH = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=120)


@pytest.fixture(scope="module")
def engine(ruleset: RuleSet) -> ReteEngine:
    return ReteEngine(ruleset)


def _many(ruleset: RuleSet, count: int) -> list[dict[str, Value]]:
    return [
        facts
        for answered in (0, 0.05, 0.2, 0.5, 0.8, 0.95, 1)
        for facts in partial_referrals(ruleset, count, answered, seed=int(answered * 100))
    ]


def test_the_published_rules_mean_the_same(engine: ReteEngine, ruleset: RuleSet) -> None:
    for facts in _many(ruleset, 400):
        assert engine.fired(facts) == evaluate(ruleset, facts).fired


@pytest.mark.deep
def test_the_published_rules_mean_the_same_on_many_more(engine: ReteEngine, ruleset: RuleSet) -> None:
    for facts in _many(ruleset, 20_000):
        assert engine.fired(facts) == evaluate(ruleset, facts).fired


def test_every_example_of_every_rule(engine: ReteEngine, ruleset: RuleSet) -> None:
    for rule in ruleset.rules:
        for example in rule.examples:
            assert engine.fired(example.given) == evaluate(ruleset, example.given).fired, (rule.id, example.name)


def test_the_referral_on_which_most_rules_fire(engine: ReteEngine, ruleset: RuleSet) -> None:
    """Built greedily: each rule's own example is taken in wherever it lets more rules fire than before."""
    facts: dict[str, Value] = {}
    most = 0
    for rule in ruleset.rules:
        for example in rule.examples:
            more = {**facts, **example.given}
            if example.fires and not ruleset.vocabulary.contradictions(more):
                count = len(evaluate(ruleset, more).fired)
                if count > most:
                    facts, most = more, count
    assert most > 120
    assert engine.fired(facts) == evaluate(ruleset, facts).fired


def test_nothing_answered_and_nothing_left_behind(engine: ReteEngine, ruleset: RuleSet) -> None:
    danger: Answers = {"suicidal_thoughts": "plan_or_intent"}
    assert engine.fired({}) == frozenset()
    assert "suicidal-plan-or-intent" in engine.fired(danger)
    assert engine.fired({}) == frozenset(), "the referral before left nothing"


def test_eight_threads_at_once_give_the_answers_of_one(ruleset: RuleSet) -> None:
    engines = LiveEngines(ruleset)
    referrals_ = partial_referrals(ruleset, 60, 0.7)
    expected = [evaluate(ruleset, facts).fired for facts in referrals_]
    wrong = wrong_in_eight_threads(engines.fired, zip(referrals_, expected, strict=True), rounds=5)
    engines.close()
    assert not wrong


def test_the_published_rules_stay_far_from_the_matchers_limit(ruleset: RuleSet) -> None:
    assert waiting(network(ruleset.concluding, ruleset.vocabulary).values()) <= STACK // 2


def test_rules_that_could_overrun_the_matcher_are_refused_at_the_start(ruleset: RuleSet) -> None:
    with pytest.raises(EngineLimitError) as refused:
        ReteEngine(ruleset, group=1_000)
    assert "comparisons could wait at once and durable_rules holds 64" in str(refused.value)
    assert str(refused.value).endswith("Group them smaller, or split the largest rules.")


def _of_older_trees(ruleset: RuleSet, count: int) -> RuleSet:
    """As many rules that each ask for another age, so that none of their comparisons is shared."""
    rules = tuple(
        Rule(f"at-{age}", "t", ((Between("age_years", age, 120),),), (), (Limits("possible"),), "b", (SourceRef("s"),))
        for age in range(1, count + 1)
    )
    return replace(ruleset, rules=rules)


def test_as_many_comparisons_wait_as_the_matcher_holds_and_not_one_more(fixture_rules: RuleSet) -> None:
    engine = ReteEngine(_of_older_trees(fixture_rules, STACK - 1), group=1_000)
    for age in (0, 1, 40, STACK - 1, 120):
        assert engine.fired({"age_years": age}) == {f"at-{n}" for n in range(1, min(age, STACK - 1) + 1)}
    with pytest.raises(EngineLimitError) as refused:
        ReteEngine(_of_older_trees(fixture_rules, STACK), group=1_000)
    assert str(refused.value) == (
        "64 comparisons could wait at once and durable_rules holds 64: 64 conjunctions in groups of 1000 are too many. "
        "Group them smaller, or split the largest rules."
    )


class _Failing:
    """A matcher that fails where it is told to, and is the real one elsewhere."""

    def __init__(self, name: str, answer: Any) -> None:
        self._name, self._answer, self._real = name, answer, vars(rete)["matcher"]

    def __getattr__(self, name: str) -> Any:
        if name != self._name:
            return getattr(self._real, name)

        def failing(*_: Any) -> Any:
            if isinstance(self._answer, Exception):
                raise self._answer
            return self._answer

        return failing


FAILURES: dict[str, tuple[str, Any]] = {
    "an exception": ("assert_fact", RuntimeError("error code: 303")),
    "a code that means nothing": ("assert_fact", (2, 1)),
    "a firing without a name": ("start_action_for_state", None),
    "an exception in the state": ("start_action_for_state", ('{"exception": "lost"}', '{"r#0":{}}')),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_an_error_and_never_nothing_fired(
    name: str, fixture_rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ReteEngine(fixture_rules)
    monkeypatch.setattr(rete, "matcher", _Failing(*FAILURES[name]))
    with pytest.raises(EngineError):
        engine.fired({"lean": "falling"})


def test_a_closed_engine_answers_nothing(fixture_rules: RuleSet) -> None:
    engine = ReteEngine(fixture_rules)
    engine.close()
    with pytest.raises(EngineError, match=r"^The engine was closed and can answer no referral\.$"):
        engine.fired({"lean": "falling"})


class _Forgetful:
    """The live engine without one rule: the planted difference."""

    def __init__(self, ruleset: RuleSet, rule: str) -> None:
        self._engine, self._rule = ReteEngine(ruleset), rule

    def fired(self, answers: Answers) -> frozenset[str]:
        return self._engine.fired(answers) - {self._rule}


class _Eager:
    """The live engine with one rule more than fires: the other planted difference."""

    def __init__(self, ruleset: RuleSet, rule: str) -> None:
        self._engine, self._rule = ReteEngine(ruleset), rule

    def fired(self, answers: Answers) -> frozenset[str]:
        return self._engine.fired(answers) | {self._rule}


class _NoCompletions:
    def of(self, answers: Answers) -> StillOpen:
        raise AssertionError("the difference comes first")

    def bounds(self, answers: Answers) -> Bounds:
        raise AssertionError("the difference comes first")

    def common(self, answers: Answers, rating: str) -> Common:
        raise AssertionError("the difference comes first")


def _assessor(ruleset: RuleSet, live: Firing) -> Assessor:
    return Assessor(ruleset, live, IndexedEvaluator(ruleset), _NoCompletions(), Settings())


def test_a_difference_between_the_engines_gives_no_answer(fixture_rules: RuleSet) -> None:
    assessor = _assessor(fixture_rules, _Forgetful(fixture_rules, "nestlings-in-danger"))
    with pytest.raises(EngineDisagreement) as differing:
        assessor.assess(Referral({"nestlings": "in_danger"}))
    assert differing.value.rules == ("nestlings-in-danger",)
    assert "hand the referral to a clinician, at least as urgent" in str(differing.value)
    assert "in_danger" not in str(differing.value), "no answer of the referral is told"


@pytest.mark.parametrize("number", range(5))
def test_a_difference_on_a_complete_referral_gives_no_answer_either(number: int, fixture_rules: RuleSet) -> None:
    facts = complete_referrals(fixture_rules, 5)[number]
    assert fixture_rules.vocabulary.is_complete(facts)
    fired = evaluate(fixture_rules, facts).fired
    others = sorted(rule.id for rule in fixture_rules.rules if rule.id not in fired)
    for live, rule in ((_Forgetful, min(fired)), (_Eager, others[0])):
        with pytest.raises(EngineDisagreement) as differing:
            _assessor(fixture_rules, live(fixture_rules, rule)).assess(Referral(facts))
        assert differing.value.rules == (rule,)
        assert differing.value.fired == fired | {rule}


def test_a_complete_referral_never_asks_for_its_completions(fixture_rules: RuleSet) -> None:
    assessor = _assessor(fixture_rules, LiveEngines(fixture_rules))
    for facts in complete_referrals(fixture_rules, 20):
        assert assessor.assess(Referral(facts)).suitability.settled is True
