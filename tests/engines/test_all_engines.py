"""Reference, indexed evaluator, live engine, completions and solver together, on the same generated referrals.

The rule sets and referrals are those of ``small.py``: they use the whole rule language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.plain import Plain
from tests.analysis.test_formulas import cut_at_stretches, formulas_agree
from tests.conftest import generated
from tests.engines import enumeration
from tests.engines.small import random_referral, rulesets
from triage.analysis.formulas import Search, solving
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables, search_among
from triage.engines import reference
from triage.engines.completions.engine import Completions, NoCompletion
from triage.engines.indexed import IndexedEvaluator
from triage.engines.rete.engine import ReteEngine
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet

FEW = 30
"""So many completions may be compared pair by pair, for the questions."""
SOME = 200
"""So many completions may be made one by one, for the bounds; where there are more, z3 gives the bounds."""


class AllEngines:
    """All engines of one rule set, held against the reference, and how many different referrals were compared.

    The reference reads the rules of ``meant`` in its own order, if that is given: the same rules in another one.
    """

    def __init__(self, ruleset: RuleSet, meant: RuleSet | None = None) -> None:
        self._ruleset = meant or ruleset
        self._indexed, self._live = IndexedEvaluator(ruleset), ReteEngine(ruleset)
        self._completions, self._plain = Completions(ruleset), Plain(ruleset)
        self._symbolic = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset]))
        self._search: Search = search_among(self._symbolic.variables)
        self._compared: set[frozenset[object]] = set()

    def compare(self, random: Random, referrals: int) -> int:
        """Compare all engines on so many random referrals; the number of different ones."""
        try:
            for _ in range(referrals):
                answers = _shuffled(random_referral(self._ruleset, random).answers, random)
                key = frozenset(answers.items())
                if key not in self._compared:
                    self._compared.add(key)
                    self._agree(answers)
        finally:
            self._live.close()
        return len(self._compared)

    def _agree(self, answers: Answers) -> None:
        meant = reference.evaluate(self._ruleset, answers)
        assert self._indexed.evaluate(answers) == meant, answers
        assert self._live.fired(answers) == meant.fired, answers
        self._completions_agree(answers)
        pinned = cut_at_stretches(self._symbolic.variables, answers)
        if not self._ruleset.vocabulary.contradictions(pinned):
            formulas_agree(self._ruleset, self._symbolic, self._search, pinned)

    def _completions_agree(self, answers: Answers) -> None:
        number = sum(1 for _ in islice(enumeration.completions(self._ruleset, answers), SOME + 1))
        if number == 0:
            with pytest.raises(NoCompletion):
                self._completions.of(answers)
        elif number <= FEW:
            enumeration.agrees(self._ruleset, answers, self._completions)
        else:
            bounds = self._completions.bounds(answers)
            if number <= SOME:
                possible = enumeration.possible(self._ruleset, enumeration.outcomes(self._ruleset, answers))
                assert (bounds.suitability, bounds.urgency) == possible, answers
            else:
                assert bounds == self._plain.bounds(answers), answers


def _shuffled(answers: Answers, random: Random) -> Answers:
    return dict(random.sample([*answers.items()], len(answers)))


def _compared(ruleset: RuleSet, seed: int, referrals: int) -> int:
    with solving:
        return AllEngines(ruleset).compare(Random(seed), referrals)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=generated(80))
@given(rulesets(), st.integers(0, 2**32))
def test_all_engines_agree(ruleset: RuleSet, seed: int) -> None:
    assert _compared(ruleset, seed, referrals=25)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=generated(20))
@given(rulesets(), st.randoms(use_true_random=False))
def test_the_order_of_rules_and_answers_changes_nothing_for_any_engine(ruleset: RuleSet, random: Random) -> None:
    shuffled = replace(ruleset, rules=tuple(random.sample(ruleset.rules, len(ruleset.rules))))
    with solving:
        assert AllEngines(shuffled, meant=ruleset).compare(random, 10)


@pytest.mark.deep
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(5))
def test_all_engines_agree_on_a_hundred_thousand_referrals(
    part: int, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Twenty thousand different referrals in each of five parts, which may run side by side."""
    total = 0

    @settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=200, database=None)
    @given(rulesets(), st.integers(0, 2**32))
    def compare(ruleset: RuleSet, seed: int) -> None:
        nonlocal total
        total += _compared(ruleset, seed + part, referrals=200)

    compare()
    record_testsuite_property(f"different referrals of part {part}", total)
    assert total >= 20_000
