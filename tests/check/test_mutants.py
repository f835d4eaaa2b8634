"""Small changes of a rule: which the examples catch, which no referral tells apart, what is proposed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.check.mutants import Tried, mutants, tried
from triage.check.proposed_examples import proposed
from triage.check.shown import faults_of
from triage.model.rule import Rule
from triage.model.ruleset import RuleSet


def _rule(id_: str, rules: RuleSet) -> Rule:
    return rules.by_id[id_]


def _severe_and_dry(rules: RuleSet) -> Rule:
    """The rule with examples that show one of its three conditions."""
    rule = _rule("severe-and-dry", rules)
    few = tuple(example for example in rule.examples if "as before" not in example.name)
    return replace(rule, examples=few)


def _tried(rule: Rule, rules: RuleSet) -> Tried:
    return tried(rule, rules.vocabulary)


def test_a_value_is_added_or_taken_a_condition_dropped(fixture_rules: RuleSet) -> None:
    rule = _rule("spraying-first", fixture_rules)
    when, unless = fixture_rules.by_id["severe-and-dry"], rule.unless
    assert [mutant.change for mutant in mutants(when, fixture_rules.vocabulary)][:5] == [
        "`blight` dropped",
        "`blight` with absent",
        "`blight` with suspected",
        "`blight` with remitted",
        "`severity` dropped",
    ]
    taken = {mutant.change for mutant in mutants(rule, fixture_rules.vocabulary) if mutant.drops and unless}
    assert taken == {f"unless: `{condition.fact}` dropped" for condition in unless}


def test_a_change_that_the_examples_do_not_notice_is_missed(fixture_rules: RuleSet) -> None:
    tried = _tried(_severe_and_dry(fixture_rules), fixture_rules)
    assert "`severity` dropped" in [mutant.change for mutant in tried.missed]
    assert "`watering_declined` dropped" in [mutant.change for mutant in tried.caught]


def test_a_change_that_no_referral_tells_apart_is_set_apart(fixture_rules: RuleSet) -> None:
    tried = _tried(_rule("canker-without-paint", fixture_rules), fixture_rules)
    assert [mutant.change for mutant in tried.equivalent] == ["`canker` with absent"]


def test_what_no_two_examples_show_is_named_with_its_place(fixture_rules: RuleSet) -> None:
    rule = _severe_and_dry(fixture_rules)
    assert [str(fault) for fault in faults_of([rule], fixture_rules.vocabulary)] == [
        "fixture_rules/limits/severe-and-dry.yaml:6:3: No two examples of `severe-and-dry` show that `blight` matters. "
        "`triage rules examples severe-and-dry` proposes examples. [example-shows]",
        "fixture_rules/limits/severe-and-dry.yaml:7:3: No two examples of `severe-and-dry` show that `severity` "
        "matters. `triage rules examples severe-and-dry` proposes examples. [example-shows]",
    ]


@pytest.mark.parametrize("with_its_own", [True, False])
def test_with_the_examples_proposed_every_change_is_caught_and_everything_shown(
    with_its_own: bool, fixture_rules: RuleSet
) -> None:
    for rule in fixture_rules.rules:
        bare = rule if with_its_own else replace(rule, examples=())
        added = tuple(proposal.example for proposal in proposed(bare, fixture_rules.vocabulary))
        shown = replace(bare, examples=(*bare.examples, *added))
        assert not _tried(shown, fixture_rules).missed, rule.id
        assert not list(faults_of([shown], fixture_rules.vocabulary)), rule.id
        assert not proposed(shown, fixture_rules.vocabulary), rule.id
        assert {True, False, None} == {example.fires for example in shown.examples}, rule.id
