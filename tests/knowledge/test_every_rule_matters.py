"""Every rule fires somewhere, and an answer is another without it.

What an answer tells is compared, not which rules stand behind it: a second rule offering what another offers already
changes no answer. A rule that others cover must show what it does where none of them fires.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import RULES
from tests.knowledge.cases import cases_in, referral_of
from triage.answer.actions import Actions
from triage.answer.decide import decide, level_of
from triage.answer.fired_rules import FiredRules
from triage.answer.offers import alternatives, comparison, formats, problem_areas
from triage.engines.outcome import Bounds, Common
from triage.engines.reference import evaluate
from triage.model.rule import Advice, Answers, Limits
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset

OTHERS: tuple[Answers, ...] = (
    {"age_years": 30, "perinatal_status": "pregnant", "perinatal_risk_factors": "yes", "major_depression": "absent"},
    {"age_years": 30, "perinatal_status": "none", "binge_eating_disorder": "current"},
)
"""What a limit may be about, besides a depression: prevention, and a condition other than a depression."""
IDS = [rule.id for rule in read_ruleset(RULES).rules]


@pytest.fixture(scope="module")
def referrals(ruleset: RuleSet) -> list[Answers]:
    """Every example of every rule, also beside what limits may be about, every vignette and every hard case."""
    examples = [example.given for rule in ruleset.rules for example in rule.examples if example.fires]
    written = [referral_of(case, ruleset).answers for case in (*cases_in("vignettes"), *cases_in("hard_cases"))]
    beside = [{"age_years": 30, "major_depression": "current", **example} for example in examples]
    limiting = [rule for rule in ruleset.rules if rule.of(Limits)]
    narrow = [example.given for rule in limiting for example in rule.examples if example.fires]
    beside += [{**other, **example} for example in narrow for other in OTHERS]
    sound = [facts for facts in beside if not ruleset.vocabulary.contradictions(facts)]
    return [*examples, *written, *sound]


@pytest.fixture(scope="module")
def firing(ruleset: RuleSet, referrals: list[Answers]) -> dict[str, list[Answers]]:
    """For each rule, the referrals on which it fires."""
    by_rule: dict[str, list[Answers]] = {id_: [] for id_ in IDS}
    for facts in referrals:
        for id_ in evaluate(ruleset, facts).fired:
            by_rule[id_].append(facts)
    return by_rule


@pytest.mark.parametrize("id_", IDS)
def test_a_rule_fires_and_an_answer_is_another_without_it(
    id_: str, ruleset: RuleSet, firing: dict[str, list[Answers]]
) -> None:
    referrals = firing[id_]
    assert referrals, "it fires on no example"
    without = replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id != id_))
    matters = any(result(ruleset, facts) != result(without, facts) for facts in referrals)
    assert matters, "without it every answer is the same: change it, or give it an example that shows what it does"


def test_the_comparison_sees_a_rule_that_does_nothing(ruleset: RuleSet) -> None:
    """A copy under another name adds nothing, whatever the effect: else the test above would prove little."""
    for id_ in ("depression-adult", "psychosis-before-therapy", "group-adult", "focus-role-dispute"):
        rule = ruleset.by_id[id_]
        facts = next(example.given for example in rule.examples if example.fires)
        doubled = replace(ruleset, rules=(*ruleset.rules, replace(rule, id=f"{id_}-again")))
        alone = replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id != id_))
        assert result(ruleset, facts) == result(doubled, facts)
        assert result(ruleset, facts) != result(alone, facts)


def result(ruleset: RuleSet, answers: Answers) -> tuple[Any, ...]:
    """What is answered: rating, urgency, targets, role, formats, alternatives, advice, and what is to be done."""
    fired = _fired(ruleset, answers)
    standing = fired.standing
    bounds = Bounds((standing.rating,), (standing.level,))
    verdict = decide(fired, bounds, lambda _rating: Common())
    return (
        (verdict.rating, verdict.common, standing.rating),
        tuple(
            (target.target, target.leading, target.rating, target.role, target.certainty) for target in standing.targets
        ),
        Actions(ruleset.scales, {}).urgency_part(fired, level_of(fired, bounds), bounds),
        tuple((area.area, area.proposed) for area in problem_areas(fired)),
        tuple((stance.format, stance.stance) for stance in formats(fired)),
        tuple((therapy.therapy, therapy.offer) for therapy in alternatives(fired)),
        frozenset(point.because for points in (comparison(fired).ipt, comparison(fired).cbt) for point in points),
        frozenset(rule.because for rule in fired.rules if rule.of(Advice)),
    )


def _fired(ruleset: RuleSet, answers: Answers) -> FiredRules:
    evaluation = evaluate(ruleset, answers)
    fired = ruleset.fired(evaluation.fired)
    return FiredRules(ruleset, fired, answers, evaluation.derived, evaluation.asked, evaluation.held)


ONLY_ADVISE: Mapping[str, str] = {
    "ask-the-plan-about-the-copay": "the page's claim on insurance (S36) has no other place, and nothing else reads it",
    "ask-whether-sessions-can-be-paid": "the page's price (S37), said where money is the obstacle",
    "lsns6-isolated-older-adult": "a low score would otherwise change nothing and say nothing",
    "review-of-progress": "when a course is looked at again, for every depression, suspected or current",
    "scoff-ask-medical-stability": "a raised score asks for the questions on the body, and these do change the urgency",
    "screen-outside-its-population": "a raised score at an age it was not made for: says why nothing is concluded",
    "version-for-adolescents": "which version is meant, also while depression is only suspected",
    "waiting-times-around-a-birth": "within which weeks care begins around a birth; no other rule holds there",
    "work-between-sessions-declined": "the page counts homework in (S25); who declines it gets an answer",
}
"""Rules that change no rating, level, role, focus, format, offer or comparison, and why each is a rule all the same."""


def test_a_rule_that_only_advises_fills_the_comparison_or_says_why_it_is_one(ruleset: RuleSet) -> None:
    """What compares with CBT is a part of every answer; all other advice is a note on a rule, with these exceptions."""
    advising = {
        rule.id: {advice.topic for advice in rule.of(Advice)}
        for rule in ruleset.rules
        if len(rule.of(Advice)) == len(rule.effects)
    }
    assert {id_ for id_, topics in advising.items() if topics != {"comparison"}} == ONLY_ADVISE.keys()
