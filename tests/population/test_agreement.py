"""The columns of a plan mean what the reference, the decision and the offers mean, whatever the rule set."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import generated
from tests.engines.small import rulesets
from tests.population.agreement import by_polars, differences, random_referrals
from tests.population.million import ENGINES, REFERRALS, count_all_differences
from triage.model.ruleset import RuleSet

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=generated(25))


@QUICK
@given(rulesets(most_facts=6, most_rules=10), st.integers(0, 2**32), st.booleans())
def test_generated_rules_mean_the_same_as_columns(ruleset: RuleSet, seed: int, eliminating: bool) -> None:
    referrals = random_referrals(ruleset, 60, seed)
    assert not differences(ruleset, referrals, by_polars(ruleset, referrals, eliminating=eliminating))


@pytest.mark.parametrize("eliminating", [True, False])
def test_the_published_rules_mean_the_same_as_columns(ruleset: RuleSet, eliminating: bool) -> None:
    referrals = random_referrals(ruleset, 1_000, seed=eliminating)
    assert not differences(ruleset, referrals, by_polars(ruleset, referrals, eliminating=eliminating))


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_a_million_referrals_of_the_published_rules_mean_the_same_on_every_engine() -> None:
    total = count_all_differences(1_000_000, processes=2)
    assert dict(total) == {REFERRALS: 1_000_000, **dict.fromkeys(ENGINES, 0)}
