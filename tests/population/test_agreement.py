"""The columns of a plan mean what the reference, the decision and the offers mean, whatever the rule set."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import generated
from tests.engines.small import rulesets
from tests.population.agreement import by_polars, differences, meant, random_referrals
from tests.population.million import (
    DIFFER,
    ENGINES,
    RATED,
    SPARK,
    Chunk,
    count_all_differences,
    count_differing,
    expected_outcomes,
)
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
    million, on_spark = 1_000_000, 100_000
    total = count_all_differences(million, 2, on_spark)
    rated = {name: on_spark if name == SPARK else million for name in ENGINES}
    assert {name: total[name, RATED] for name in ENGINES} == rated
    assert {name: total[name, DIFFER] for name in ENGINES} == dict.fromkeys(ENGINES, 0)


def test_each_difference_of_an_engine_is_counted(ruleset: RuleSet) -> None:
    given = random_referrals(ruleset, 50, seed=3)
    expected = expected_outcomes([meant(ruleset, referral) for referral in given])
    rated = ENGINES["Polars"][0](Chunk(given, Path()))
    assert count_differing(expected, rated) == 0
    sound = expected["refused"].not_().sum()
    assert 0 < sound < len(given)
    for name, dtype in rated.schema.items():
        changed = (
            ~pl.col(name)
            if dtype == pl.Boolean
            else pl.concat_str(pl.col(name).cast(pl.String).fill_null(""), pl.lit("x")).alias(name)
        )
        assert count_differing(expected, rated.with_columns(changed)) == (len(given) if name == "refused" else sound)
