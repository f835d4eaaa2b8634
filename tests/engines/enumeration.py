"""The exact answers by enumeration: every completion made and put to the reference. Slow and plain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations, product
from typing import Any

from triage.engines import reference
from triage.engines.outcome import Outcome, outcome
from triage.model.fact import Fact
from triage.model.rule import Answers, Value
from triage.model.ruleset import RuleSet

Done = tuple[dict[str, Value], Outcome]
"""A completion and what it comes to."""


def values_of(fact: Fact) -> list[Value]:
    if fact.is_integer:
        return list(range(fact.minimum, fact.maximum + 1))
    if fact.is_set:
        sizes = range(len(fact.values) + 1)
        return [frozenset(each) for each in chain.from_iterable(combinations(fact.values, size) for size in sizes)]
    return list(fact.values)


def completions(ruleset: RuleSet, answers: Answers) -> Iterator[dict[str, Value]]:
    """Every completion: an answer to each unanswered fact that is asked, contradicting nothing."""
    vocabulary = ruleset.vocabulary
    always = [fact for fact in vocabulary if not fact.asked_when and fact.name not in answers]
    for choice in product(*(values_of(fact) for fact in always)):
        so_far = {**answers, **{fact.name: answer for fact, answer in zip(always, choice, strict=True)}}
        asked = [f for f in vocabulary.gated if f.name not in answers and vocabulary.asked(f.name, so_far)]
        for details in product(*(values_of(fact) for fact in asked)):
            whole = {**so_far, **{fact.name: answer for fact, answer in zip(asked, details, strict=True)}}
            if not vocabulary.contradictions(whole):
                yield whole


def outcomes(ruleset: RuleSet, answers: Answers) -> list[Done]:
    """Every completion with its outcome."""
    return [
        (whole, outcome(ruleset.fired(reference.evaluate(ruleset, whole).fired), ruleset.scales))
        for whole in completions(ruleset, answers)
    ]


def possible(ruleset: RuleSet, done: list[Done]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ratings and levels that occur, lowest first."""
    ratings, levels = {each.rating for _, each in done}, {each.level for _, each in done}
    scales = ruleset.scales
    return (
        tuple(each for each in scales.rating_ids if each in ratings),
        tuple(each for each in scales.urgency_ids if each in levels),
    )


def changes(ruleset: RuleSet, answers: Answers, done: list[Done]) -> dict[str, tuple[str, ...]]:
    """For each unanswered fact that can change something, what it can change: pair by pair."""
    vocabulary = ruleset.vocabulary
    found = {}
    for name in vocabulary.unanswered(answers):
        alike: dict[tuple[Any, ...], list[Done]] = {}
        for whole, result in done:
            if name in whole:
                key = tuple(whole[f.name] for f in vocabulary if not f.asked_when and f.name != name)
                alike.setdefault(key, []).append((whole, result))
        pairs = [
            (x, y)
            for group in alike.values()
            for (one, x), (other, y) in combinations(group, 2)
            if _differ_in(name, one, other, ruleset)
        ]
        rating = any(x.rating != y.rating for x, y in pairs)
        level = any(x.level != y.level for x, y in pairs)
        if rating or level:
            found[name] = ("suitability",) * rating + ("urgency",) * level
    return found


def _differ_in(name: str, one: Answers, other: Answers, ruleset: RuleSet) -> bool:
    """Whether two completions differ in this fact, and otherwise only in facts asked in one of them."""
    both = (f.name for f in ruleset.vocabulary.gated if f.name != name and f.name in one and f.name in other)
    return one[name] != other[name] and all(one[each] == other[each] for each in both)


def would(ruleset: RuleSet, answers: Answers, name: str, answer: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What could still be once the fact has the answer as `would` gives it; nothing where it cannot be given."""
    values: list[Value] = [answer] if isinstance(answer, str) else []
    if isinstance(answer, list):
        values = [frozenset(answer)]
    if isinstance(answer, Mapping):
        values = list(range(answer["from"], answer["to"] + 1))
    done = [each for value in values for each in outcomes(ruleset, {**answers, name: value})]
    return possible(ruleset, done)


def answers(ruleset: RuleSet, name: str) -> list[Value]:
    """The answers that `would` must speak of, one by one; of sets each member alone, and none."""
    fact = ruleset.vocabulary[name]
    if fact.is_set:
        return [frozenset(), *(frozenset({member}) for member in fact.values)]
    return values_of(fact)
