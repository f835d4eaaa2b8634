"""What is reported: the floor, the rating inside what it can still be, what stands beside it, the hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.answer.decide import Verdict, decide
from triage.answer.fired_rules import FiredRules
from triage.engines.outcome import Bounds, Common
from triage.model.rule import Answers, Effect, Limits, Rule, SourceRef, Supports, Urgency
from triage.model.ruleset import RuleSet

RATINGS = ("not_recommended", "no_indication", "possible", "suitable", "recommended")
LEVELS = ("routine", "semi_urgent", "urgent", "very_urgent", "emergency")
ANY = Bounds(RATINGS, LEVELS)
IN_COMMON = Common(("mildew",), "beside", "low", "default")


def _rule(id_: str, *effects: Effect) -> Rule:
    return Rule(id_, id_, ((),), (), effects, "why", (SourceRef("orchard-trial"),))


def _supports(rating: str, target: str = "blight", role: str = "alone", certainty: str = "low") -> Rule:
    return _rule(f"supports-{rating}-{target}-{role}", Supports(rating, (target,), role, certainty))


def _limits(to: str, *targets: str) -> Rule:
    return _rule(f"limits-{to}", Limits(to, targets, "low"))


def _urgent(level: str) -> Rule:
    return _rule(f"urgency-{level}", Urgency(level, "fire"))


def _decide(
    ruleset: RuleSet,
    *rules: Rule,
    missing: tuple[str, ...] = (),
    bounds: Bounds | None = None,
    given: Answers | None = None,
) -> Verdict:
    fired = FiredRules(replace(ruleset, rules=rules), rules, given or {}, missing=missing)
    return decide(fired, bounds or Bounds((fired.standing.rating,), (fired.standing.level,)), lambda _: IN_COMMON)


@pytest.mark.parametrize("level", LEVELS)
def test_the_floor_raises_to_urgent_and_never_lowers(fixture_rules: RuleSet, level: str) -> None:
    verdict = _decide(fixture_rules, _urgent(level), missing=("lean",))
    assert verdict.level == max(level, "urgent", key=LEVELS.index)
    assert "core-safety-unanswered" in verdict.built_in


@pytest.mark.parametrize(
    ("by_rule", "lowest", "missing", "state"),
    [
        (None, "routine", ("lean",), "not_sorted"),
        ("semi_urgent", "routine", ("lean",), "not_sorted"),
        ("urgent", "routine", ("lean",), "sorted"),
        (None, "urgent", ("lean",), "sorted"),
        (None, "routine", (), "sorted"),
        ("emergency", "routine", ("lean",), "sorted"),
    ],
)
def test_not_sorted_is_a_level_that_rests_on_the_floor_alone(
    fixture_rules: RuleSet, by_rule: str | None, lowest: str, missing: tuple[str, ...], state: str
) -> None:
    rules = [_urgent(by_rule)] if by_rule else []
    bounds = Bounds(RATINGS, LEVELS[LEVELS.index(lowest) :])
    assert _decide(fixture_rules, *rules, missing=missing, bounds=bounds).state == state


def test_a_floor_of_its_own_is_sorted_above_a_rule_that_is_urgent(fixture_rules: RuleSet) -> None:
    verdict = _decide(fixture_rules, _urgent("urgent"), missing=("nestlings",), given={"nesting": "breeding"})
    assert (verdict.level, verdict.state) == ("very_urgent", "sorted")


def test_the_level_is_never_below_the_lowest_that_is_possible(fixture_rules: RuleSet) -> None:
    verdict = _decide(fixture_rules, bounds=Bounds(("suitable",), ("urgent", "emergency")))
    assert verdict.level == "urgent"
    assert "urgency-certain" in verdict.built_in


@pytest.mark.parametrize("missing", [(), ("lean",)])
def test_the_level_of_a_fired_rule_stands_whatever_is_said_to_be_possible(
    fixture_rules: RuleSet, missing: tuple[str, ...]
) -> None:
    verdict = _decide(fixture_rules, _urgent("emergency"), missing=missing, bounds=Bounds(("suitable",), ("routine",)))
    assert (verdict.level, verdict.state) == ("emergency", "sorted")


@pytest.mark.parametrize(
    ("so_far", "possible", "reported"),
    [
        ("recommended", ("not_recommended", "possible"), "possible"),
        ("possible", ("suitable", "recommended"), "suitable"),
        ("suitable", ("not_recommended", "possible", "recommended"), "possible"),
        ("suitable", ("possible", "suitable"), "suitable"),
    ],
)
def test_a_rating_that_cannot_be_is_the_highest_below_it_else_the_lowest(
    fixture_rules: RuleSet, so_far: str, possible: tuple[str, ...], reported: str
) -> None:
    verdict = _decide(fixture_rules, _supports(so_far), bounds=Bounds(possible, ("routine",)))
    assert verdict.rating == reported
    assert ("rating-certain" in verdict.built_in) is (so_far != reported)


def test_beside_a_moved_rating_stands_what_all_completions_with_it_share(fixture_rules: RuleSet) -> None:
    moved = _decide(fixture_rules, _supports("recommended"), _limits("suitable"), bounds=Bounds(("possible",), LEVELS))
    assert (moved.common, moved.limited_by) == (IN_COMMON, ())
    kept = _decide(fixture_rules, _supports("recommended"), _limits("suitable"), bounds=Bounds(("suitable",), LEVELS))
    assert kept.common == Common(("blight",), "alone", "low", "default")
    assert kept.limited_by == ("limits-suitable",)


@pytest.mark.parametrize("rating", ["not_recommended", "no_indication"])
def test_nothing_stands_beside_a_rating_below_possible(fixture_rules: RuleSet, rating: str) -> None:
    moved = _decide(fixture_rules, _supports("recommended"), bounds=Bounds((rating,), LEVELS))
    assert (moved.rating, moved.common) == (rating, Common())
    held = _decide(fixture_rules, _supports("recommended"), _limits("not_recommended"))
    assert (held.rating, held.common) == ("not_recommended", Common())


@pytest.mark.parametrize("level", ["very_urgent", "emergency"])
def test_a_hold_takes_the_place_of_any_rating(fixture_rules: RuleSet, level: str) -> None:
    verdict = _decide(fixture_rules, _supports("recommended"), _urgent(level))
    assert (verdict.rating, verdict.common) == ("on_hold", Common())
    assert "on-hold-safety-first" in verdict.built_in


@pytest.mark.parametrize("level", ["routine", "semi_urgent", "urgent"])
def test_nothing_else_holds_a_rating(fixture_rules: RuleSet, level: str) -> None:
    assert _decide(fixture_rules, _supports("recommended"), _urgent(level)).rating == "recommended"


def test_nothing_supported_yet_is_insufficient_information_and_not_no_indication(fixture_rules: RuleSet) -> None:
    assert _decide(fixture_rules, bounds=ANY).rating == "insufficient_information"
    only_lower = Bounds(("not_recommended", "no_indication"), ("routine",))
    assert _decide(fixture_rules, bounds=only_lower).rating == "no_indication"
    settled = _decide(fixture_rules, bounds=Bounds(("suitable",), ("routine",)))
    assert settled.rating == "suitable", "settled is no want of information"


def test_a_life_problem_that_does_not_count_supports_nothing(fixture_rules: RuleSet) -> None:
    verdict = _decide(fixture_rules, _supports("suitable", "crowding"), bounds=ANY, given={"blight": "suspected"})
    assert verdict.rating == "insufficient_information"
    assert "condition-beside-a-life-problem" in verdict.built_in


def test_what_stands_beside_an_unsupported_leading_problem_is_capped(fixture_rules: RuleSet) -> None:
    verdict = _decide(fixture_rules, _supports("recommended", "canker"), given={"main_wish": "shade"})
    assert (verdict.rating, verdict.limited_by) == ("suitable", ("not-the-leading-problem",))
    assert "not-the-leading-problem" in verdict.built_in


def test_what_is_not_exact_is_never_settled() -> None:
    assert Bounds(("possible",), ("routine",)).suitability_settled
    cut_short = Bounds(("possible",), ("routine",), exact=False)
    assert not cut_short.suitability_settled
    assert not cut_short.urgency_settled


def test_routine_says_that_nothing_urgent_was_found(fixture_rules: RuleSet) -> None:
    assert _decide(fixture_rules).built_in == ("no-urgent-indicator", "no-indication")
