"""Why a referral has no other rating: the supports that did not fire, what they lack, and the limits in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from triage.analysis.explained import CarryingSupport, HoldingLimit, LackingSupport, UnmetCondition, WhyNot
from triage.engines import reference
from triage.engines.evaluation import Evaluation
from triage.engines.outcome import Standing, standing
from triage.model.rule import Answers, Condition, Conjunction, Limits, Rule, Supports, Truth
from triage.model.ruleset import RuleSet
from triage.model.scales import NOT_THE_LEADING_PROBLEM
from triage.presenting.words import condition_in_words
from triage.reading.referral import as_json


def why_not(ruleset: RuleSet, answers: Answers) -> dict[str, WhyNot]:
    """Say why the referral does not have each rating but the one so far, lowest rating first.

    For a higher one: the supports that reach it and did not fire, the nearest to firing first, and the limits that hold
    the leading targets below it. For a lower one: the supports that carry a leading target above it, no limit holding
    it there.
    """
    evaluation = reference.evaluate(ruleset, answers)
    fired = ruleset.fired(evaluation.fired)
    so_far = standing(ruleset, fired, evaluation.answers)
    now = ruleset.scales.rating_rank(so_far.rating)
    return {
        rating: WhyNot(
            lacking=_lacking(ruleset, evaluation, so_far, rank) if rank > now else (),
            held_by=_held_by(ruleset, fired, so_far, rank),
            carried_by=_carried_by(ruleset, so_far, rank) if rank < now else (),
        )
        for rank, rating in enumerate(ruleset.scales.rating_ids)
        if rank != now
    }


def _lacking(ruleset: RuleSet, evaluation: Evaluation, so_far: Standing, rank: int) -> tuple[LackingSupport, ...]:
    """The supports that reach the rating and did not fire; nothing where one of a leading target reaches it."""
    reaching = [rule for rule in ruleset.rules if _reaches(rule, ruleset, rank)]
    by_leading = {id_ for target in so_far.targets if target.leading for id_ in target.supports}
    if any(rule.id in by_leading for rule in reaching):
        return ()
    not_fired = (rule for rule in reaching if rule.id not in evaluation.fired)
    lacking = (_shortfall(rule, ruleset, evaluation.answers, evaluation.asked) for rule in not_fired)
    return tuple(sorted(lacking, key=lambda support: (_failed(support), len(support.conditions), support.rule)))


def _reaches(rule: Rule, ruleset: RuleSet, rank: int) -> bool:
    return any(ruleset.scales.rating_rank(effect.rating) >= rank for effect in rule.of(Supports))


def _failed(shortfall: LackingSupport) -> int:
    return sum(condition.given is not None for condition in shortfall.conditions)


def _shortfall(rule: Rule, ruleset: RuleSet, answers: Answers, asked: Mapping[str, Truth]) -> LackingSupport:
    """What the nearest alternative of a rule lacks: the conditions that failed or whose fact is not answered."""
    vocabulary = ruleset.vocabulary

    def unmet(conjunction: Conjunction) -> list[Condition]:
        return [condition for condition in conjunction if vocabulary.truth(condition, answers, asked) is not True]

    nearest = min(
        (unmet(conjunction) for conjunction in rule.when),
        key=lambda conditions: (sum(condition.fact in answers for condition in conditions), len(conditions)),
    )
    stopping = [condition for condition in rule.unless if vocabulary.truth(condition, answers, asked) is not False]
    needed = [_unmet(condition, ruleset, answers, "") for condition in nearest]
    excluded = [_unmet(condition, ruleset, answers, "not ") for condition in stopping]
    return LackingSupport(rule.id, rule.title, (*needed, *excluded))


def _unmet(condition: Condition, ruleset: RuleSet, answers: Answers, negated: str) -> UnmetCondition:
    fact = ruleset.vocabulary[condition.fact]
    given = answers.get(fact.name)
    needs = negated + condition_in_words(condition, ruleset.vocabulary)
    return UnmetCondition(fact.name, needs, None if given is None else as_json(given, fact))


def _held_by(ruleset: RuleSet, fired: Iterable[Rule], so_far: Standing, rank: int) -> tuple[HoldingLimit, ...]:
    """The fired limits that hold a leading target below ``rank``, lowest first, each with what it waits for.

    Where nothing is supported these are the limits on all targets. The cap of the leading problem is one of them.
    """
    rating_rank = ruleset.scales.rating_rank
    limits = [
        HoldingLimit(rule.id, rule.title, limit.to, limit.until)
        for rule in fired
        for limit in rule.of(Limits)
        if rating_rank(limit.to) < rank and _applies_to_a_leading_target(limit, so_far)
    ]
    if so_far.capped and rating_rank(ruleset.scales.cap) < rank:
        cap = ruleset.scales.built_in[NOT_THE_LEADING_PROBLEM]
        limits.append(HoldingLimit(cap.id, cap.title, ruleset.scales.cap, None))
    return tuple(sorted(limits, key=lambda limit: (rating_rank(limit.to), limit.rule)))


def _applies_to_a_leading_target(limit: Limits, so_far: Standing) -> bool:
    return any(map(limit.applies_to, so_far.leading)) if so_far.leading else not limit.targets


def _carried_by(ruleset: RuleSet, so_far: Standing, rank: int) -> tuple[CarryingSupport, ...]:
    """The fired supports that carry a leading target above ``rank``."""
    rating_rank = ruleset.scales.rating_rank
    carrying = {
        (id_, effect.rating)
        for target in so_far.targets
        if target.leading and rating_rank(target.rating) > rank
        for id_ in target.supports
        for effect in ruleset.by_id[id_].of(Supports)
        if target.target in effect.targets and rating_rank(effect.rating) > rank
    }
    return tuple(CarryingSupport(id_, ruleset.by_id[id_].title, rating) for id_, rating in sorted(carrying))
