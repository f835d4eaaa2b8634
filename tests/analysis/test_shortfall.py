"""Why not another rating: what is lacking for a higher one, what holds it down, what carries it."""

from __future__ import annotations

from tests.prove.planted import also, is_, supports
from triage.analysis.shortfall import why_not
from triage.model.rule import Answers, Limits
from triage.model.ruleset import RuleSet


def test_every_other_rating_is_explained(fixture_rules: RuleSet) -> None:
    found = why_not(fixture_rules, {})
    assert set(found) == set(fixture_rules.scales.rating_ids) - {"no_indication"}


def test_the_limit_in_the_way_is_named(fixture_rules: RuleSet) -> None:
    found = why_not(fixture_rules, {"main_wish": "felling"})
    for rating in ("no_indication", "possible", "suitable", "recommended"):
        assert found[rating].held_by[0].rule == "felling-as-the-wish"


def test_what_a_limit_waits_for_is_told(fixture_rules: RuleSet) -> None:
    found = why_not(fixture_rules, {"bark": "half"})
    assert any(each.until for each in found["recommended"].held_by)


def test_the_support_nearest_to_firing_comes_first_with_what_it_lacks(fixture_rules: RuleSet) -> None:
    found = why_not(fixture_rules, {"age_years": 30, "blight": "absent"})
    lacking = found["recommended"].lacking
    assert lacking
    failed = [sum(each.given is not None for each in rule.conditions) for rule in lacking]
    assert failed == sorted(failed)
    assert all(rule.conditions for rule in lacking)
    needs = [each for rule in lacking for each in rule.conditions if each.fact == "blight"]
    assert {each.given for each in needs} == {"absent"}


def test_nothing_is_lacking_where_a_support_reaches_the_rating(fixture_rules: RuleSet) -> None:
    facts: Answers = {"age_years": 30, "blight": "current", "bark": "half"}
    found = why_not(fixture_rules, facts)
    assert found["recommended"].lacking == ()
    assert found["recommended"].held_by


def test_what_carries_a_rating_above_a_lower_one_is_named(fixture_rules: RuleSet) -> None:
    found = why_not(fixture_rules, {"age_years": 30, "blight": "current"})
    assert found["no_indication"].carried_by
    assert found["no_indication"].lacking == ()


def test_the_cap_of_the_main_wish_is_a_limit_in_the_way(fixture_rules: RuleSet) -> None:
    advised = also("sure", supports("recommended", "canker", "alone"), is_("canker", "current"))(fixture_rules)
    found = why_not(advised, {"canker": "current", "main_wish": "shade"})
    assert [each.rule for each in found["recommended"].held_by] == ["not-the-leading-problem"]
    assert [each.rule for each in found["possible"].carried_by] == ["sure"]


def test_a_limit_on_what_does_not_lead_is_not_in_the_way(fixture_rules: RuleSet) -> None:
    limited = also("dry", Limits("not_recommended", ("canker",)), is_("canker", "current"))(fixture_rules)
    found = why_not(limited, {"canker": "current", "wound_paint": "yes", "mildew": "current", "main_wish": "shade"})
    assert found["recommended"].held_by == ()
    assert [each.rule for each in found["no_indication"].carried_by] == ["mildew"]


def test_a_life_problem_beside_a_condition_carries_nothing(fixture_rules: RuleSet) -> None:
    found = why_not(fixture_rules, {"main_wish": "more_fruit", "crowded": "yes", "blight": "suspected", "age_years": 9})
    assert [each.rule for each in found["no_indication"].carried_by] == ["blight-suspected"]
