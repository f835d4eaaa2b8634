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
