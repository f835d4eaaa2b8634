"""Why not another rating: the supports that did not fire, with what they lack, and the limits in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from triage.analysis.explained import CarryingSupport, HoldingLimit, LackingSupport, UnmetCondition, WhyNot
from triage.engines import reference
from triage.engines.outcome import outcome
from triage.model.rule import Answers, Condition, Conjunction, Limits, Rule, Supports, Truth
from triage.model.ruleset import RuleSet
from triage.presenting.words import condition_in_words
from triage.reading.referral import as_json


def why_not(ruleset: RuleSet, answers: Answers) -> dict[str, WhyNot]:
    """Say of every rating but the one so far why it is not that, lowest first.

    For a higher one: the supports that reach it and did not fire, the nearest to firing first, and the limits that hold
    the rating below it. For a lower one: the supports that carry the rating above it, no limit holding it there.
    """
    scales = ruleset.scales
    evaluation = reference.evaluate(ruleset, answers)
    fired = ruleset.fired(evaluation.fired)
    now = scales.rating_rank(outcome(fired, scales).rating)
    known = {**answers, **evaluation.derived}
    return {
        rating: WhyNot(
            lacking=_lacking(ruleset, evaluation, known, rank) if rank > now else (),
            held_by=_held_by(ruleset, fired, rank),
            carried_by=_carried_by(ruleset, fired, rank) if rank < now else (),
        )
        for rank, rating in enumerate(scales.rating_ids)
        if rank != now
    }


def _lacking(
    ruleset: RuleSet, evaluation: reference.Evaluation, facts: Mapping[str, Any], rank: int
) -> tuple[LackingSupport, ...]:
    """The supports that reach the rating and did not fire; nothing where one that reaches it fired."""
    reaching = [rule for rule in ruleset.rules if _reaches(rule, ruleset, rank)]
    if any(evaluation.truths[rule.id] for rule in reaching):
        return ()
    lacking = (_shortfall(rule, ruleset, facts, evaluation.asked) for rule in reaching)
    return tuple(sorted(lacking, key=lambda each: (_failed(each), len(each.conditions), each.rule)))


def _reaches(rule: Rule, ruleset: RuleSet, rank: int) -> bool:
    return isinstance(rule.effect, Supports) and ruleset.scales.rating_rank(rule.effect.rating) >= rank


def _failed(shortfall: LackingSupport) -> int:
    return sum(condition.given is not None for condition in shortfall.conditions)


def _shortfall(rule: Rule, ruleset: RuleSet, answers: Answers, asked: Mapping[str, Truth]) -> LackingSupport:
    """What the nearest alternative of a rule lacks: the conditions that failed or whose fact is not answered."""
    vocabulary = ruleset.vocabulary

    def unmet(conjunction: Conjunction) -> list[Condition]:
        return [each for each in conjunction if vocabulary.truth(each, answers, asked) is not True]

    nearest = min(
        (unmet(conjunction) for conjunction in rule.when),
        key=lambda each: (sum(condition.fact in answers for condition in each), len(each)),
    )
    stopping = [each for each in rule.unless if vocabulary.truth(each, answers, asked) is not False]
    needed = [_unmet(each, ruleset, answers, "") for each in nearest]
    excluded = [_unmet(each, ruleset, answers, "not ") for each in stopping]
    return LackingSupport(rule.id, rule.title, (*needed, *excluded))


def _unmet(condition: Condition, ruleset: RuleSet, answers: Answers, negated: str) -> UnmetCondition:
    fact = ruleset.vocabulary[condition.fact]
    given = answers.get(fact.name)
    needs = negated + condition_in_words(condition, ruleset.vocabulary)
    return UnmetCondition(fact.name, needs, None if given is None else as_json(given, fact))


def _held_by(ruleset: RuleSet, fired: Iterable[Rule], rank: int) -> tuple[HoldingLimit, ...]:
    """The fired limits that hold the rating below ``rank``, lowest first, each with what it waits for."""
    limits = [
        (ruleset.scales.rating_rank(rule.effect.to), rule, rule.effect)
        for rule in fired
        if isinstance(rule.effect, Limits) and ruleset.scales.rating_rank(rule.effect.to) < rank
    ]
    limits.sort(key=lambda each: (each[0], each[1].id))
    return tuple(HoldingLimit(rule.id, rule.title, effect.to, effect.until) for _, rule, effect in limits)


def _carried_by(ruleset: RuleSet, fired: Iterable[Rule], rank: int) -> tuple[CarryingSupport, ...]:
    """The fired supports that carry the rating above ``rank``."""
    return tuple(
        CarryingSupport(rule.id, rule.title, rule.effect.rating)
        for rule in fired
        if isinstance(rule.effect, Supports) and ruleset.scales.rating_rank(rule.effect.rating) > rank
    )
