"""What would change a rating: the fewest changes, none of an answered safety question, score, diagnosis or history."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from bench.referrals import partial_referrals
from tests.prove.planted import also, supports
from triage.analysis.counterfactual import Explorer
from triage.analysis.explained import Change, OtherRating
from triage.engines import reference
from triage.engines.outcome import outcome
from triage.model.rule import Answers, Empty, Value
from triage.model.ruleset import RuleSet
from triage.model.written import encode
from triage.reading.referral import Referral


@pytest.fixture(scope="module")
def explorer(fixture_rules: RuleSet) -> Explorer:
    return Explorer(fixture_rules, timeout=20)


def _others(explorer: Explorer, answers: Answers) -> dict[str, OtherRating]:
    return {each.rating: each for each in explorer.explain(Referral(answers)).other_ratings}


def _rating(ruleset: RuleSet, answers: Answers) -> str:
    evaluation = reference.evaluate(ruleset, answers)
    return outcome(ruleset, ruleset.fired(evaluation.fired), evaluation.answers).rating


def _applied(ruleset: RuleSet, answers: Answers, changes: tuple[Change, ...]) -> dict[str, Value]:
    made = {each.fact: frozenset(each.to) if isinstance(each.to, list) else each.to for each in changes}
    return {**answers, **made}


def test_one_change_of_treatment_is_found(explorer: Explorer) -> None:
    found = _others(explorer, {"mildew": "current", "blight": "absent", "sprayed": "worked"})
    changes = [(each.fact, each.from_, each.to) for each in found["suitable"].changes]
    assert changes == [("sprayed", "worked", "no_effect")]
    assert found["no_indication"].possible is False


def test_nothing_lifts_a_limit_that_rests_on_what_is_fixed(explorer: Explorer) -> None:
    found = _others(explorer, {"main_wish": "felling"})
    assert all(each.possible is False and each.proved for each in found.values())


def test_the_changes_do_what_they_say_and_touch_nothing_that_is_fixed(
    explorer: Explorer, fixture_rules: RuleSet
) -> None:
    for facts in [facts for share in (0.2, 0.6) for facts in partial_referrals(fixture_rules, 6, share)]:
        for rating, each in _others(explorer, facts).items():
            for change in each.changes:
                assert change.from_ is None or fixture_rules.vocabulary[change.fact].changeable
            if each.possible:
                made = _applied(fixture_rules, facts, each.changes)
                assert not fixture_rules.vocabulary.contradictions(made)
                assert _rating(fixture_rules, made) == rating


def test_no_single_change_does_where_two_are_named(explorer: Explorer, fixture_rules: RuleSet) -> None:
    """Brute force over every single change of every fact that may change."""
    facts: Answers = {"age_years": 30, "blight": "absent", "mildew": "absent"}
    several = {rating for rating, each in _others(explorer, facts).items() if len(each.changes) > 1}
    assert several
    for rating in several:
        for fact in fixture_rules.vocabulary:
            if fact.name in facts and not fact.changeable:
                continue
            for value in _values(fact):
                made = {**facts, fact.name: value}
                assert fixture_rules.vocabulary.contradictions(made) or _rating(fixture_rules, made) != rating


def _values(fact: Any) -> list[Value]:
    if fact.is_integer:
        return list(range(fact.minimum, fact.maximum + 1))
    if fact.is_set:
        picks = product((False, True), repeat=len(fact.values))
        return [frozenset(v for v, picked in zip(fact.values, each, strict=True) if picked) for each in picks]
    return list(fact.values)


def test_without_time_nothing_is_claimed(ruleset: RuleSet) -> None:
    """On the published rules, which no machine settles in a thousandth of a second."""
    hurried = Explorer(ruleset, timeout=0.001)
    for each in hurried.explain(Referral({})).other_ratings:
        assert each.proved or (each.possible is None and not each.changes)


def test_a_referral_on_hold_says_so(explorer: Explorer) -> None:
    assert explorer.explain(Referral({"lean": "falling"})).held is True


def test_a_referral_on_hold_by_a_floor_says_so(explorer: Explorer) -> None:
    """Birds breed there, and how the nestlings are was not asked."""
    assert explorer.explain(Referral({"nesting": "breeding"})).held is True
    assert explorer.explain(Referral({"nesting": "breeding", "nestlings": "none"})).held is False


def test_what_is_known_of_an_open_set_stays_and_no_set_is_opened(fixture_rules: RuleSet) -> None:
    """Without pests pruning is advised: aphids that were seen stay seen, and no set becomes an open one."""
    advised = also("clean", supports("recommended", "mildew", "alone"), Empty("pests", empty=True))(fixture_rules)
    explorer = Explorer(advised, timeout=20)
    base: Answers = {"mildew": "current", "sprayed": "worked", "blight": "absent"}
    changes = _others(explorer, base)["recommended"].changes
    assert [(each.fact, each.from_, each.to) for each in changes] == [("pests", None, [])]
    some = {**base, "pests": frozenset({"aphids", "unknown"})}
    for each in _others(explorer, some).values():
        for change in each.changes:
            assert change.fact != "pests" or (isinstance(change.to, list) and "aphids" in change.to)
            assert not isinstance(change.to, list) or "unknown" not in change.to
    assert "pests" not in {each.fact for each in _others(explorer, some)["recommended"].changes}


def test_the_same_referral_gets_the_same_bytes(fixture_rules: RuleSet) -> None:
    referrals = [Referral(facts) for facts in partial_referrals(fixture_rules, 6, 0.3)]
    once = [encode(Explorer(fixture_rules, timeout=20).explain(each)) for each in referrals]
    explorer = Explorer(fixture_rules, timeout=20)
    assert [encode(explorer.explain(each)) for each in reversed(referrals)] == once[::-1]
