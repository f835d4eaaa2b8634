"""The formulas against the reference: the same rules fire, the same outcome comes, on referrals of every kind."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.referrals import partial_referrals
from tests.engines.small import random_referral, rulesets
from triage.analysis.formulas import Search, holding, no, solving
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables, search_among
from triage.engines import reference
from triage.engines.floors import floors
from triage.engines.outcome import standing
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet


def formulas_agree(ruleset: RuleSet, symbolic: Symbolic, search: Search, answers: Answers) -> None:
    """Pin the answers: the one model must fire what the reference fires, and come to the same standing and no other."""
    model: Any = search.model(symbolic.variables.is_given(answers, and_no_other=True))
    assert model is not None, "the reader lets this referral in"
    assert symbolic.replay(model) == answers
    evaluation = reference.evaluate(ruleset, answers)
    truly = standing(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)
    roles, certainties = ([term.id for term in terms] for terms in (ruleset.scales.roles, ruleset.scales.certainties))
    by_target = {rating.target: rating for rating in truly.targets}
    for target in symbolic.supported_targets:
        own = by_target.get(target)
        assert holding(model, [symbolic.role_is(target, role) for role in roles]) == bool(own and own.role)
        certain = [symbolic.certainty_is(target, certainty) for certainty in certainties]
        assert holding(model, certain) == bool(own and own.certainty)
    assert holding(model, map(symbolic.rating_is, ruleset.scales.rating_ids)) == 1
    assert holding(model, map(symbolic.level_is, ruleset.scales.urgency_ids)) == 1
    assert holding(model, [symbolic.capped]) == truly.capped
    _reports(ruleset, symbolic, model, answers, truly.level)


def _reports(ruleset: RuleSet, symbolic: Symbolic, model: Any, answers: Answers, level: str) -> None:
    """The level that is reported, floors included, is the reference's."""
    held = floors(ruleset, ruleset.vocabulary.core_unanswered(answers), answers)
    rank = ruleset.scales.urgency_rank
    reported = max((rank(level), *(rank(floor.level) for floor in held)))
    at_levels = map(symbolic.reported_at_least, ruleset.scales.urgency_ids)
    assert holding(model, at_levels) == reported + 1


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)
@given(rulesets(), st.integers(0, 2**32))
def test_generated_rule_sets_mean_the_same(ruleset: RuleSet, seed: int) -> None:
    _all_agree(ruleset, seed, referrals=8)


@pytest.mark.deep
@pytest.mark.timeout(0)
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=500)
@given(rulesets(most_facts=7, most_rules=16), st.integers(0, 2**32))
def test_larger_rule_sets_mean_the_same(ruleset: RuleSet, seed: int) -> None:
    _all_agree(ruleset, seed, referrals=40)


def _all_agree(ruleset: RuleSet, seed: int, referrals: int) -> None:
    random = Random(seed)
    with solving:
        symbolic = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset]))
        search = search_among(symbolic.variables)
        for _ in range(referrals):
            answers = random_referral(ruleset, random).answers
            formulas_agree(ruleset, symbolic, search, cut_at_stretches(symbolic.variables, answers))


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)
@given(rulesets(), st.integers(0, 2**32))
def test_more_is_known_only_where_an_answer_was_added_or_a_set_closed(ruleset: RuleSet, seed: int) -> None:
    random = Random(seed)
    vocabulary = ruleset.vocabulary
    with solving:
        one, other = (Variables(vocabulary, [ruleset], prefix) for prefix in ("a ", "b "))
        search = search_among(one, other)
        for _ in range(4):
            before, after = (cut_at_stretches(one, random_referral(ruleset, random).answers) for _ in range(2))
            pinned = (one.is_given(before, and_no_other=True), other.is_given(after, and_no_other=True))
            for name in vocabulary.facts:
                kept = one.kept_in(other, name)
                expected = _knows_as_much(before.get(name), after.get(name))
                assert (search.model(*pinned, kept) is not None) == expected
                assert (search.model(*pinned, no(kept)) is not None) != expected


def _knows_as_much(before: Any, after: Any) -> bool:
    """Whether what was known before is known after, beside perhaps more."""
    if before is None or before == after:
        return True
    return isinstance(before, frozenset) and "unknown" in before and before - {"unknown"} <= (after or frozenset())


@pytest.mark.parametrize("answered", [0, 0.1, 0.4, 0.8, 1])
def test_the_published_rules_mean_the_same(ruleset: RuleSet, answered: float) -> None:
    with solving:
        symbolic = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset]))
        search = search_among(symbolic.variables)
        for facts in partial_referrals(ruleset, 25, answered):
            pinned = cut_at_stretches(symbolic.variables, facts)
            if not ruleset.vocabulary.contradictions(pinned):
                formulas_agree(ruleset, symbolic, search, pinned)


def cut_at_stretches(variables: Variables, answers: Answers) -> dict[str, Any]:
    """The same referral with each number at the start of its stretch, which is how a model is read back."""
    bounds: dict[str, Any] = {}
    for name, value in answers.items():
        stretches = variables.values[name]
        bounds[name] = next(low for low, high in stretches if low <= value <= high) if isinstance(value, int) else value
    return bounds
