"""Every rule fires somewhere, and an answer is another without it, unless it says which rule covers it.

What an answer tells is compared, not which rules stand behind it: a second rule offering what another offers already
changes no answer. A rule that names ``covered_by`` must really be without effect: the key is no way out. Only
the words of an urgency may still add to those of the rule that covers its level, as in the proofs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import RULES
from tests.knowledge.cases import cases_in, referral_of
from triage.answer.decide import decide
from triage.answer.fired_rules import FiredRules
from triage.answer.offers import alternatives, formats
from triage.engines.outcome import Bounds
from triage.engines.reference import evaluate
from triage.model.rule import Advice, Answers, Focus, Rule, Urgency
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset

IDS = [rule.id for rule in read_ruleset(RULES).rules]


@pytest.fixture(scope="module")
def referrals(ruleset: RuleSet) -> list[Answers]:
    """Every example of every rule, also beside a depression, every vignette and every hard case."""
    examples = [example.given for rule in ruleset.rules for example in rule.examples if example.fires]
    written = [referral_of(case, ruleset).answers for case in (*cases_in("vignettes"), *cases_in("hard_cases"))]
    depressed: Answers = {"age_years": 30, "major_depression": "current"}
    beside = [{**depressed, **example} for example in examples]
    sound = [facts for facts in beside if not ruleset.vocabulary.contradictions(facts)]
    return [*examples, *written, *sound]


@pytest.fixture(scope="module")
def firing(ruleset: RuleSet, referrals: list[Answers]) -> dict[str, list[Answers]]:
    """For each rule, the referrals on which it fires."""
    found: dict[str, list[Answers]] = {id_: [] for id_ in IDS}
    for facts in referrals:
        for id_ in evaluate(ruleset, facts).fired:
            found[id_].append(facts)
    return found


@pytest.mark.parametrize("id_", IDS)
def test_a_rule_fires_and_an_answer_is_another_without_it(
    id_: str, ruleset: RuleSet, firing: dict[str, list[Answers]]
) -> None:
    referrals = firing[id_]
    assert referrals, "it fires on no example"
    without = replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id != id_))
    covering = ruleset.by_id[id_].covered_by
    if covering is None:
        matters = any(told(ruleset, facts) != told(without, facts) for facts in referrals)
        assert matters, "without it every answer is the same: change it, give it an example, or name what covers it"
        return
    matters = any(decided(ruleset, facts) != decided(without, facts) for facts in referrals)
    assert not matters, f"it changes an answer, so `{covering}` does not cover it"
    assert any(covering in evaluate(ruleset, facts).fired for facts in referrals)


def test_the_comparison_sees_a_rule_that_does_nothing(ruleset: RuleSet) -> None:
    """A copy under another name adds nothing, whatever the effect: else the test above would prove little."""
    for id_ in ("depression-adult", "psychosis-before-therapy", "group-adult", "focus-role-dispute"):
        rule = ruleset.by_id[id_]
        facts = next(example.given for example in rule.examples if example.fires)
        doubled = replace(ruleset, rules=(*ruleset.rules, replace(rule, id=f"{id_}-again")))
        alone = replace(ruleset, rules=tuple(each for each in ruleset.rules if each.id != id_))
        assert told(ruleset, facts) == told(doubled, facts)
        assert told(ruleset, facts) != told(alone, facts)


def told(ruleset: RuleSet, answers: Answers) -> tuple[Any, ...]:
    """What is answered: all that is decided, and what the coordinator is told to do."""
    fired = _fired(ruleset, answers)
    return decided(ruleset, answers), _actions(fired.rules, fired.so_far.level)


def decided(ruleset: RuleSet, answers: Answers) -> tuple[Any, ...]:
    """Rating, urgency, target, role, focus, formats, alternatives, advice."""
    fired = _fired(ruleset, answers)
    verdict = decide(fired, Bounds((fired.so_far.rating,), (fired.so_far.level,)))
    return (
        fired.so_far,
        frozenset(verdict.targets),
        verdict.role,
        frozenset(rule.effect.area for rule in fired.rules if isinstance(rule.effect, Focus)),
        frozenset((each.format, each.stance) for each in formats(fired)),
        frozenset((each.therapy, each.first) for each in alternatives(fired)),
        frozenset(rule.because for rule in fired.rules if isinstance(rule.effect, Advice)),
    )


def _fired(ruleset: RuleSet, answers: Answers) -> FiredRules:
    return FiredRules(ruleset, ruleset.fired(evaluate(ruleset, answers).fired), answers)


def _actions(fired: tuple[Rule, ...], level: str) -> frozenset[str]:
    """What the coordinator is told to do: the words of every rule at the level that was reached."""
    return frozenset(
        rule.effect.action for rule in fired if isinstance(rule.effect, Urgency) and rule.effect.level == level
    )
