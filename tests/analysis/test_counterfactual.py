"""What would change a rating: the fewest changes, none of an answered safety question, score, diagnosis or history."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from bench.referrals import partial_referrals
from triage.analysis.counterfactual import Explorer
from triage.engines import reference
from triage.engines.outcome import outcome
from triage.model.rule import Answers, Value
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral


@pytest.fixture(scope="module")
def explorer(ruleset: RuleSet) -> Explorer:
    return Explorer(ruleset, timeout=20)


def _others(explorer: Explorer, answers: Answers) -> dict[str, dict[str, Any]]:
    return {each["rating"]: each for each in explorer.explain(Referral(answers))["other_ratings"]}


def _rating(ruleset: RuleSet, answers: Answers) -> str:
    return outcome(ruleset.fired(reference.evaluate(ruleset, answers).fired), ruleset.scales).rating


def _applied(ruleset: RuleSet, answers: Answers, changes: list[dict[str, Any]]) -> dict[str, Value]:
    made = {
        each["fact"]: frozenset(each["to"]) if ruleset.vocabulary[each["fact"]].is_set else each["to"]
        for each in changes
    }
    return {**answers, **made}


def test_a_declined_therapy_is_the_one_change(explorer: Explorer) -> None:
    found = _others(explorer, {"age_years": 24, "bulimia_nervosa": "current", "cbt_declined_or_failed": "no"})
    assert len(found["suitable"]["changes"]) == 1
    assert found["no_indication"]["possible"] is False


def test_nothing_lifts_substance_use_as_the_problem(explorer: Explorer) -> None:
    found = _others(explorer, {"primary_problem": "substance_use"})
    assert all(each["possible"] is False and each["proved"] for each in found.values())


def test_the_changes_do_what_they_say_and_touch_nothing_that_is_fixed(explorer: Explorer, ruleset: RuleSet) -> None:
    for facts in [facts for share in (0.2, 0.6) for facts in partial_referrals(ruleset, 6, share)]:
        for rating, each in _others(explorer, facts).items():
            for change in each["changes"]:
                assert change["from"] is None or ruleset.vocabulary[change["fact"]].changeable
            if each["possible"]:
                made = _applied(ruleset, facts, each["changes"])
                assert not ruleset.vocabulary.contradictions(made)
                assert _rating(ruleset, made) == rating


def test_no_single_change_does_where_two_are_named(explorer: Explorer, ruleset: RuleSet) -> None:
    """Brute force over every single change of every fact that may change."""
    facts: Answers = {"age_years": 30, "alcohol_use_disorder": "current"}
    for rating, each in _others(explorer, facts).items():
        if len(each["changes"]) < 2:
            continue
        for fact in ruleset.vocabulary:
            if fact.name in facts and not fact.changeable:
                continue
            for value in _values(fact):
                made = {**facts, fact.name: value}
                assert ruleset.vocabulary.contradictions(made) or _rating(ruleset, made) != rating


def _values(fact: Any) -> list[Value]:
    if fact.is_integer:
        return list(range(fact.minimum, fact.maximum + 1))
    if fact.is_set:
        picks = product((False, True), repeat=len(fact.values))
        return [frozenset(v for v, picked in zip(fact.values, each, strict=True) if picked) for each in picks]
    return list(fact.values)


def test_without_time_nothing_is_claimed(ruleset: RuleSet) -> None:
    hurried = Explorer(ruleset, timeout=0.001)
    for each in hurried.explain(Referral({}))["other_ratings"]:
        assert each["proved"] or (each["possible"] is None and not each["changes"])


def test_a_referral_on_hold_says_so(explorer: Explorer) -> None:
    assert explorer.explain(Referral({"suicidal_thoughts": "plan_or_intent"}))["held"] is True
