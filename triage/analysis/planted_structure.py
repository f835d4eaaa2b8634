"""For each property of the rules as rules, a change of the rule set that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.analysis.planted_kinds import ADDED, Planted, call, with_rule
from triage.model.fact import Floor
from triage.model.rule import Derives, Focus, Limits, OneOf, Rule, Supports
from triage.model.ruleset import RuleSet


def _screened(ruleset: RuleSet) -> Planted:
    derived = next(effect for rule in ruleset.rules for effect in rule.of(Derives))
    when = ((OneOf(derived.fact, frozenset({derived.value})),),)
    fault = "A rule reads for an urgency what only a score suggests, and the answer takes it back."
    return fault, with_rule(ruleset, call(ruleset.scales.urgency_ids[-1]), when)


def _low_floor(ruleset: RuleSet) -> Planted:
    core = next(fact for fact in ruleset.vocabulary if fact.core.kind == "always")
    floor = Floor(ruleset.scales.urgency_ids[0], ((OneOf("partner_willing", frozenset({"yes"})),),))
    facts = {**ruleset.vocabulary.facts, core.name: replace(core, floor=floor)}
    vocabulary = replace(ruleset.vocabulary, facts=facts)
    return f"While {core.title.lower()} is unanswered its own floor is routine.", replace(
        ruleset, vocabulary=vocabulary
    )


def _dead(ruleset: RuleSet) -> Planted:
    when = ((OneOf("major_depression", frozenset({"current"})), OneOf("major_depression", frozenset({"absent"}))),)
    return "A rule asks for two answers to one question.", with_rule(ruleset, Limits("possible"), when)


def _idle_limit(ruleset: RuleSet) -> Planted:
    low = ruleset.scales.rating_ids[0]
    limits = [(rule, limit) for rule in ruleset.rules for limit in rule.of(Limits)]
    rule = next(rule for rule, limit in limits if limit.to == low and not limit.targets)
    fault = f"A second limit on the referrals of `{rule.id}` is milder."
    return fault, with_rule(ruleset, Limits(ruleset.scales.rating_ids[-2]), rule.when)


def _idle_support(ruleset: RuleSet) -> Planted:
    rule = next(rule for rule in ruleset.rules if rule.of(Supports) and not rule.unless)
    (support, *_) = rule.of(Supports)
    narrower = tuple((*conjunction, OneOf("partner_willing", frozenset({"yes"}))) for conjunction in rule.when)
    return f"A second support inside `{rule.id}` says the same.", with_rule(ruleset, support, narrower)


def _idle_area(ruleset: RuleSet) -> Planted:
    rule = next(rule for rule in ruleset.rules if rule.of(Focus))
    (area, *_) = rule.of(Focus)
    narrower = tuple((*conjunction, OneOf("partner_willing", frozenset({"yes"}))) for conjunction in rule.when)
    return f"A second rule inside `{rule.id}` proposes the same area.", with_rule(ruleset, area, narrower)


def _twin(ruleset: RuleSet) -> Planted:
    rule = next(rule for rule in ruleset.rules if rule.of(Limits))
    twin: Rule = replace(rule, id=ADDED)
    rules = tuple(sorted((*ruleset.rules, twin), key=lambda known: known.id))
    return f"`{rule.id}` is there a second time.", replace(ruleset, rules=rules, all_rules=rules)


def _no_action(ruleset: RuleSet) -> Planted:
    terms = tuple(replace(term, action=replace(term.action, first="")) for term in ruleset.scales.urgencies)
    return "The levels have no action.", replace(ruleset, scales=replace(ruleset.scales, urgencies=terms))


def _plan_for_all(ruleset: RuleSet) -> Planted:
    course = ruleset.course
    assert course
    lengths = tuple(replace(length, remitted=False) for length in course.lengths)
    fault = "The plan that keeps well is for conditions that are not over too."
    return fault, replace(ruleset, course=replace(course, lengths=lengths))


STRUCTURAL_FAULTS: Mapping[str, Callable[[RuleSet], Planted]] = {
    "answering-more-lowers-nothing": _screened,
    "open-safety-is-urgent": _low_floor,
    "every-rule-can-fire": _dead,
    "every-urgency-and-limit-matters": _idle_limit,
    "every-support-matters": _idle_support,
    "every-proposal-matters": _idle_area,
    "no-two-rules-mean-the-same": _twin,
    "a-plan-follows-from-its-target": _plan_for_all,
    "levels-have-actions-and-only-holds-hide": _no_action,
}
