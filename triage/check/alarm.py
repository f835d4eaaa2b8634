"""Alarm report: how often each level and rating is given to complete referrals drawn from frequencies, by which rules.

A level that is given to most referrals is soon ignored. The report shows a clinician the share of each level, how often
each urgency rule is the only one that makes a referral that urgent, and the same of all rules about one danger
together: the same people answer several questions about suicide with yes, and then none of them is the only cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from triage.check.drawn_referrals import drawn_referrals
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import outcome
from triage.model.alarm import AlarmReport, Cause, DangerShare
from triage.model.frequencies import Frequencies
from triage.model.rule import Answers, Rule
from triage.model.ruleset import RuleSet

REFERRALS = 500
SEED = 1


def alarm_report(ruleset: RuleSet, frequencies: Frequencies, count: int = REFERRALS, seed: int = SEED) -> AlarmReport:
    """Draw referrals and count their levels and ratings."""
    referrals = drawn_referrals(ruleset.vocabulary, frequencies, count, seed)
    return report_on(ruleset, referrals)


def report_on(ruleset: RuleSet, referrals: Iterable[Answers]) -> AlarmReport:
    """Count the levels and ratings of complete referrals, and the urgency rules that fire on them."""
    scales, engine = ruleset.scales, IndexedEvaluator(ruleset)
    levels, ratings, fired_by = Counter[str](), Counter[str](), Counter[str]()
    alone, dangers = Counter[tuple[str, str]](), Counter[frozenset[tuple[str, str]]]()
    for answers in referrals:
        evaluation = engine.evaluate(answers)
        fired = ruleset.fired(evaluation.fired)
        result = outcome(ruleset, fired, evaluation.answers)
        levels[result.level] += 1
        ratings[result.rating] += 1
        urgent = [rule for rule in fired if rule.urgency]
        fired_by.update(rule.id for rule in urgent)
        alone.update((rule.id, level) for level in scales.urgency_ids[1:] for rule in _only_one(urgent, level, ruleset))
        dangers[_dangers_from(urgent, ruleset)] += 1
    return AlarmReport(
        sum(levels.values()),
        {level: levels[level] for level in reversed(scales.urgency_ids)},
        {rating: ratings[rating] for rating in reversed(scales.rating_ids)},
        tuple(
            sorted(_causes(ruleset, fired_by, alone), key=lambda cause: (-cause.only_cause, -cause.fired, cause.rule))
        ),
        tuple(_danger_shares(ruleset, dangers)),
    )


def _dangers_from(urgent: list[Rule], ruleset: RuleSet) -> frozenset[tuple[str, str]]:
    """The dangers of the fired rules, each with every level that its rules reach."""
    rank = ruleset.scales.urgency_rank
    return frozenset(
        (level, rule.urgency.danger)
        for rule in urgent
        if rule.urgency and rule.urgency.danger
        for level in ruleset.scales.urgency_ids[1:]
        if rank(rule.urgency.level) >= rank(level)
    )


def _danger_shares(ruleset: RuleSet, counted: Counter[frozenset[tuple[str, str]]]) -> Iterator[DangerShare]:
    levels = ruleset.scales.urgency_ids[1:]
    for danger in ruleset.scales.dangers:
        reached, alone = Counter[str](), Counter[str]()
        for dangers, count in counted.items():
            for level in levels:
                at_level = {id_ for reached_level, id_ in dangers if reached_level == level}
                if danger.id in at_level:
                    reached[level] += count
                    alone[level] += count if len(at_level) == 1 else 0
        yield DangerShare(
            danger.id, {level: reached[level] for level in levels}, {level: alone[level] for level in levels}
        )


def _only_one(urgent: list[Rule], level: str, ruleset: RuleSet) -> list[Rule]:
    """Give the only rule that is at least as urgent as the level, or none if there are several."""
    rank = ruleset.scales.urgency_rank
    as_urgent = [rule for rule in urgent if rule.urgency and rank(rule.urgency.level) >= rank(level)]
    return as_urgent if len(as_urgent) == 1 else []


def _causes(ruleset: RuleSet, fired: Counter[str], alone: Counter[tuple[str, str]]) -> Iterator[Cause]:
    for id_ in fired:
        urgency = ruleset.by_id[id_].urgency
        assert urgency  # only such rules are counted
        from_level = {level: alone[id_, level] for level in ruleset.scales.urgency_ids[1:]}
        yield Cause(id_, urgency.level, fired[id_], from_level.get(urgency.level, 0), from_level)
