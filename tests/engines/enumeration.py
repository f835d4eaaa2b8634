"""The exact answers by enumeration: every completion made and put to the reference. Slow and plain."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import chain, combinations, product
from typing import Any, Protocol

from bench.referrals import complete_referrals
from triage.engines import reference
from triage.engines.outcome import OpenQuestion, Outcome, StillOpen, outcome
from triage.model.fact import Fact
from triage.model.rule import Answers, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import members

Done = tuple[dict[str, Value], Outcome]
"""A completion and what it comes to."""

Key = frozenset[tuple[str, Value]]
"""The answers of a completion."""


def values_of(fact: Fact) -> list[Value]:
    if fact.is_integer:
        return list(range(fact.minimum, fact.maximum + 1))
    if fact.is_set:
        sizes = range(len(fact.values) + 1)
        return [frozenset(chosen) for chosen in chain.from_iterable(combinations(fact.values, size) for size in sizes)]
    return list(fact.values)


def completions(ruleset: RuleSet, answers: Answers) -> Iterator[dict[str, Value]]:
    """Every completion: each unanswered fact that is asked is answered, each open set closed, nothing contradicted."""
    vocabulary = ruleset.vocabulary
    always = [fact for fact in vocabulary if not (fact.asked_when or vocabulary.is_answered(fact.name, answers))]
    for choice in product(*(_kept(fact, answers) for fact in always)):
        so_far = {**answers, **{fact.name: answer for fact, answer in zip(always, choice, strict=True)}}
        asked = [f for f in vocabulary.gated if not vocabulary.is_answered(f.name, answers)]
        asked = [fact for fact in asked if vocabulary.asked(fact.name, so_far)]
        for details in product(*(_kept(fact, answers) for fact in asked)):
            whole = {**so_far, **{fact.name: answer for fact, answer in zip(asked, details, strict=True)}}
            if not vocabulary.contradictions(whole):
                yield whole


def _kept(fact: Fact, answers: Answers) -> list[Value]:
    """The answers to an unanswered fact that keep the members given of an open set."""
    given = answers.get(fact.name, frozenset())
    known = members(given) if isinstance(given, frozenset) else frozenset()
    return [value for value in values_of(fact) if not isinstance(value, frozenset) or known <= value]


def outcomes(ruleset: RuleSet, answers: Answers, known: Mapping[Key, Outcome] | None = None) -> list[Done]:
    """Every completion with its outcome: what its rules come to, nothing derived beside its answers.

    ``known`` are outcomes found before.
    """
    known = known or {}
    return [
        (whole, known.get(frozenset(whole.items())) or outcome_of(ruleset, whole))
        for whole in completions(ruleset, answers)
    ]


def outcome_of(ruleset: RuleSet, complete: Answers) -> Outcome:
    return outcome(ruleset, ruleset.fired(reference.evaluate(ruleset, complete).fired), complete)


def possible(ruleset: RuleSet, done: list[Done]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ratings and levels that occur, lowest first."""
    ratings, levels = {outcome.rating for _, outcome in done}, {outcome.level for _, outcome in done}
    scales = ruleset.scales
    return (
        tuple(rating for rating in scales.rating_ids if rating in ratings),
        tuple(level for level in scales.urgency_ids if level in levels),
    )


def changes(ruleset: RuleSet, answers: Answers, done: list[Done]) -> dict[str, tuple[str, ...]]:
    """For each unanswered fact that can change something, what it can change: pair by pair."""
    vocabulary = ruleset.vocabulary
    by_fact = {}
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
            by_fact[name] = ("suitability",) * rating + ("urgency",) * level
    return by_fact


def _differ_in(name: str, one: Answers, other: Answers, ruleset: RuleSet) -> bool:
    """Whether two completions differ in this fact, and otherwise only in facts asked in one of them."""
    vocabulary = ruleset.vocabulary
    both = (
        f.name
        for f in vocabulary.gated
        if f.name != name and vocabulary.asked(f.name, one) and vocabulary.asked(f.name, other)
    )
    return one[name] != other[name] and all(one[fact] == other[fact] for fact in both)


def would(
    ruleset: RuleSet, answers: Answers, name: str, answer: Any, known: Mapping[Key, Outcome] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What could still be once the fact has the answer as `would` gives it; nothing where it cannot be given."""
    values: list[Value] = [answer] if isinstance(answer, str) else []
    if isinstance(answer, list):
        values = [frozenset(answer)]
    if isinstance(answer, Mapping):
        values = list(range(answer["from"], answer["to"] + 1))
    done = [outcome for value in values for outcome in outcomes(ruleset, {**answers, name: value}, known)]
    return possible(ruleset, done)


def answers(ruleset: RuleSet, name: str, known: frozenset[str]) -> list[Value]:
    """The answers that `would` must speak of, one by one; of sets what is known, and each further member alone."""
    fact = ruleset.vocabulary[name]
    if fact.is_set:
        return [known, *(known | {member} for member in fact.values if member not in known)]
    return values_of(fact)


class Engine(Protocol):
    """An engine that says what an incomplete referral can still become."""

    def of(self, answers: Answers) -> StillOpen: ...


def agrees(ruleset: RuleSet, answers: Answers, engine: Engine, done: list[Done] | None = None) -> None:
    """Hold bounds, questions and consequences against enumeration, both ways; ``done`` are all completions."""
    done = outcomes(ruleset, answers) if done is None else done
    still_open = engine.of(answers)
    assert still_open.bounds.exact
    assert (still_open.bounds.suitability, still_open.bounds.urgency) == possible(ruleset, done)
    assert {question.fact: question.can_change for question in still_open.questions} == changes(ruleset, answers, done)
    results = {frozenset(whole.items()): outcome for whole, outcome in done}
    for question in still_open.questions:
        _consequences_agree(ruleset, answers, question, results)


def _consequences_agree(
    ruleset: RuleSet, given: Answers, question: OpenQuestion, results: Mapping[Key, Outcome]
) -> None:
    for consequence in question.would:
        assert (consequence.suitability, consequence.urgency) == would(
            ruleset, given, question.fact, consequence.answer, results
        )
    shown = [value for consequence in question.would for value in values(consequence.answer)]
    open_ = given.get(question.fact, frozenset())
    known = members(open_) if isinstance(open_, frozenset) else frozenset()
    assert shown == [
        value
        for value in answers(ruleset, question.fact, known)
        if next(completions(ruleset, {**given, question.fact: value}), None) is not None
    ]


def values(answer: Any) -> Iterator[Value]:
    """The values that an answer as `would` gives it stands for."""
    if isinstance(answer, dict):
        yield from range(answer["from"], answer["to"] + 1)
    else:
        yield frozenset(answer) if isinstance(answer, list) else answer


def few_open(ruleset: RuleSet, number: int, most: int) -> list[Answers]:
    """Complete referrals with answers left out one after another, while their completions are not too many."""
    chance = random.Random(3)
    return [_some_open(ruleset, facts, most, chance) for facts in complete_referrals(ruleset, number, seed=5)]


def _some_open(ruleset: RuleSet, complete: Answers, most: int, chance: random.Random) -> Answers:
    left = dict(complete)
    names = list(complete)
    chance.shuffle(names)
    number = 1
    for name in names:
        number *= len(values_of(ruleset.vocabulary[name]))
        if number > most:
            break
        del left[name]
    return left
