"""Incomplete referrals to the published rules, for comparing completions with a second opinion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from random import Random

from bench.referrals import complete_referrals
from tests.answer.enumerated import values_of
from tests.conftest import RULES
from triage.check.drawn_referrals import drawn_referrals
from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Answers, Between, Condition, OneOf, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import satisfies
from triage.model.vocabulary import AtMost
from triage.reading.counting import count_answers
from triage.reading.frequencies_file import read_frequencies

FREQUENCIES = RULES.parent / "examples" / "frequencies.yaml"
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95)
"""How much of a referral is answered."""
SPEAKERS = ("person", "person", "person", "relative")


def complete(ruleset: RuleSet, count: int, seed: int) -> list[Answers]:
    """Complete referrals: drawn from frequencies, mostly neutral ones, and ones with any answers, as many of each."""
    frequencies = read_frequencies(FREQUENCIES, ruleset.vocabulary)
    drawn = drawn_referrals(ruleset.vocabulary, frequencies, count, seed)
    mostly_neutral = complete_referrals(ruleset, count, seed)
    chance = Random(seed)
    any_answers = (_any_answers(ruleset, chance) for _ in range(count))
    return [referral for three in zip(drawn, mostly_neutral, any_answers, strict=True) for referral in three]


def _any_answers(ruleset: RuleSet, chance: Random) -> Answers:
    """Answers to all facts, those that are not asked among them, without the ones that contradict others."""
    answers: dict[str, Value] = {}
    for fact in ruleset.vocabulary:
        more = {**answers, fact.name: _any_answer(fact, chance)}
        answers = answers if ruleset.vocabulary.contradictions(more) else more
    return answers


def _any_answer(fact: Fact, chance: Random) -> Value:
    if fact.is_integer:
        return chance.randint(fact.minimum, fact.maximum)
    if fact.is_set:
        return frozenset(value for value in fact.values if chance.random() < 0.3)
    return chance.choice(fact.values)


def partial(ruleset: RuleSet, count: int, seed: int) -> Iterator[Answers]:
    """Three times ``count`` referrals of which any share is answered, some sets left open, some answers not counted."""
    chance = Random(seed)
    for whole in complete(ruleset, count, seed):
        share = chance.choice(SHARES)
        kept = {name: _opened(value, chance) for name, value in whole.items() if chance.random() < share}
        yield _counted(ruleset, kept, chance)


def few_open(ruleset: RuleSet, count: int, most: int, seed: int) -> Iterator[Answers]:
    """Three times ``count`` referrals with few facts and sets open, so that they have at most ``most`` completions."""
    chance = Random(seed)
    for whole in complete(ruleset, count, seed):
        kept = whole
        for name in chance.sample(sorted(whole), min(12, len(whole))):
            value = whole[name]
            fewer = {other: answer for other, answer in kept.items() if other != name}
            if isinstance(value, frozenset) and value and chance.random() < 0.5:
                fewer[name] = _opened(value, chance, always=True)
            kept = fewer if _most_completions(ruleset, fewer) <= most else kept
        counted = _counted(ruleset, kept, chance)
        yield counted if _most_completions(ruleset, counted) <= most else kept


def _opened(value: Value, chance: Random, *, always: bool = False) -> Value:
    """The answer; a set with members perhaps open, some of its members known."""
    if isinstance(value, frozenset) and value and (always or chance.random() < 0.3):
        return frozenset(chance.sample(sorted(value), chance.randint(1, len(value)))) | {UNKNOWN}
    return value


def _counted(ruleset: RuleSet, given: Answers, chance: Random) -> Answers:
    """The answers that count: of half of the referrals some were given by a relative."""
    said_by = {name: chance.choice(SPEAKERS) for name in given} if chance.random() < 0.5 else {}
    return count_answers(ruleset.vocabulary, given, said_by).answers


def _most_completions(ruleset: RuleSet, answers: Answers) -> int:
    """A number that the completions do not pass."""
    vocabulary = ruleset.vocabulary
    return prod(len(values_of(vocabulary[name], answers.get(name))) for name in vocabulary.unanswered(answers))


def examples(ruleset: RuleSet) -> Iterator[Answers]:
    """The answers of each example of each rule."""
    for rule in ruleset.rules:
        yield from (example.given for example in rule.examples)


def at_cut_points(ruleset: RuleSet) -> Iterator[Answers]:
    """Each answer at which a condition on a number or an ordered choice begins or ends to hold, and the one below it.

    Alone, and with the facts that stand beside it in the conjunctions that read it answered as these want them.
    """
    done: list[Answers] = []
    for rule in ruleset.rules:
        for conjunction in (*rule.when, rule.unless):
            for condition in conjunction:
                beside = {other.fact: _satisfying(ruleset, other) for other in conjunction if other is not condition}
                for value in _around_cuts(ruleset, condition):
                    done += [{condition.fact: value}, {**beside, condition.fact: value}]
    return (answers for answers in _distinct(done) if not ruleset.vocabulary.contradictions(answers))


def _around_cuts(ruleset: RuleSet, condition: Condition) -> Iterator[Value]:
    fact = ruleset.vocabulary[condition.fact]
    match condition:
        case Between(low=low, high=high):
            yield from (number for number in (low - 1, low, high, high + 1) if fact.accepts(number))
        case OneOf(values=values) if fact.ordered:
            places = {fact.values.index(value) for value in values}
            around = sorted({near for place in places for near in (place - 1, place, place + 1)})
            yield from (fact.values[place] for place in around if 0 <= place < len(fact.values))


def _satisfying(ruleset: RuleSet, condition: Condition) -> Value:
    fact = ruleset.vocabulary[condition.fact]
    match condition:
        case Between(low=low):
            return low
        case OneOf(values=values):
            return min(values, key=fact.values.index)
    return next(value for value in values_of(fact) if satisfies(condition, value))


def at_contradictions(ruleset: RuleSet) -> Iterator[Answers]:
    """Of each two numbers that must not pass each other each pair at the bound, and one below it."""
    vocabulary = ruleset.vocabulary
    for constraint in vocabulary.constraints:
        if isinstance(constraint, AtMost):
            for upper in range(vocabulary[constraint.upper].minimum, vocabulary[constraint.upper].maximum + 1):
                for lower in (upper + constraint.plus, upper + constraint.plus - 1):
                    answers = {constraint.lower: lower, constraint.upper: upper}
                    accepted = all(vocabulary[name].accepts(number) for name, number in answers.items())
                    if accepted and not vocabulary.contradictions(answers):
                        yield answers


def _distinct(referrals: Iterable[Answers]) -> list[Answers]:
    return list({frozenset(answers.items()): answers for answers in referrals}.values())
