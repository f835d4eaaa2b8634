"""Made-up referrals for measuring: complete ones, and the same with some answers left out. One seed, one set."""

from __future__ import annotations

import random
from typing import Any

from triage.model.fact import Fact
from triage.model.rule import Value
from triage.model.ruleset import RuleSet
from triage.reading.counting import count_answers
from triage.reading.referral import as_json

MOSTLY_NEUTRAL = 0.85
"""How many of the answers say "nothing here": as on a real form, most do, and some ten to twenty rules fire."""


def complete_referrals(ruleset: RuleSet, count: int, seed: int = 1) -> list[dict[str, Value]]:
    """Give ``count`` complete referrals that contradict nothing."""
    chance = random.Random(seed)  # no secret
    referrals: list[dict[str, Value]] = []
    while len(referrals) < count:
        facts = _complete(ruleset, chance)
        if not ruleset.vocabulary.contradictions(facts):
            referrals.append(facts)
    return referrals


def counted_referrals(ruleset: RuleSet, count: int) -> list[dict[str, Value]]:
    """Give ``count`` complete referrals of which every answer counts, so that nothing about them is open."""
    complete = complete_referrals(ruleset, 2 * count)
    return [facts for facts in complete if not count_answers(ruleset.vocabulary, facts, {}).not_counted][:count]


def partial_referrals(ruleset: RuleSet, count: int, answered: float, seed: int = 1) -> list[dict[str, Value]]:
    """Give ``count`` referrals that keep this share of the answers of complete ones, chosen by chance."""
    chance = random.Random(seed)  # no secret
    whole = complete_referrals(ruleset, count, seed)
    return [{name: value for name, value in facts.items() if chance.random() < answered} for facts in whole]


def as_request(ruleset: RuleSet, facts: dict[str, Value]) -> dict[str, Any]:
    """A referral as a caller of the API sends it."""
    return {"facts": {name: as_json(value, ruleset.vocabulary[name]) for name, value in facts.items()}}


def _complete(ruleset: RuleSet, chance: random.Random) -> dict[str, Value]:
    vocabulary = ruleset.vocabulary
    facts = {fact.name: _answer(fact, chance) for fact in vocabulary if not fact.asked_when}
    for fact in vocabulary.gated:
        if vocabulary.asked(fact.name, facts) is True:
            facts[fact.name] = _answer(fact, chance)
    return facts


def _answer(fact: Fact, chance: random.Random) -> Value:
    if fact.neutral is not None and chance.random() < MOSTLY_NEUTRAL:
        return fact.neutral
    if fact.is_integer:
        return chance.randint(fact.minimum, fact.maximum)
    if fact.is_set:
        return frozenset(value for value in fact.values if chance.random() < 1 / 5)
    return chance.choice(fact.values)
