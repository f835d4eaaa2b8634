"""Alarm report: how often each level and rating is given to complete referrals drawn from frequencies, by which rules.

A level that is given to most referrals is soon ignored. The report shows a clinician the share of each level, and how
often each urgency rule is the only one that makes a referral that urgent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from triage.check.drawn_referrals import drawn_referrals
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import outcome
from triage.model.alarm import AlarmReport, Cause
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
    levels, ratings, fired_by, alone = Counter[str](), Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for answers in referrals:
        evaluation = engine.evaluate(answers)
        fired = ruleset.fired(evaluation.fired)
        result = outcome(ruleset, fired, evaluation.answers)
        levels[result.level] += 1
        ratings[result.rating] += 1
        urgent = [rule for rule in fired if rule.urgency]
        fired_by.update(rule.id for rule in urgent)
        alone.update((rule.id, level) for level in scales.urgency_ids[1:] for rule in _only_one(urgent, level, ruleset))
    return AlarmReport(
        sum(levels.values()),
        {level: levels[level] for level in reversed(scales.urgency_ids)},
        {rating: ratings[rating] for rating in reversed(scales.rating_ids)},
        tuple(
            sorted(_causes(ruleset, fired_by, alone), key=lambda cause: (-cause.only_cause, -cause.fired, cause.rule))
        ),
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
