"""The small rule set uses every part of the rule language, so that a test on it can show any of them."""

from __future__ import annotations

from typing import get_args

from triage.model.fact import FactType
from triage.model.rule import Condition, EffectName, Limits, effect_name
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Constraint


def test_it_has_every_type_of_fact_and_every_way_of_being_core(fixture_rules: RuleSet) -> None:
    facts = list(fixture_rules.vocabulary)
    assert {fact.type for fact in facts} == set(get_args(FactType))
    assert {fact.core.kind for fact in facts} == {"never", "always", "when", "given"}
    assert any(fact.changeable for fact in facts)
    assert {len(fact.asked_when) for fact in facts} == {0, 1, 2}


def test_it_has_every_condition_every_effect_and_every_constraint(fixture_rules: RuleSet) -> None:
    rules = fixture_rules.rules
    assert {effect_name(effect) for rule in rules for effect in rule.effects} == set(get_args(EffectName))
    assert {type(condition) for rule in rules for condition in rule.conditions} == set(get_args(Condition))
    assert {type(constraint) for constraint in fixture_rules.vocabulary.constraints} == set(get_args(Constraint))
    assert any(constraint.given for constraint in fixture_rules.vocabulary.constraints if hasattr(constraint, "given"))


def test_it_has_alternatives_exceptions_and_a_draft(fixture_rules: RuleSet) -> None:
    assert any(len(rule.when) > 1 for rule in fixture_rules.rules)
    assert any(rule.unless for rule in fixture_rules.rules)
    assert {rule.status for rule in fixture_rules.all_rules} >= {"active", "draft"}


def test_it_has_a_table_an_instrument_several_effects_and_covers(fixture_rules: RuleSet) -> None:
    rules = fixture_rules.rules
    assert {rule.table for rule in rules} == {None, "steps-of-leaning", "spots"}
    assert fixture_rules.instruments["spots"].rules == ("blight-from-spots",)
    assert any(len(rule.effects) > 1 for rule in rules)
    assert any(rule.urgency.covers for rule in rules if rule.urgency)
    assert any(limit.targets for rule in rules for limit in rule.of(Limits))


def test_it_has_floors_reassurance_speakers_and_problems_that_lead(fixture_rules: RuleSet) -> None:
    vocabulary = fixture_rules.vocabulary
    assert [fact.name for fact in vocabulary if fact.floor] == ["nestlings"]
    assert any(fact.reassuring.values for fact in vocabulary)
    assert any(fact.reassuring.in_part for fact in vocabulary)
    assert {speaker.counts for speaker in vocabulary.speakers} == {True, False}
    assert {lead.otherwise for lead in vocabulary.leads.values()} == {"all_lead", "all_lead_capped"}
    assert fixture_rules.scales.life_problems
