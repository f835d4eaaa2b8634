"""Follow-up questions: the styles show each where it is asked, or where its own answer counts as asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.pages.followups import follow_up_styles
from triage.model.fact import CoreRule
from triage.model.rule import Between, Condition, Empty, Includes, OneOf
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Vocabulary

HIDDEN = "#q-{0}:not(.q--error, .q--sought, :target) {{ display: none; }}"


def _gated(ruleset: RuleSet, name: str, *gate: Condition, core: CoreRule | None = None) -> Vocabulary:
    fact = replace(
        ruleset.vocabulary[name], asked_when=tuple((condition,) for condition in gate), core=core or CoreRule("never")
    )
    return Vocabulary({name: fact})


def test_the_follow_ups_of_a_rule_set(fixture_rules: RuleSet) -> None:
    sick = ':is([value="current"], [value="suspected"]):checked'
    had = 'input[name="canker"]:is([value="current"], [value="remitted"], [value="suspected"]):checked'
    assert follow_up_styles(fixture_rules.vocabulary).splitlines() == [
        HIDDEN.format("propped"),
        '#assessment:has(input[name="lean"]:is([value="falling"], [value="slight"]):checked) #q-propped '
        "{ display: grid; }",
        HIDDEN.format("severity"),
        f'#assessment:has(input[name="blight"]{sick}) #q-severity {{ display: grid; }}',
        f'#assessment:has(input[name="mildew"]{sick}) #q-severity {{ display: grid; }}',
        HIDDEN.format("canker_kind"),
        f"#assessment:has({had}) #q-canker_kind {{ display: grid; }}",
        HIDDEN.format("wound_paint"),
        f"#assessment:has({had}) #q-wound_paint {{ display: grid; }}",
        HIDDEN.format("copay_usd"),
        '#assessment:has(input[name="insured"]:is([value="yes"]):checked) #q-copay_usd { display: grid; }',
    ]


@pytest.mark.parametrize(
    ("gate", "chosen"),
    [
        (OneOf("lean", frozenset({"slight"})), 'input[name="lean"]:is([value="slight"]):checked'),
        (Includes("hazards", frozenset({"fire", "footpath"})),
         'input[name="hazards"]:is([value="fire"], [value="footpath"]):checked'),
        (Empty("hazards", empty=True), 'input[name="hazards"][value="none_of_these"]:checked'),
        (Empty("hazards", empty=False),
         'input[name="hazards"]:not([value="none_of_these"], [value="unknown"]):checked'),
    ],
)  # fmt: skip
def test_each_kind_of_gate_is_seen_in_what_is_checked(gate: Condition, chosen: str, fixture_rules: RuleSet) -> None:
    assert follow_up_styles(_gated(fixture_rules, "bark", gate)).splitlines() == [
        HIDDEN.format("bark"),
        f"#assessment:has({chosen}) #q-bark {{ display: grid; }}",
    ]


def test_all_conditions_of_a_gate_are_wanted(fixture_rules: RuleSet) -> None:
    both = (OneOf("lean", frozenset({"slight"})), OneOf("insured", frozenset({"yes"})))
    fact = replace(fixture_rules.vocabulary["bark"], asked_when=(both,))
    assert follow_up_styles(Vocabulary({"bark": fact})).splitlines()[1] == (
        '#assessment:has(input[name="lean"]:is([value="slight"]):checked)'
        ':has(input[name="insured"]:is([value="yes"]):checked) #q-bark { display: grid; }'
    )


@pytest.mark.parametrize(("name", "neutral"), [("nestlings", "none"), ("hazards", "none_of_these")])
def test_an_answer_of_its_own_keeps_a_question_that_can_be_core(
    name: str, neutral: str, fixture_rules: RuleSet
) -> None:
    gate = OneOf("insured", frozenset({"yes"}))
    styles = follow_up_styles(_gated(fixture_rules, name, gate, core=CoreRule("always"))).splitlines()
    assert styles[2:] == [
        f'#assessment:has(input[name="{name}"]:not([value="{neutral}"], [value="unknown"]):checked) #q-{name} '
        "{ display: grid; }"
    ]


def test_a_gate_that_styles_cannot_see_is_an_error(fixture_rules: RuleSet) -> None:
    with pytest.raises(ValueError, match="ring_count: a follow-up can't hang on a number's bounds, which styles"):
        follow_up_styles(_gated(fixture_rules, "bark", Between("ring_count", 1, 3)))
