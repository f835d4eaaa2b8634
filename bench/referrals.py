"""Made-up referrals for measuring: complete ones, and the same with some answers left out. One seed, one set."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from triage.model.fact import Fact
from triage.model.frequencies import Frequencies, Shares
from triage.model.rule import Value
from triage.model.ruleset import RuleSet
from triage.reading.referral import as_json

MOSTLY_NEUTRAL = 0.85
"""How many of the answers say "nothing here": as on a real form, most do, and some ten to twenty rules fire."""


def complete_referrals(ruleset: RuleSet, count: int, seed: int = 1) -> list[dict[str, Value]]:
    """Give ``count`` complete referrals that contradict nothing."""
    chance = random.Random(seed)  # no secret
    found: list[dict[str, Value]] = []
    while len(found) < count:
        facts = _complete(ruleset, chance)
        if not ruleset.vocabulary.contradictions(facts):
            found.append(facts)
    return found


def partial_referrals(ruleset: RuleSet, count: int, answered: float, seed: int = 1) -> list[dict[str, Value]]:
    """Give ``count`` referrals with that share of the answers of complete ones, each left out by chance."""
    chance = random.Random(seed)  # no secret
    whole = complete_referrals(ruleset, count, seed)
    return [{name: value for name, value in facts.items() if chance.random() < answered} for facts in whole]


def drawn_referrals(
    ruleset: RuleSet, frequencies: Frequencies, count: int, seed: int = 1
) -> Iterator[dict[str, Value]]:
    """Draw ``count`` complete referrals with these frequencies of answers; those that contradict are drawn anew."""
    chance = random.Random(seed)  # no secret
    vocabulary = ruleset.vocabulary
    first = sorted(vocabulary.facts, key=lambda name: frequencies[name].depends_on is not None)
    while count:
        facts: dict[str, Value] = {}
        for name in first:
            depends_on = frequencies[name].depends_on
            shares = frequencies[name].shares_given(facts[depends_on] if depends_on else None)
            facts[name] = _drawn(vocabulary[name], shares, chance)
        asked = {name: value for name, value in facts.items() if vocabulary.asked(name, facts)}
        if not vocabulary.contradictions(asked):
            count -= 1
            yield asked


def _drawn(fact: Fact, shares: Shares, chance: random.Random) -> Value:
    if fact.is_set:
        return frozenset(value for value in fact.values if chance.random() < shares.of_values[value])
    if fact.is_integer:
        weights = [share for _, _, share in shares.of_ranges]
        low, high, _ = chance.choices(shares.of_ranges, weights)[0]
        return chance.randint(low, high)
    return chance.choices(fact.values, [shares.of_values[value] for value in fact.values])[0]


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
