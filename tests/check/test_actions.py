"""Actions are short and have an order; a limit of adults says why; every kind of draft can be read and has a schema."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from triage.check import faults_of
from triage.check.new_rule import KINDS, scaffold
from triage.check.rule_schema import rule_schema
from triage.model.rule import Action, AdultsOnly, Between, Limits, Rule, SourceRef, Urgency
from triage.model.ruleset import RuleSet
from triage.reading.rule_file import read_rules
from triage.reading.yaml_text import read


def _with(ruleset: RuleSet, rule: Rule) -> RuleSet:
    return replace(ruleset, rules=(*ruleset.rules, rule), all_rules=(*ruleset.all_rules, rule))


def _rule(*effects: Urgency | Limits, age: int = 0) -> Rule:
    when = (Between("age_years", age, 120),)
    return Rule("added", "Added", (when,), (), effects, "Why.", (SourceRef("house-rules"),))


def _said(ruleset: RuleSet, check: str) -> list[str]:
    return [f"{fault.message} {fault.fix}" for fault in faults_of(ruleset) if fault.check == check]


def test_the_small_rule_set_has_no_fault(fixture_rules: RuleSet) -> None:
    assert _said(fixture_rules, "action-length") == []
    assert _said(fixture_rules, "urgency-order") == []
    assert _said(fixture_rules, "adults-only") == []


def test_lines_of_an_action_that_are_too_long_are_told(fixture_rules: RuleSet) -> None:
    action = Action("one " * 11, ("two " * 11, "two " * 12), ("three " * 11,), more=("four " * 99,))
    assert _said(_with(fixture_rules, _rule(Urgency("urgent", "support", action))), "action-length") == [
        f"“{'one ' * 11}” has 11 words. At most 10 in `first`.",
        f"“{'two ' * 12}” has 12 words. At most 11 in `do`.",
        f"“{'three ' * 11}” has 11 words. At most 10 in `ask`.",
    ]


def test_an_urgency_rule_that_the_order_leaves_out_is_told_and_one_that_it_does_not_know(
    fixture_rules: RuleSet,
) -> None:
    added = _with(fixture_rules, _rule(Urgency("urgent", "support", Action("Go."))))
    assert _said(added, "urgency-order") == [
        "`urgency_order` in scales.yaml does not list `added`. Add it where its action belongs."
    ]
    order = (*fixture_rules.scales.urgency_order, "leanin")
    other = replace(fixture_rules, scales=replace(fixture_rules.scales, urgency_order=order))
    assert _said(other, "urgency-order") == [
        "`urgency_order` lists `leanin`, which is no active urgency rule. Did you mean `leaning`?"
    ]


def test_a_limit_that_begins_after_twelve_says_why(fixture_rules: RuleSet) -> None:
    assert _said(_with(fixture_rules, _rule(Limits("possible"), age=12)), "adults-only") == []
    assert _said(_with(fixture_rules, _rule(Limits("possible"), age=13)), "adults-only") == [
        "The limit `added` does not hold for those of 12 to 17, and says no reason. "
        "Add `adults_only: {because, source}`, or lower the age."
    ]
    reason = AdultsOnly("The trial had grown trees only.", "orchard-trial")
    assert _said(_with(fixture_rules, _rule(Limits("possible", adults_only=reason), age=18)), "adults-only") == []
    unknown = replace(reason, source="orchard-trail")
    assert _said(_with(fixture_rules, _rule(Limits("possible", adults_only=unknown), age=18)), "source") == [
        "The source `orchard-trail` is not in sources.yaml. Did you mean `orchard-trial`?"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_scaffold_can_be_read(kind: str, ruleset: RuleSet, tmp_path: Path) -> None:

    path = scaffold(tmp_path, kind, "new-one", "care")
    rules, faults = read_rules(read(path, "new-one.yaml"), ruleset.vocabulary.facts, ruleset.scales)
    assert faults == []
    assert [rule.id for rule in rules] == (["new-one-first"] if kind == "table" else ["new-one"])


def test_the_schema_knows_tables_and_single_entries(fixture_rules: RuleSet) -> None:
    schema = rule_schema(fixture_rules)
    assert schema["if"] == {"required": ["rows"]}
    row = schema["then"]["properties"]["rows"]["items"]
    assert row["required"] == ["id", "when"]
    assert {"covers", "examples", "unless"} <= row["properties"].keys()
    assert not {"when", "unless", "examples"} & schema["then"]["properties"].keys()
    one, several = schema["$defs"]["ThenText"]["properties"]["limits"]["anyOf"]
    assert several["items"] == one == {"$ref": "#/$defs/_Limits"}
    words = schema["$defs"]["_Urgency"]["properties"]["danger"]
    assert words["enum"] == [danger.id for danger in fixture_rules.scales.dangers]
