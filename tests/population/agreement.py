"""Generate referrals, and compare the columns of a plan with the reference interpreter and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import polars as pl

from triage.answer.decide import decide
from triage.answer.fired_rules import FiredRules
from triage.answer.offers import alternatives
from triage.engines import reference
from triage.engines.outcome import Bounds, Common
from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Answers, Value
from triage.model.ruleset import RuleSet
from triage.population.outcomes import REFUSED, computed, outcomes
from triage.population.plan import plan_of
from triage.population.tables import coded
from triage.reading.counting import count_answers


class Given(NamedTuple):
    """The answers of a referral as given, and who gave them."""

    answers: Answers
    said_by: dict[str, str]


def random_referrals(ruleset: RuleSet, count: int, seed: int) -> list[Given]:
    """Referrals from empty to complete, most answers neutral in some.

    They have open sets, answers to what is not asked, and answers that do not count; some contradict themselves.
    """
    random = Random(seed)
    speakers = [speaker.id for speaker in ruleset.vocabulary.speakers]
    referrals = []
    for _ in range(count):
        answered, neutral = random.choice((0, 0.1, 0.4, 0.8, 1, 1)), random.choice((0.1, 0.5, 0.85, 0.97))
        openly, attributed = random.choice((0, 0, 0.2)), random.choice((0, 0, 0.3))
        given: Answers = {
            fact.name: _answer(fact, random, neutral, openly)
            for fact in ruleset.vocabulary
            if random.random() < answered
        }
        if random.random() < 0.95:
            given = _without_contradictions(ruleset, given)
        referrals.append(
            Given(given, {name: random.choice(speakers) for name in given if random.random() < attributed})
        )
    return referrals


def _answer(fact: Fact, random: Random, neutral: float, openly: float) -> Value:
    if fact.neutral is not None and random.random() < neutral:
        return fact.neutral
    if fact.is_integer:
        return random.randint(fact.minimum, fact.maximum)
    if not fact.is_set:
        return random.choice(fact.values)
    some = frozenset(value for value in fact.values if random.random() < 0.3)
    return some | {UNKNOWN} if some and random.random() < openly else some


def _without_contradictions(ruleset: RuleSet, given: Answers) -> Answers:
    kept = dict(given)
    while broken := ruleset.vocabulary.contradictions(kept):
        del kept[next(name for name in broken[0].facts if name in kept)]
    return kept


def meant(ruleset: RuleSet, given: Given) -> dict[str, Any]:
    """The outcomes of one referral by the reference, the decision and the offers, as the table has them."""
    vocabulary = ruleset.vocabulary
    if vocabulary.contradictions(given.answers):
        return {REFUSED: True}
    counted = count_answers(vocabulary, given.answers, given.said_by)
    evaluation = reference.evaluate(ruleset, counted.answers)
    fired = FiredRules(
        ruleset,
        ruleset.fired(evaluation.fired),
        counted.answers,
        evaluation.derived,
        evaluation.asked,
        evaluation.held,
        vocabulary.core_unanswered(counted.answers, counted.unanswered_for_floor),
        counted.unanswered_for_floor,
    )
    so_far = Bounds((fired.standing.rating,), (fired.standing.level,))
    verdict = decide(fired, so_far, lambda _: Common())
    complete = vocabulary.is_complete(counted.answers)
    return {
        REFUSED: False,
        "complete": complete,
        "level": verdict.level if complete else None,
        "rating": verdict.rating if complete else None,
        "level_could_become": fired.standing.level if complete else None,
        "rating_could_become": fired.standing.rating if complete else None,
        "level_so_far": verdict.level,
        "state": verdict.state,
        "rating_so_far": verdict.rating,
        "for": {*verdict.common.targets},
        "role": verdict.common.role,
        "certainty": verdict.common.certainty,
        "fired": {*evaluation.fired},
        "open": {*evaluation.open},
        "missing": {*fired.missing},
        "not_counted": {answer.fact for answer in counted.not_counted},
        "alternatives": set() if verdict.on_hold else {offer.therapy for offer in alternatives(fired)},
    }


def as_meant(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table of outcomes, with its lists as sets."""
    lists = ("for", "fired", "open", "missing", "not_counted", "alternatives")
    return {
        name: {id_ for id_ in (value or "").split(";") if id_} if name in lists else value
        for name, value in row.items()
    }


def by_polars(ruleset: RuleSet, given: Sequence[Given], *, eliminating: bool = True) -> list[dict[str, Any]]:
    """The outcomes by Polars, with its elimination of common subexpressions or without it."""
    said_by = [referral.said_by for referral in given]
    told_of = sorted({name for speakers in said_by for name in speakers})
    plan = plan_of(ruleset, told_of)
    table = coded(ruleset.vocabulary, [referral.answers for referral in given], said_by, told_of)
    chosen = pl.QueryOptFlags(comm_subexpr_elim=eliminating, comm_subplan_elim=eliminating)
    return [
        as_meant(row) for row in outcomes(plan, computed(plan, table.lazy())).collect(optimizations=chosen).to_dicts()
    ]


def differences(
    ruleset: RuleSet, given: Sequence[Given], rows: Sequence[dict[str, Any]], without: Sequence[str] = ()
) -> list[Any]:
    """Each referral of which an engine for tables says something else, with what it says and what is meant.

    The columns ``without`` are those that the engine does not have.
    """
    differing: list[Any] = []
    for referral, row in zip(given, rows, strict=True):
        expected = meant(ruleset, referral)
        wrong = {
            name: (row[name], value) for name, value in expected.items() if row[name] != value and name not in without
        }
        if wrong:
            differing.append((referral, wrong))
    return differing
