"""What would change a rating: the fewest changes, none of an answered safety question, score, diagnosis or history."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from bench.referrals import partial_referrals
from tests.prove.planted import also, call, is_, supports
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
    return {rating.rating: rating for rating in explorer.explain(Referral(answers)).other_ratings}


def _rating(ruleset: RuleSet, answers: Answers) -> str:
    evaluation = reference.evaluate(ruleset, answers)
    return outcome(ruleset, ruleset.fired(evaluation.fired), evaluation.answers).rating


def _applied(ruleset: RuleSet, answers: Answers, changes: tuple[Change, ...]) -> dict[str, Value]:
    changed = {change.fact: frozenset(change.to) if isinstance(change.to, list) else change.to for change in changes}
    return {**answers, **changed}


def test_one_change_of_treatment_is_found(explorer: Explorer) -> None:
    others = _others(explorer, {"mildew": "current", "blight": "absent", "sprayed": "worked"})
    changes = [(change.fact, change.from_, change.to) for change in others["suitable"].changes]
    assert changes == [("sprayed", "worked", "no_effect")]
    assert others["no_indication"].possible is False


def test_nothing_lifts_a_limit_that_rests_on_what_is_fixed(explorer: Explorer) -> None:
    others = _others(explorer, {"main_wish": "felling"})
    assert all(other.possible is False and other.proved for other in others.values())


def test_the_changes_do_what_they_say_and_touch_nothing_that_is_fixed(
    explorer: Explorer, fixture_rules: RuleSet
) -> None:
    for facts in [facts for share in (0.2, 0.6) for facts in partial_referrals(fixture_rules, 6, share)]:
        for rating, other in _others(explorer, facts).items():
            for change in other.changes:
                assert change.from_ is None or fixture_rules.vocabulary[change.fact].changeable
            if other.possible:
                changed = _applied(fixture_rules, facts, other.changes)
                assert not fixture_rules.vocabulary.contradictions(changed)
                assert _rating(fixture_rules, changed) == rating


def test_no_single_change_does_where_two_are_named(explorer: Explorer, fixture_rules: RuleSet) -> None:
    """Brute force over every single change of every fact that may change."""
    facts: Answers = {"age_years": 30, "blight": "absent", "mildew": "absent"}
    several = {rating for rating, other in _others(explorer, facts).items() if len(other.changes) > 1}
    assert several
    for rating in several:
        for fact in fixture_rules.vocabulary:
            if fact.name in facts and not fact.changeable:
                continue
            for value in _values(fact):
                changed = {**facts, fact.name: value}
                assert fixture_rules.vocabulary.contradictions(changed) or _rating(fixture_rules, changed) != rating


def _values(fact: Any) -> list[Value]:
    if fact.is_integer:
        return list(range(fact.minimum, fact.maximum + 1))
    if fact.is_set:
        picks = product((False, True), repeat=len(fact.values))
        return [frozenset(v for v, picked in zip(fact.values, choice, strict=True) if picked) for choice in picks]
    return list(fact.values)


def test_without_time_nothing_is_claimed(ruleset: RuleSet) -> None:
    """On the published rules, which no machine settles in a thousandth of a second."""
    hurried = Explorer(ruleset, timeout=0.001)
    for other in hurried.explain(Referral({})).other_ratings:
        assert other.proved or (other.possible is None and not other.changes)


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
    assert [(change.fact, change.from_, change.to) for change in changes] == [("pests", None, [])]
    some = {**base, "pests": frozenset({"aphids", "unknown"})}
    for other in _others(explorer, some).values():
        for change in other.changes:
            assert change.fact != "pests" or (isinstance(change.to, list) and "aphids" in change.to)
            assert not isinstance(change.to, list) or "unknown" not in change.to
    assert "pests" not in {change.fact for change in _others(explorer, some)["recommended"].changes}


def test_the_same_referral_gets_the_same_bytes(fixture_rules: RuleSet) -> None:
    referrals = [Referral(facts) for facts in partial_referrals(fixture_rules, 6, 0.3)]
    once = [encode(Explorer(fixture_rules, timeout=20).explain(referral)) for referral in referrals]
    explorer = Explorer(fixture_rules, timeout=20)
    assert [encode(explorer.explain(referral)) for referral in reversed(referrals)] == once[::-1]


def test_a_referral_on_hold_whatever_the_open_answers_are_says_so(fixture_rules: RuleSet) -> None:
    """No rule has fired, but with either answer one will that puts the rating on hold."""
    wounded = also("wounded", call("very_urgent"), is_("old_wounds", "yes"))(fixture_rules)
    either = also("unwounded", call("very_urgent"), is_("old_wounds", "no"))(wounded)
    assert Explorer(either, timeout=20).explain(Referral({})).held is True
    assert Explorer(wounded, timeout=20).explain(Referral({})).held is False
