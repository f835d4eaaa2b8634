"""Reasons and offers: their order, what decides, whose answers stand behind them, and what is offered to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.answer.decide import decide
from triage.answer.fired_rules import FiredRules
from triage.answer.model import Reason
from triage.answer.offers import alternatives, comparison, formats, problem_areas
from triage.answer.reasons import Reasons
from triage.engines import reference
from triage.engines.outcome import Bounds, Common
from triage.model.rule import (
    Advice,
    Alternative,
    Answers,
    Conjunction,
    Derives,
    Effect,
    Focus,
    Format,
    Limits,
    OneOf,
    Rule,
    SourceRef,
    Supports,
    Urgency,
)
from triage.model.ruleset import RuleSet
from triage.model.scales import FormatTerm, Therapy

SOURCE = (SourceRef("orchard-trial"),)


def _rule(id_: str, *effects: Effect, when: tuple[Conjunction, ...] = ((),), unless: Conjunction = ()) -> Rule:
    return Rule(id_, f"Title of {id_}", when, unless, effects, f"Because of {id_}.", SOURCE)


def _fired(ruleset: RuleSet, *rules: Rule, given: Answers | None = None, missing: tuple[str, ...] = ()) -> FiredRules:
    given = given or {}
    with_rules = replace(ruleset, rules=rules)
    held = reference.evaluate(with_rules, given).held
    asked = ruleset.vocabulary.asked_all(given)
    return FiredRules(with_rules, rules, given, asked=asked, held=held, missing=missing)


def _reasons(
    ruleset: RuleSet, *rules: Rule, given: Answers | None = None, missing: tuple[str, ...] = ()
) -> list[Reason]:
    fired = _fired(ruleset, *rules, given=given, missing=missing)
    bounds = Bounds((fired.standing.rating,), (fired.standing.level,))
    verdict = decide(fired, bounds, lambda _: Common())
    return list(Reasons(fired.ruleset, {}).of(fired, verdict))


def _supports(id_: str, rating: str, target: str = "blight") -> Rule:
    return _rule(id_, Supports(rating, (target,), "alone", "low"))


def test_reasons_stand_by_effect_then_what_decides_then_value_then_id(fixture_rules: RuleSet) -> None:
    rules = [
        _rule("a-advice", Advice("safety")),
        _rule("a-derives", Derives("canker", "suspected")),
        _supports("a-support", "possible", "blight"),
        _supports("b-support", "recommended", "blight"),
        _supports("c-support", "possible", "mildew"),
        _rule("a-limit", Limits("not_recommended", ("canker",), "low")),
        _rule("b-limit", Limits("suitable", (), "low")),
        _rule("a-urgency", Urgency("semi_urgent", "fire")),
        _rule("b-urgency", Urgency("urgent", "fire")),
    ]
    reasons = [(reason.rule, reason.decides) for reason in _reasons(fixture_rules, *rules[::-1])]
    assert reasons == [
        ("b-urgency", True), ("a-urgency", False), ("b-limit", True), ("a-limit", False), ("b-support", True),
        ("c-support", True), ("a-support", False), ("a-derives", False), ("a-advice", False),
    ]  # fmt: skip


def test_of_limits_that_do_not_decide_the_lowest_stands_first_then_by_id_then_by_target(fixture_rules: RuleSet) -> None:
    two = Supports("suitable", ("mildew", "blight"), "alone", "low")
    rules = [
        _rule("a", Limits("suitable", ("canker",))),
        _rule("b", Limits("possible", ("canker",))),
        _rule("c", Limits("possible", ("canker",))),
        _rule("d", two),
        _rule("e", Urgency("semi_urgent", "fire")),
        _rule("f", Urgency("urgent", "fire")),
        _rule("g", Urgency("emergency", "fire")),
    ]
    reasons = _reasons(fixture_rules, *rules[::-1])
    own = [(reason.rule, reason.target) for reason in reasons if len(reason.rule) == 1]
    assert own == [
        ("g", None), ("f", None), ("e", None), ("b", None), ("c", None), ("a", None), ("d", "blight"), ("d", "mildew"),
    ]  # fmt: skip


def test_a_support_decides_at_the_highest_value_of_a_leading_target_only(fixture_rules: RuleSet) -> None:
    given = {"main_wish": "nothing", "mildew": "remitted"}
    rules = [_supports("a", "recommended", "blight"), _supports("b", "suitable", "mildew")]
    decides = {reason.rule: reason.decides for reason in _reasons(fixture_rules, *rules, given=given)}
    assert (decides["a"], decides["b"]) == (False, True)


def test_a_limit_that_holds_what_nothing_supports_decides(fixture_rules: RuleSet) -> None:
    (limit,) = [
        reason for reason in _reasons(fixture_rules, _rule("a", Limits("not_recommended"))) if reason.rule == "a"
    ]
    assert limit.decides


def test_the_floor_decides_where_it_sets_the_level(fixture_rules: RuleSet) -> None:
    alone, *_ = _reasons(fixture_rules, missing=("nestlings", "lean"), given={"nesting": "breeding"})
    assert (alone.rule, alone.value, alone.decides) == ("core-safety-unanswered", "very_urgent", True)
    assert alone.because == "Not answered: nestlings"
    above = _reasons(fixture_rules, _rule("a", Urgency("emergency", "fire")), missing=("lean",))
    assert {reason.rule: reason.decides for reason in above if reason.effect == "urgency"} == {
        "a": True, "core-safety-unanswered": False,
    }  # fmt: skip


def test_a_reason_names_the_target_of_a_support_and_of_nothing_else(fixture_rules: RuleSet) -> None:
    two = Supports("suitable", ("blight", "mildew"), "alone", "low")
    reasons = _reasons(fixture_rules, _rule("a", two, Limits("possible", ("blight",), "low")))
    assert [(reason.effect, reason.target) for reason in reasons if reason.rule == "a"] == [
        ("limits", None), ("supports", "blight"), ("supports", "mildew"),
    ]  # fmt: skip


def test_the_answers_behind_a_reason_are_those_of_the_alternative_that_held(fixture_rules: RuleSet) -> None:
    when = ((OneOf("blight", frozenset({"current"})),), (OneOf("mildew", frozenset({"current"})),))
    unless = (OneOf("bark", frozenset({"most"})),)
    rule = _rule("a", Supports("suitable", ("mildew",), "alone", "low"), when=when, unless=unless)
    given = {"blight": "absent", "mildew": "current", "bark": "none"}
    (reason,) = [reason for reason in _reasons(fixture_rules, rule, given=given) if reason.rule == "a"]
    assert reason.facts == {"mildew": "current"}


def test_a_covered_rule_gives_no_reason_for_the_urgency(fixture_rules: RuleSet) -> None:
    covered = _rule("a", Urgency("urgent", "fire"), Limits("possible"))
    covering = _rule("b", Urgency("urgent", "fire", covers=("a",)))
    effects = [(reason.rule, reason.effect) for reason in _reasons(fixture_rules, covered, covering)]
    assert ("a", "urgency") not in effects
    assert ("a", "limits") in effects, "what it holds of the rating is said"


def test_a_life_problem_beside_a_condition_gives_one_reason_that_names_it(fixture_rules: RuleSet) -> None:
    given = {"blight": "suspected", "mildew": "current"}
    conditions = "Beside {conditions}."
    built_in = fixture_rules.scales.built_in
    beside = {
        "condition-beside-a-life-problem": replace(built_in["condition-beside-a-life-problem"], because=conditions)
    }
    ruleset = replace(fixture_rules, scales=replace(fixture_rules.scales, built_in={**built_in, **beside}))
    reasons = _reasons(ruleset, _supports("a", "suitable", "crowding"), given=given)
    assert [reason.rule for reason in reasons if reason.effect == "supports"] == []
    (reason,) = [reason for reason in reasons if reason.rule == "condition-beside-a-life-problem"]
    assert (reason.effect, reason.because) == ("advice", "Beside blight and mildew.")


def test_what_is_capped_says_so_as_a_limit(fixture_rules: RuleSet) -> None:
    reasons = _reasons(fixture_rules, _supports("a", "recommended", "canker"), given={"main_wish": "shade"})
    (limit,) = [reason for reason in reasons if reason.effect == "limits"]
    assert (limit.rule, limit.value, limit.decides) == ("not-the-leading-problem", "suitable", True)


def test_every_reason_has_a_source(ruleset: RuleSet) -> None:
    for rule in ruleset.rules:
        assert rule.sources, rule.id
    for built_in in ruleset.scales.built_in.values():
        assert built_in.sources, built_in.id


def _offer(id_: str, therapy: str, offer: str = "beside", *targets: str, certainty: str | None = None) -> Rule:
    effects: list[Effect] = [Alternative(therapy, offer, targets)]  # type: ignore[arg-type]  # one of the two
    return _rule(id_, *effects, *([Limits("suitable", (), certainty)] if certainty else []))


def _with_therapies(ruleset: RuleSet, *ids: str) -> RuleSet:
    therapies = (*ruleset.scales.therapies, *(Therapy(id_, id_) for id_ in ids))
    return replace(ruleset, scales=replace(ruleset.scales, therapies=therapies))


def test_therapies_stand_first_beside_and_more_with_three_of_each(fixture_rules: RuleSet) -> None:
    ids = [f"t{number}" for number in range(9)]
    rules = [_offer(id_, id_, "first" if number < 4 else "beside") for number, id_ in enumerate(ids)]
    offered = alternatives(_fired(_with_therapies(fixture_rules, *ids), *rules))
    assert [(therapy.therapy, therapy.offer) for therapy in offered] == [
        *((id_, "first") for id_ in ids[:3]),
        *((id_, "beside") for id_ in ids[4:7]),
        *((id_, "more") for id_ in (ids[3], *ids[7:])),
    ]


def test_the_leading_problems_therapies_stand_before_others_and_then_the_surer(fixture_rules: RuleSet) -> None:
    ruleset = _with_therapies(fixture_rules, "one", "two", "three", "four")
    rules = [
        _offer("a", "one", "beside", "canker", certainty="high"),
        _offer("b", "two", "beside", "mildew", certainty="low"),
        _offer("c", "three", "beside", "blight", certainty="moderate"),
        _offer("d", "four", "first", "canker"),
    ]
    offered = alternatives(_fired(ruleset, *rules, given={"main_wish": "shade"}))
    assert [therapy.therapy for therapy in offered] == ["four", "three", "two", "one"]


def test_a_therapy_comes_once_by_its_best_offer_with_one_reason(fixture_rules: RuleSet) -> None:
    rules = [
        _offer("a", "spraying", "beside", "blight"),
        _offer("b", "spraying", "first", "mildew"),
        _offer("c", "spraying", "first", "canker"),
    ]
    (offered,) = alternatives(_fired(fixture_rules, *rules))
    assert (offered.offer, offered.for_, offered.because) == ("first", ("mildew", "canker"), "Because of b.")


@pytest.mark.parametrize(
    ("given", "therapies"),
    [
        ({}, ["spraying", "watering"]),
        ({"sprayed": "no_effect"}, ["watering"]),
        ({"sprayed": "worked"}, ["spraying", "watering"]),
        ({"watering_declined": "yes"}, ["spraying"]),
        ({"lean": "falling", "sprayed": "no_effect"}, []),
    ],
)
def test_nothing_is_offered_that_the_answers_rule_out(
    fixture_rules: RuleSet, given: Answers, therapies: list[str]
) -> None:
    fired = _fired(fixture_rules, _offer("a", "spraying"), _offer("b", "watering"), given=given)
    assert [therapy.therapy for therapy in alternatives(fired)] == therapies


def test_problem_areas_stand_in_the_order_of_the_scale_and_two_are_proposed(fixture_rules: RuleSet) -> None:
    fired = _fired(fixture_rules, _rule("a", Focus("exposure")), _rule("b", Focus("crowding")))
    assert [(area.area, area.proposed) for area in problem_areas(fired)] == [("crowding", True), ("exposure", True)]


def test_unsuited_wins_over_suited(fixture_rules: RuleSet) -> None:
    fired = _fired(fixture_rules, _rule("a", Format("by_lift", True)), _rule("b", Format("by_lift", False)))
    (stance,) = formats(fired)
    assert (stance.stance, stance.because) == ("unsuited", "Because of b.")


@pytest.mark.parametrize(("given", "suited"), [({}, False), ({"lean": "none"}, True), ({"lean": "slight"}, False)])
def test_a_format_that_depends_on_an_answer_is_suited_only_with_it(
    fixture_rules: RuleSet, given: Answers, suited: bool
) -> None:
    only_when = ((OneOf("lean", frozenset({"none"})),),)
    scales = replace(fixture_rules.scales, formats=(FormatTerm("by_lift", "", "", only_when),))
    fired = _fired(replace(fixture_rules, scales=scales), _rule("a", Format("by_lift", True)), given=given)
    assert bool(formats(fired)) is suited


def test_couples_are_suited_only_where_violence_is_answered_none(ruleset: RuleSet) -> None:
    for given, suited in (({}, False), ({"partner_violence": "none"}, True), ({"partner_violence": "past"}, False)):
        fired = _fired(ruleset, _rule("a", Format("couples", True)), given=given)
        assert bool(formats(fired)) is suited


def test_the_comparison_lists_what_favours_each(fixture_rules: RuleSet) -> None:
    fired = _fired(fixture_rules, _rule("a", Advice("comparison", "ipt")), _rule("b", Advice("safety")))
    compared = comparison(fired)
    assert ([point.rule for point in compared.ipt], compared.cbt) == (["a"], ())


def test_two_effects_of_a_rule_with_the_same_value_are_two_reasons(fixture_rules: RuleSet) -> None:
    both = _rule("a", Limits("possible", ("blight",), "low"), Limits("possible", ("mildew",), "high"))
    reasons = _reasons(fixture_rules, both)
    limits = [(reason.rule, reason.value, reason.certainty) for reason in reasons if reason.effect == "limits"]
    assert limits == [("a", "possible", "low"), ("a", "possible", "high")]


def test_an_answer_to_what_is_not_asked_stands_behind_nothing(fixture_rules: RuleSet) -> None:
    """The wound was called painted, but there is no canker, so that nobody asks for it: the other alternative holds."""
    painted = (OneOf("wound_paint", frozenset({"yes"})),)
    crowded = (OneOf("crowded", frozenset({"yes"})),)
    rule = _rule("a", Limits("possible"), when=(painted, crowded, ()))
    given = {"canker": "absent", "wound_paint": "yes", "crowded": "yes"}
    (limit,) = [reason for reason in _reasons(fixture_rules, rule, given=given) if reason.rule == "a"]
    assert limit.facts == {"crowded": "yes"}
