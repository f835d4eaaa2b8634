"""The combination of contract §2: the lattice, the floor, the bounds, the hold, role and certainty."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.answer.decide import Verdict, decide
from triage.answer.fired_rules import FiredRules
from triage.engines.outcome import Bounds, outcome
from triage.model.rule import Effect, Limits, Rule, SourceRef, Supports, Urgency
from triage.model.ruleset import RuleSet

RATINGS = ("not_recommended", "no_indication", "possible", "suitable", "recommended")
LEVELS = ("routine", "semi_urgent", "urgent", "very_urgent", "emergency")
ANY = Bounds(RATINGS, LEVELS)


def _rule(id_: str, effect: Effect) -> Rule:
    return Rule(id_, id_, ((),), (), effect, "why", (SourceRef("orchard-trial"),))


def _supports(rating: str, target: str = "blight", role: str = "alone", certainty: str = "low") -> Rule:
    return _rule(f"supports-{rating}-{target}-{role}", Supports(rating, (target,), role, certainty))


def _limits(to: str, certainty: str = "low", role: str | None = None) -> Rule:
    return _rule(f"limits-{to}-{certainty}-{role}", Limits(to, certainty, role))


def _urgent(level: str) -> Rule:
    return _rule(f"urgency-{level}", Urgency(level, "Do."))


def _decide(ruleset: RuleSet, *rules: Rule, missing: tuple[str, ...] = (), bounds: Bounds | None = None) -> Verdict:
    fired = FiredRules(ruleset, rules, missing=missing)
    return decide(fired, bounds or Bounds((fired.so_far.rating,), (fired.so_far.level,)))


@pytest.mark.parametrize("support", [None, *RATINGS[2:]])
@pytest.mark.parametrize("limit", [None, "not_recommended", "possible", "suitable"])
def test_the_rating_is_the_highest_support_under_the_lowest_limit(
    fixture_rules: RuleSet, support: str | None, limit: str | None
) -> None:
    rules = ([_supports(support), _supports("possible", "mildew")] if support else []) + (
        [_limits(limit)] if limit else []
    )
    expected = min(support or "no_indication", limit or "recommended", key=RATINGS.index)
    assert outcome(rules, fixture_rules.scales).rating == expected
    assert outcome(rules[::-1], fixture_rules.scales).rating == expected


def test_a_limit_that_binds_is_named_and_gives_the_certainty(fixture_rules: RuleSet) -> None:
    verdict = _decide(fixture_rules, _supports("recommended", certainty="moderate"), _limits("possible", "very_low"))
    assert (verdict.rating, verdict.certainty) == ("possible", "very_low")
    assert verdict.limited_by == ("limits-possible-very_low-None",)
    assert verdict.targets == ("blight",), "the leading support is named even where a limit holds it"


def test_a_limit_above_the_support_binds_nothing(fixture_rules: RuleSet) -> None:
    verdict = _decide(fixture_rules, _supports("possible"), _limits("suitable", "very_low"))
    assert (verdict.rating, verdict.certainty, verdict.limited_by) == ("possible", "low", ())


def test_for_is_the_union_of_the_leading_supports_only(fixture_rules: RuleSet) -> None:
    verdict = _decide(
        fixture_rules,
        _supports("suitable", "mildew"),
        _supports("suitable", "canker"),
        _supports("possible", "crowding"),
    )
    assert set(verdict.targets) == {"mildew", "canker"}


def test_the_role_is_the_most_cautious_of_leading_supports_and_limits(fixture_rules: RuleSet) -> None:
    assert _decide(fixture_rules, _supports("suitable"), _supports("suitable", "mildew", "together")).role == "together"
    assert _decide(fixture_rules, _supports("suitable"), _supports("possible", "mildew", "beside")).role == "alone"
    assert _decide(fixture_rules, _supports("suitable"), _limits("suitable", role="beside")).role == "beside"


@pytest.mark.parametrize("limit", ["not_recommended", None])
def test_no_target_and_no_role_where_nothing_is_supported(fixture_rules: RuleSet, limit: str | None) -> None:
    verdict = _decide(fixture_rules, *([_limits(limit, "low", "beside")] if limit else []))
    assert (verdict.targets, verdict.role) == ((), None)
    assert verdict.certainty == ("low" if limit else None)
    assert verdict.rating == (limit or "no_indication")


def test_a_recommendation_held_at_not_recommended_has_no_target_and_no_role(fixture_rules: RuleSet) -> None:
    verdict = _decide(fixture_rules, _supports("recommended"), _limits("not_recommended"))
    assert (verdict.rating, verdict.targets, verdict.role) == ("not_recommended", (), None)


@pytest.mark.parametrize("level", LEVELS)
def test_a_missing_safety_answer_raises_to_urgent_and_never_lowers(fixture_rules: RuleSet, level: str) -> None:
    rules = [] if level == "routine" else [_urgent(level)]
    verdict = _decide(fixture_rules, *rules, missing=("lean",))
    assert verdict.level == max(level, "urgent", key=LEVELS.index)
    assert "core-safety-unanswered" in verdict.built_in


@pytest.mark.parametrize("level", ["very_urgent", "emergency"])
def test_a_hold_takes_the_place_of_any_rating(fixture_rules: RuleSet, level: str) -> None:
    verdict = _decide(fixture_rules, _supports("recommended"), _urgent(level))
    assert (verdict.rating, verdict.targets, verdict.role) == ("on_hold", (), None)
    assert "on-hold-safety-first" in verdict.built_in


@pytest.mark.parametrize("level", ["routine", "semi_urgent", "urgent"])
def test_nothing_else_holds_a_rating(fixture_rules: RuleSet, level: str) -> None:
    assert _decide(fixture_rules, _supports("recommended"), _urgent(level)).rating == "recommended"


def test_the_value_is_brought_inside_what_can_still_be(fixture_rules: RuleSet) -> None:
    lowered = _decide(
        fixture_rules, _supports("recommended"), bounds=Bounds(("not_recommended", "possible"), ("routine",))
    )
    assert lowered.rating == "possible"
    assert "rating-certain" in lowered.built_in
    raised = _decide(fixture_rules, bounds=Bounds(("suitable",), ("urgent", "emergency")))
    assert (raised.rating, raised.level) == ("suitable", "urgent")
    assert "urgency-certain" in raised.built_in


def test_nothing_supported_yet_is_insufficient_information_and_not_no_indication(fixture_rules: RuleSet) -> None:
    assert _decide(fixture_rules, bounds=ANY).rating == "insufficient_information"
    only_lower = Bounds(("not_recommended", "no_indication"), ("routine",))
    assert _decide(fixture_rules, bounds=only_lower).rating == "no_indication"


def test_what_is_not_exact_is_never_settled() -> None:
    assert Bounds(("possible",), ("routine",)).suitability_settled
    cut_short = replace(ANY, suitability=("possible",), urgency=("routine",), exact=False)
    assert not cut_short.suitability_settled
    assert not cut_short.urgency_settled


def test_routine_says_that_nothing_urgent_was_found(fixture_rules: RuleSet) -> None:
    assert _decide(fixture_rules).built_in == ("no-urgent-indicator", "no-indication")
