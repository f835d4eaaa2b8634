"""Why not another rating: what is lacking for a higher one, what holds it down, what carries it."""

from __future__ import annotations

from tests.prove.planted import also, is_, supports
from triage.analysis.shortfall import why_not
from triage.model.rule import Answers, Limits
from triage.model.ruleset import RuleSet


def test_every_other_rating_is_explained(fixture_rules: RuleSet) -> None:
    shortfalls = why_not(fixture_rules, {})
    assert set(shortfalls) == set(fixture_rules.scales.rating_ids) - {"no_indication"}


def test_the_limit_in_the_way_is_named(fixture_rules: RuleSet) -> None:
    shortfalls = why_not(fixture_rules, {"main_wish": "felling"})
    for rating in ("no_indication", "possible", "suitable", "recommended"):
        assert shortfalls[rating].held_by[0].rule == "felling-as-the-wish"


def test_what_a_limit_waits_for_is_told(fixture_rules: RuleSet) -> None:
    shortfalls = why_not(fixture_rules, {"bark": "half"})
    assert any(limit.until for limit in shortfalls["recommended"].held_by)


def test_the_support_nearest_to_firing_comes_first_with_what_it_lacks(fixture_rules: RuleSet) -> None:
    shortfalls = why_not(fixture_rules, {"age_years": 30, "blight": "absent"})
    lacking = shortfalls["recommended"].lacking
    assert lacking
    failed = [sum(condition.given is not None for condition in rule.conditions) for rule in lacking]
    assert failed == sorted(failed)
    assert all(rule.conditions for rule in lacking)
    needs = [condition for rule in lacking for condition in rule.conditions if condition.fact == "blight"]
    assert {condition.given for condition in needs} == {"absent"}


def test_nothing_is_lacking_where_a_support_reaches_the_rating(fixture_rules: RuleSet) -> None:
    facts: Answers = {"age_years": 30, "blight": "current", "bark": "half"}
    shortfalls = why_not(fixture_rules, facts)
    assert shortfalls["recommended"].lacking == ()
    assert shortfalls["recommended"].held_by


def test_what_carries_a_rating_above_a_lower_one_is_named(fixture_rules: RuleSet) -> None:
    shortfalls = why_not(fixture_rules, {"age_years": 30, "blight": "current"})
    assert shortfalls["no_indication"].carried_by
    assert shortfalls["no_indication"].lacking == ()


def test_the_cap_of_the_main_wish_is_a_limit_in_the_way(fixture_rules: RuleSet) -> None:
    advised = also("sure", supports("recommended", "canker", "alone"), is_("canker", "current"))(fixture_rules)
    shortfalls = why_not(advised, {"canker": "current", "main_wish": "shade"})
    assert [limit.rule for limit in shortfalls["recommended"].held_by] == ["not-the-leading-problem"]
    assert [support.rule for support in shortfalls["possible"].carried_by] == ["sure"]


def test_a_limit_on_what_does_not_lead_is_not_in_the_way(fixture_rules: RuleSet) -> None:
    limited = also("dry", Limits("not_recommended", ("canker",)), is_("canker", "current"))(fixture_rules)
    shortfalls = why_not(
        limited, {"canker": "current", "wound_paint": "yes", "mildew": "current", "main_wish": "shade"}
    )
    assert shortfalls["recommended"].held_by == ()
    assert [support.rule for support in shortfalls["no_indication"].carried_by] == ["mildew"]


def test_a_life_problem_beside_a_condition_carries_nothing(fixture_rules: RuleSet) -> None:
    shortfalls = why_not(
        fixture_rules, {"main_wish": "more_fruit", "crowded": "yes", "blight": "suspected", "age_years": 9}
    )
    assert [support.rule for support in shortfalls["no_indication"].carried_by] == ["blight-suspected"]
