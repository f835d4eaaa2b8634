"""The action: composed in a fixed order, never cut where it must not be, and short for any set of rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest

from triage.answer.actions import Actions, fill
from triage.answer.assess import Assessor
from triage.answer.decide import Level, level_of
from triage.answer.fired_rules import FiredRules
from triage.answer.model import ComposedAction, Within
from triage.engines.outcome import Bounds
from triage.model.rule import Action, Answers, Rule, SourceRef, Urgency
from triage.model.ruleset import RuleSet
from triage.model.scales import LOWEST_URGENCY
from triage.settings import Settings

WORDS = {"crisis_line": "the line", "emergency_number": "555"}
MOST_WORDS = 90


def _rule(id_: str, level: str, danger: str, covers: tuple[str, ...] = (), also: tuple[str, ...] = ()) -> Rule:
    action = Action(f"First of {id_}.", (f"{id_} one.", f"{id_} two."), (f"Asks {id_}?",), also, (f"Later {id_}.",))
    return Rule(id_, id_, ((),), (), (Urgency(level, danger, action, covers),), "why", (SourceRef("house-rules"),))


def _action(
    ruleset: RuleSet, *rules: Rule, missing: tuple[str, ...] = (), given: Answers | None = None
) -> ComposedAction:
    fired = FiredRules(replace(ruleset, rules=rules), rules, given or {}, missing=missing)
    bounds = Bounds(("possible",), (fired.standing.level,))
    part = Actions(ruleset.scales, WORDS).urgency_part(fired, level_of(fired, bounds), bounds)
    return part.action


def test_the_first_line_is_that_of_the_highest_level(fixture_rules: RuleSet) -> None:
    action = _action(fixture_rules, _rule("a", "urgent", "falling_timber"), _rule("b", "very_urgent", "support"))
    assert action.first == "First of b."
    assert action.more == ("Later b.", "First of a.", "a one.", "a two.", "Asks a?", "Later a.")


def test_among_equals_the_danger_decides_then_the_order_of_the_scales(fixture_rules: RuleSet) -> None:
    scales = replace(fixture_rules.scales, urgency_order=("c", "b"))
    ordered = replace(fixture_rules, scales=scales)
    by_danger = _action(ordered, _rule("a", "urgent", "fire"), _rule("b", "urgent", "falling_timber"))
    assert by_danger.first == "First of b."
    by_order = _action(ordered, _rule("b", "urgent", "fire"), _rule("c", "urgent", "fire"))
    assert by_order.first == "First of c."


def test_two_lines_and_a_question_of_the_level_stand_and_the_rest_is_for_later(fixture_rules: RuleSet) -> None:
    action = _action(fixture_rules, _rule("a", "urgent", "fire"), _rule("b", "urgent", "birds"))
    assert (action.do, action.ask) == (("a one.", "a two."), ("Asks a?",))
    assert action.more == ("Later a.", "First of b.", "b one.", "b two.", "Asks b?", "Later b.")


def test_a_line_that_names_the_time_of_a_lower_level_is_not_said(fixture_rules: RuleSet) -> None:
    urgencies = tuple(
        replace(term, clock=("within 72 hours",)) if term.id == "semi_urgent" else term
        for term in fixture_rules.scales.urgencies
    )
    timed = replace(fixture_rules, scales=replace(fixture_rules.scales, urgencies=urgencies))
    lower = _rule("a", "semi_urgent", "fire")
    effect = lower.effects[0]
    assert isinstance(effect, Urgency)
    lines = replace(effect.action, first="Visit within 72 hours.", do=("Bring a saw within 72 hours.", "a two."))
    lower = replace(lower, effects=(replace(effect, action=lines),))
    assert _action(timed, lower).first == "Visit within 72 hours."
    assert _action(timed, lower, _rule("b", "urgent", "support")).more == ("Later b.", "a two.", "Asks a?", "Later a.")


def test_a_line_that_stands_already_is_not_said_again(fixture_rules: RuleSet) -> None:
    twin = replace(_rule("a", "urgent", "fire"), id="b")
    assert _action(fixture_rules, _rule("a", "urgent", "fire"), twin) == _action(
        fixture_rules, _rule("a", "urgent", "fire")
    )


def test_a_covered_rule_gives_its_additive_lines_and_nothing_else(fixture_rules: RuleSet) -> None:
    covered = _rule("a", "urgent", "fire", also=("keep_away",))
    action = _action(fixture_rules, covered, _rule("b", "urgent", "support", covers=("a",)))
    assert (action.first, action.never) == ("First of b.", ("Never stand under the crown.",))
    assert action.more == ("Later b.",)


def test_a_covered_rule_covers_too(fixture_rules: RuleSet) -> None:
    rules = [
        _rule("a", "semi_urgent", "fire"),
        _rule("b", "urgent", "fire", covers=("a",)),
        _rule("c", "urgent", "fire", covers=("b",)),
    ]
    assert _action(fixture_rules, *rules) == _action(fixture_rules, replace(rules[2], id="c"))


def test_a_line_is_not_shown_beside_the_one_it_must_not_stand_beside(fixture_rules: RuleSet) -> None:
    one = _action(fixture_rules, _rule("a", "urgent", "fire", also=("ladder",)))
    both = _action(fixture_rules, _rule("a", "urgent", "fire", also=("ladder", "rope")))
    assert one.also == ("Bring a ladder.",)
    assert both.also == ("Bring a rope.",)


def test_a_routine_rule_gives_additive_lines_beside_the_action_of_the_level(fixture_rules: RuleSet) -> None:
    silent = Urgency(LOWEST_URGENCY, "support", Action(also=("rope",)))
    action = _action(fixture_rules, replace(_rule("a", "urgent", "fire"), effects=(silent,)))
    assert (action.first, action.also) == ("Visit within ten days.", ("Bring a rope.",))


def test_the_levels_own_action_stands_where_nothing_gives_one(fixture_rules: RuleSet) -> None:
    rules = (_rule("a", "semi_urgent", "fire"),)
    fired = FiredRules(replace(fixture_rules, rules=rules), rules)
    bounds = Bounds(("possible",), ("urgent",))
    part = Actions(fixture_rules.scales, WORDS).urgency_part(fired, level_of(fired, bounds), bounds)
    assert part.action.first == "Visit today; the line is told."
    assert "First of a." in part.action.more


def test_a_floor_stands_among_the_rules_of_its_level_with_its_danger(fixture_rules: RuleSet) -> None:
    before = _action(fixture_rules, _rule("a", "urgent", "birds"), missing=("lean",))
    assert before.first == "First of a."
    assert "Ask the open questions on danger today." in before.more
    alone = _action(fixture_rules, missing=("lean",))
    assert alone.first == "Ask the open questions on danger today."


def test_a_floor_and_a_rule_of_one_level_and_danger_stand_by_name(fixture_rules: RuleSet) -> None:
    danger = fixture_rules.scales.floors["general"].danger
    before = _action(fixture_rules, _rule("a", "urgent", danger), missing=("lean",))
    assert before.first == "First of a."
    after = _action(fixture_rules, _rule("h", "urgent", danger), missing=("lean",))
    assert after.first == "Ask the open questions on danger today."


def test_the_highest_floor_leads_and_the_lower_is_for_later(fixture_rules: RuleSet) -> None:
    action = _action(fixture_rules, missing=("nestlings", "lean"), given={"nesting": "breeding"})
    assert action.first == "Ask how the nestlings are now."
    assert action.more == ("Ask the open questions on danger today.",)


@pytest.mark.parametrize(
    ("level", "within"),
    [
        ("routine", Within(business_days=10)),
        ("semi_urgent", Within(hours=72)),
        ("urgent", Within(hours=24)),
        ("very_urgent", Within(hours=1, assess_within=Within(hours=4))),
        ("emergency", Within(hours=0)),
    ],
)
def test_each_published_level_has_its_clock(level: str, within: Within, clinic: Assessor) -> None:
    part = clinic.actions.urgency_part(
        FiredRules(clinic.ruleset, ()), Level(level, "sorted"), Bounds(("possible",), (level,))
    )
    assert (part.level, part.respond_within) == (level, within)
    assert part.action.first == fill(clinic.ruleset.scales.urgency(level).action.first, clinic.settings.words())


def test_texts_say_that_a_number_is_not_set_in_its_place() -> None:
    assert Settings(crisis_line=None, emergency_number=None).words() == {
        "service_name": "this service",
        "crisis_line": "the crisis line (not set)",
        "emergency_number": "the emergency number (not set)",
    }
    assert Settings(crisis_line="988").words()["crisis_line"] == "988"


def _words(lines: tuple[str, ...]) -> int:
    """Words of the lines, those included that stand in the place of a number that is not set."""
    words = Settings(crisis_line=None, emergency_number=None).words()
    return sum(len(fill(line, words).split()) for line in lines)


def test_at_most_ninety_words_stand_outside_what_is_for_later_for_any_set_of_rules(ruleset: RuleSet) -> None:
    """No set of rules has more than the longest first line, the two longest others, a question, and all that is added.

    Parts of one level alone can stand there, so each level is looked at by itself.
    """
    scales = ruleset.scales
    added = max(_shown_together(ruleset))
    by_level: dict[str, list[Action]] = {term.id: [term.action] for term in scales.urgencies}
    by_level[scales.floor] += [scales.floors["general"].action, scales.refused]
    for fact in ruleset.vocabulary:
        if fact.floor is not None:
            by_level[fact.floor.level].append(scales.floors[fact.name].action)
    for rule in ruleset.rules:
        if rule.urgency:
            by_level[rule.urgency.level].append(rule.urgency.action)
    for level, actions in by_level.items():
        do = sorted((_words((line,)) for action in actions for line in action.do), reverse=True)
        ask = max((_words((line,)) for action in actions for line in action.ask), default=0)
        longest = max(_words((action.first,)) for action in actions) + sum(do[:2]) + ask + added
        assert longest <= MOST_WORDS, level


def _shown_together(ruleset: RuleSet) -> list[int]:
    """The words of all additive lines that can stand together: every line but those that another one takes away."""
    lines = ruleset.scales.lines
    whole = _words(tuple(line.text for line in lines))
    return [whole - _words(tuple(line.text for line in lines if line.not_beside))] + [
        _words(tuple(line.text for line in lines if line.id != other.not_beside)) for other in lines if other.not_beside
    ]


def test_all_rules_at_once_keep_every_additive_line(ruleset: RuleSet) -> None:
    action = _action(ruleset, *ruleset.rules)
    shown = {line.text for line in ruleset.scales.lines}
    barred = {line.text for line in ruleset.scales.lines if line.not_beside}
    assert {*action.never, *action.also} == shown - barred
    outside = tuple(chain((action.first,), action.lines))
    assert _words(outside) <= MOST_WORDS
    assert (len(action.do), len(action.ask)) == (2, 1)


@pytest.mark.parametrize("needs", [["safe_contact_only"], ["safe_contact_only", "unknown"]])
def test_the_line_on_safe_contact_is_the_first_of_those_added(clinic: Assessor, needs: list[str]) -> None:
    facts = {"needs": needs, "medical_red_flags": ["sedative_stopped"], "suicidal_thoughts": "active_no_plan"}
    action = clinic.assess(clinic.reader.read({"facts": facts})).urgency.action
    assert action.never[0] == "Leave no message; safe contact only."
