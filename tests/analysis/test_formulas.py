"""The formulas against the reference: the same rules fire, the same outcome comes, on referrals of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.referrals import partial_referrals
from tests.conftest import generated
from tests.engines.small import referrals
from tests.engines.test_rete import deriving_rulesets
from triage.analysis.formulas import Search, every, solving
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables, search_among
from triage.engines import reference
from triage.engines.outcome import outcome
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet


def _agrees(ruleset: RuleSet, symbolic: Symbolic, search: Search, answers: Answers) -> None:
    """Pin the answers: the one model must fire what the reference fires, and come to the same outcome."""
    model: Any = search.model(symbolic.variables.is_given(answers, and_no_other=True))
    assert model is not None, "the reader lets this referral in"
    symbolic.replay(model)
    so_far = outcome(ruleset.fired(reference.evaluate(ruleset, answers).fired), ruleset.scales)
    told = every((symbolic.rating_is(so_far.rating), symbolic.level_at_least(so_far.level)))
    assert search.model(symbolic.variables.is_given(answers, and_no_other=True), told) is not None
    higher = ruleset.scales.urgency_rank(so_far.level) + 1
    if higher < len(ruleset.scales.urgency_ids):
        above = symbolic.level_at_least(ruleset.scales.urgency_ids[higher])
        assert search.model(symbolic.variables.is_given(answers, and_no_other=True), above) is None


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=generated(60))
@given(st.data())
def test_generated_rule_sets_mean_the_same(data: st.DataObject) -> None:
    ruleset = data.draw(deriving_rulesets())
    with solving:
        symbolic = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset]))
        search = search_among(symbolic.variables)
        for _ in range(4):
            _agrees(ruleset, symbolic, search, data.draw(referrals(ruleset)))


@pytest.mark.parametrize("answered", [0, 0.1, 0.4, 0.8, 1])
def test_the_published_rules_mean_the_same(ruleset: RuleSet, answered: float) -> None:
    with solving:
        symbolic = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset]))
        search = search_among(symbolic.variables)
        for facts in partial_referrals(ruleset, 25, answered):
            pinned = _cut(symbolic, facts)
            if not ruleset.vocabulary.contradictions(pinned):
                _agrees(ruleset, symbolic, search, pinned)


def _cut(symbolic: Symbolic, answers: Answers) -> dict[str, Any]:
    """The same referral with each number at the start of its stretch, which is how a model is read back."""
    found: dict[str, Any] = {}
    for name, value in answers.items():
        stretches = symbolic.variables.values[name]
        found[name] = next(low for low, high in stretches if low <= value <= high) if isinstance(value, int) else value
    return found
