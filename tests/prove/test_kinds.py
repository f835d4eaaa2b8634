"""Every kind of property holds of the small rules, and fails once its fault is planted in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.prove.planted import Plant, also, call, changed, is_, only, supports, without
from triage.analysis.clinical import check_property
from triage.analysis.formulas import solving
from triage.analysis.prover import Prover, Refuted
from triage.analysis.structural import STRUCTURAL
from triage.engines import reference
from triage.engines.outcome import standing
from triage.model.property import Property
from triage.model.rule import (
    Alternative,
    Answers,
    Between,
    Empty,
    Focus,
    Format,
    Includes,
    Limits,
    Supports,
)
from triage.model.ruleset import RuleSet

MILDEW, BLIGHT, CANKER = (is_(name, "current") for name in ("mildew", "blight", "canker"))
FALLING, FELLING = is_("lean", "falling"), is_("main_wish", "felling")


def _unfloored(ruleset: RuleSet) -> RuleSet:
    """Nestlings hold no floor of their own."""
    facts = {**ruleset.vocabulary.facts, "nestlings": replace(ruleset.vocabulary["nestlings"], floor=None)}
    return replace(ruleset, vocabulary=replace(ruleset.vocabulary, facts=facts))


def _property(**parts: object) -> Property:
    return Property("p", "P.", **parts)  # type: ignore[arg-type]  # one of many keys


KINDS: dict[str, tuple[Property, Plant]] = {
    "the rating at most": (
        _property(given=((FELLING,),), rating_at_most="not_recommended"),
        without("felling-as-the-wish"),
    ),
    "the rating at least": (
        _property(given=((MILDEW,),), alone=True, rating_at_least="possible"),
        also("dry", Limits("not_recommended"), MILDEW),
    ),
    "the rating of a target at most": (
        _property(targets=("blight",), given=((is_("blight", "suspected"),),), rating_at_most="possible"),
        also("sure", supports("suitable", "blight", "alone"), is_("blight", "suspected")),
    ),
    "the rating of a target at least": (
        _property(targets=("mildew",), given=((MILDEW,),), alone=True, rating_at_least="possible"),
        also("dry", Limits("not_recommended", ("mildew",)), MILDEW),
    ),
    "no support of a target": (
        _property(targets=("exposure",), never_supported=True),
        also("windy", supports("possible", "exposure", "alone"), is_("crowded", "no")),
    ),
    "a target never in a role": (
        _property(targets=("canker",), never_roles=("alone",)),
        also("bare", supports("recommended", "canker", "alone"), CANKER),
    ),
    "a role that a limit gives": (
        _property(targets=("canker",), never_roles=("beside",)),
        also("slowly", Limits("suitable", ("canker",), role="beside"), is_("bark", "patches")),
    ),
    "a role of one target only": (
        _property(role="together", only_targets=("canker",)),
        also("painted", supports("suitable", "mildew", "together"), MILDEW),
    ),
    "a role of what is remitted only": (
        _property(role="upkeep", only_while="remitted"),
        also("kept", supports("suitable", "mildew", "upkeep"), MILDEW),
    ),
    "an obstacle suspected and worth more": (
        _property(obstacles=("canker",)),
        also("maybe", supports("recommended", "mildew", "alone"), is_("canker", "suspected")),
    ),
    "an obstacle suspected and worth less than confirmed": (
        _property(obstacles=("canker",)),
        also("stop", Limits("not_recommended", ("blight",)), is_("canker", "suspected")),
    ),
    "the level at least": (
        _property(given=((FALLING,),), level_at_least="very_urgent"),
        without("falling", "falling-now"),
    ),
    "the level at most": (
        _property(given=((is_("lean", "slight"),),), alone=True, level_at_most="urgent"),
        also("haste", call("very_urgent"), is_("lean", "slight")),
    ),
    "the level that is shown": (
        _property(given=((is_("nesting", "breeding"),),), unanswered=("nestlings",), reported_at_least="very_urgent"),
        _unfloored,
    ),
    "an additive line": (
        _property(given=((FALLING,),), lines=("keep_away",)),
        changed("falling", only(call("very_urgent", "rope"))),
    ),
    "an additive line that another hides": (
        _property(given=((is_("lean", "slight"),),), lines=("ladder",)),
        also("roped", call("semi_urgent", "rope"), is_("bark", "half")),
    ),
    "a format never suited": (
        _property(unless=(is_("nesting", "none"),), never_suited="by_lift"),
        also("by-air", Format("by_lift", suited=True), is_("pruned_before", "yes")),
    ),
    "a therapy never offered": (
        _property(given=((is_("sprayed", "worked"),),), never_offered=("spraying",)),
        also("again", Alternative("spraying", "first", ("blight",)), BLIGHT),
    ),
    "a rule that never fires": (
        _property(given=((is_("bark", "patches"),),), never_fires=("bark-missing",)),
        changed("bark-missing", lambda rule: replace(rule, when=((is_("bark", "patches", "half"),),))),
    ),
    "a rule that never fires beside a focus": (
        _property(beside_a_focus=True, never_fires=("bark-missing",)),
        also("windy", Focus("exposure"), is_("crowded", "no")),
    ),
    "a rule that limits nothing remitted": (
        _property(never_limits=("severe-and-dry",), while_answered="remitted"),
        changed("severe-and-dry", lambda rule: replace(rule, when=((is_("bark", "patches"),),))),
    ),
    "answers that change no rating": (
        _property(facts=("insured",), change_neither=("rating",)),
        also("pays", supports("recommended", "mildew", "alone"), is_("insured", "yes")),
    ),
    "answers that change no urgency": (
        _property(facts=("insured",), change_neither=("urgency",)),
        also("pays", call("urgent"), is_("insured", "yes")),
    ),
    "a more serious answer": (
        _property(facts=("lean",), more_serious_lowers_nothing=True),
        also("leans", call("emergency"), is_("lean", "slight")),
    ),
    "a set with more members": (
        _property(facts=("pests",), more_serious_lowers_nothing=True),
        also("clean", call("emergency"), Empty("pests", empty=True)),
    ),
    "what a support says of a state": (
        _property(supports_reading="remitted", roles=("upkeep",)),
        also("gone", supports("possible", "mildew", "alone"), is_("mildew", "remitted")),
    ),
    "the rating of a support on a state": (
        _property(supports_reading="suspected", rating_at_most="suitable"),
        also("maybe", supports("recommended", "mildew", "alone"), is_("mildew", "suspected")),
    ),
    "a cover of a higher level": (
        _property(covers_at_most_own_level=True),
        also("calm", call("semi_urgent", covers=("falling",)), FALLING),
    ),
    "two reasons for one step": (
        _property(one_step_a_reason=("lean",)),
        also("falls", call("very_urgent"), FALLING),
    ),
    "one reason for two steps": (
        _property(one_step_a_reason=("nesting",)),
        also("birds", call("semi_urgent"), is_("nesting", "breeding", "fledged")),
    ),
}
PREPARED: dict[str, Plant] = {
    "a rule that never fires beside a focus": changed(
        "bark-missing", lambda rule: replace(rule, unless=(is_("crowded", "yes"),))
    ),
    "an additive line that another hides": changed("leaning", only(call("urgent", "ladder"))),
}
"""What a kind needs in the rules before its fault is planted."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_property_of_this_kind_holds_and_a_planted_fault_breaks_it(kind: str, fixture_rules: RuleSet) -> None:
    property_, plant = KINDS[kind]
    rules = PREPARED[kind](fixture_rules) if kind in PREPARED else fixture_rules
    with solving:
        check_property(Prover(rules, also_cut=property_.conditions), property_)
        planted = plant(rules)
        with pytest.raises(Refuted) as refuted:
            check_property(Prover(planted, also_cut=property_.conditions), property_)
    assert refuted.value.note
    for facts in refuted.value.referrals:
        assert not planted.vocabulary.contradictions(facts)
    referrals = refuted.value.referrals
    assert not referrals or any(_standing(planted, answers) != _standing(rules, answers) for answers in referrals)


def _standing(ruleset: RuleSet, answers: Answers) -> object:
    evaluation = reference.evaluate(ruleset, answers)
    missing = ruleset.vocabulary.core_unanswered(answers)
    floors = [ruleset.vocabulary[name].floor for name in missing]
    fired = [(rule.id, rule.effects) for rule in ruleset.fired(evaluation.fired)]
    return fired, standing(ruleset, ruleset.fired(evaluation.fired), evaluation.answers), floors


def test_a_property_about_no_referral_says_nothing(fixture_rules: RuleSet) -> None:
    both = _property(given=((BLIGHT, is_("blight", "absent")),), rating_at_most="possible")
    with solving, pytest.raises(Refuted, match="No referral is like this: the property says nothing"):
        check_property(Prover(fixture_rules), both)


def _unsaid(ruleset: RuleSet) -> RuleSet:
    terms = tuple(replace(term, action=replace(term.action, first="")) for term in ruleset.scales.urgencies)
    return replace(ruleset, scales=replace(ruleset.scales, urgencies=terms))


def _held_below(ruleset: RuleSet) -> RuleSet:
    return replace(ruleset, scales=replace(ruleset.scales, hold_at=frozenset({"urgent"})))


def _kept_well_at_once(ruleset: RuleSet) -> RuleSet:
    assert ruleset.course
    lengths = tuple(replace(length, remitted=False) for length in ruleset.course.lengths)
    return replace(ruleset, course=replace(ruleset.course, lengths=lengths))


STRUCTURES: dict[str, tuple[str, Plant]] = {
    "a screen that an answer takes back": (
        "answering-more-lowers-nothing",
        also("screened", call("emergency"), is_("canker", "suspected")),
    ),
    "a member that takes back": (
        "answering-more-lowers-nothing",
        also("no-pests", call("emergency"), Empty("pests", empty=True), is_("canker", "suspected")),
    ),
    "a floor below the floor": (
        "open-safety-is-urgent",
        lambda rules: replace(
            rules,
            vocabulary=replace(
                rules.vocabulary,
                facts={
                    **rules.vocabulary.facts,
                    "nestlings": replace(
                        rules.vocabulary["nestlings"],
                        floor=replace(rules.vocabulary["nestlings"].floor, level="semi_urgent"),  # type: ignore[type-var]
                    ),
                },
            ),
        ),
    ),
    "a rule that can't fire": (
        "every-rule-can-fire",
        also("no-one", call("urgent"), BLIGHT, is_("blight", "absent")),
    ),
    "a rule that fires only where it is not asked": (
        "every-rule-can-fire",
        also("unasked", call("urgent"), is_("canker", "absent"), is_("wound_paint", "yes")),
    ),
    "an urgency that does nothing": (
        "every-urgency-and-limit-matters",
        lambda rules: also("above", call("emergency", covers=("again",)), FALLING)(
            also("again", call("urgent"), FALLING)(rules)
        ),
    ),
    "a limit that does nothing": (
        "every-urgency-and-limit-matters",
        also("again", Limits("suitable"), FELLING),
    ),
    "a limit of what is not supported": (
        "every-urgency-and-limit-matters",
        also("windy", Limits("possible", ("exposure",)), is_("crowded", "no")),
    ),
    "a support that does nothing": (
        "every-support-matters",
        also("old", supports("possible", "blight", "alone"), Between("age_years", 50, 120), BLIGHT),
    ),
    "a life problem's support beside a condition": (
        "every-support-matters",
        also("both", Supports("possible", ("crowding",), "alone", "very_low"), BLIGHT),
    ),
    "a therapy that is never offered": (
        "every-proposal-matters",
        also("spray", Alternative("spraying", "beside", ("mildew",)), is_("sprayed", "no_effect")),
    ),
    "a focus proposed twice": ("every-proposal-matters", also("crowds", Focus("crowding"), is_("crowded", "yes"))),
    "two rules that mean the same": (
        "no-two-rules-mean-the-same",
        also("twin", Limits("not_recommended"), FELLING),
    ),
    "a plan of another kind": ("a-plan-follows-from-its-target", _kept_well_at_once),
    "a level without an action": ("levels-have-actions-and-only-holds-hide", _unsaid),
    "a hold that a higher level lifts": ("levels-have-actions-and-only-holds-hide", _held_below),
}


@pytest.mark.parametrize("fault", STRUCTURES)
def test_a_fault_in_the_rules_as_rules_is_caught(fault: str, fixture_rules: RuleSet) -> None:
    id_, plant = STRUCTURES[fault]
    check = next(check for name, _, check in STRUCTURAL if name == id_)
    with solving:
        check(Prover(fixture_rules))
        with pytest.raises(Refuted):
            check(Prover(plant(fixture_rules)))


def test_members_of_an_open_set_are_known_and_the_rest_is_not(fixture_rules: RuleSet) -> None:
    """Aphids in an open set fire the rule."""
    planted = also("only-aphids", call("urgent"), Includes("pests", frozenset({"aphids"})))(fixture_rules)
    some = _property(
        given=((Includes("pests", frozenset({"aphids"})),),), unanswered=("pests",), level_at_least="urgent"
    )
    with solving:
        check_property(Prover(planted), some)
