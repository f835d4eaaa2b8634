"""Draw complete referrals from frequencies of answers; the same seed gives the same referrals."""

from __future__ import annotations

import random
from collections.abc import Iterator

from triage.model.fact import Fact
from triage.model.frequencies import Frequencies, Shares
from triage.model.rule import Value
from triage.model.vocabulary import Vocabulary


def drawn_referrals(
    vocabulary: Vocabulary, frequencies: Frequencies, count: int, seed: int = 1
) -> Iterator[dict[str, Value]]:
    """Draw ``count`` complete referrals with these frequencies of answers, without contradictory ones."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    deciding_first = sorted(vocabulary.facts, key=lambda name: frequencies[name].depends_on is not None)
    while count:
        facts: dict[str, Value] = {}
        for name in deciding_first:
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
