"""Complete referrals counted, and expected shares: against every completion made, and against drawn referrals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.conftest import RULES, generated
from tests.engines import enumeration
from tests.engines.small import rulesets
from triage.check.drawn_referrals import drawn_referrals
from triage.engines import reference
from triage.engines.completions.counting import CompleteReferrals, Direction
from triage.engines.completions.satisfiable import Satisfiability
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import Outcome, outcome
from triage.model.fact import Fact
from triage.model.frequencies import FactFrequency, Frequencies, Shares
from triage.model.rule import Answers, Condition, OneOf, Value
from triage.model.ruleset import RuleSet
from triage.reading.frequencies_file import read_frequencies

EXAMPLE = RULES.parent / "examples" / "frequencies.yaml"
MOST = 1_500
"""How many complete referrals are made one by one at most."""


def complete(ruleset: RuleSet) -> list[tuple[dict[str, Value], Outcome]]:
    assume(sum(1 for _ in enumeration.completions(ruleset, {})) <= MOST)
    return enumeration.outcomes(ruleset, {})


@given(rulesets())
@settings(max_examples=generated(100), deadline=None)
def test_every_complete_referral_is_counted_once(ruleset: RuleSet) -> None:
    expected = Counter((comes_to.rating, comes_to.level) for _, comes_to in complete(ruleset))
    referrals = CompleteReferrals(ruleset)
    assert referrals.outcomes() == expected
    assert referrals.count == expected.total()


@given(rulesets(), st.data())
@settings(max_examples=generated(60), deadline=None)
def test_moves_between_two_rule_sets_are_counted_by_direction(ruleset: RuleSet, data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.sampled_from(ruleset.rules), unique_by=lambda rule: rule.id))
    old = replace(ruleset, rules=tuple(kept))
    expected: Counter[tuple[str, str, str]] = Counter()
    for answers, new in complete(ruleset):
        before = enumeration.outcome_of(old, answers)
        expected["rating", before.rating, new.rating] += before.rating != new.rating
        expected["urgency", before.level, new.level] += before.level != new.level
    assert CompleteReferrals(old, ruleset).moves() == +expected


@st.composite
def shares_of(draw: st.DrawFn, fact: Fact) -> Shares:
    if fact.is_integer:
        middle = draw(st.integers(fact.minimum, fact.maximum - 1))
        below = draw(st.integers(0, 10)) / 10
        return Shares(of_ranges=((fact.minimum, middle, below), (middle + 1, fact.maximum, 1 - below)))
    counts = [draw(st.integers(1, 10)) for _ in fact.values]
    total = 10 if fact.is_set else sum(counts)
    return Shares(of_values={value: count / total for value, count in zip(fact.values, counts, strict=True)})


@st.composite
def frequencies_for(draw: st.DrawFn, ruleset: RuleSet) -> Frequencies:
    """Frequencies of every fact; some depend on the first fact that is a choice."""
    facts = list(ruleset.vocabulary)
    other = next((fact for fact in facts if not (fact.asked_when or fact.is_set or fact.is_integer)), None)
    frequencies = {}
    for fact in facts:
        where: tuple[tuple[Condition, Shares], ...] = ()
        if other is not None and fact is not other and draw(st.booleans()):
            some = draw(st.frozensets(st.sampled_from(other.values), min_size=1, max_size=len(other.values) - 1))
            where = ((OneOf(other.name, some), draw(shares_of(fact))),)
        frequencies[fact.name] = FactFrequency(draw(shares_of(fact)), where)
    return frequencies


def probability(ruleset: RuleSet, frequencies: Frequencies, answers: Answers) -> float:
    """The share of one complete referral before those that contradict are left out."""
    product = 1.0
    for name, value in answers.items():
        depends_on = frequencies[name].depends_on
        shares = frequencies[name].shares_given(answers[depends_on] if depends_on else None)
        if isinstance(value, frozenset):
            for member in ruleset.vocabulary[name].values:
                product *= shares.of_values[member] if member in value else 1 - shares.of_values[member]
        else:
            product *= shares.of(value)
    return product


@given(rulesets(), st.data())
@settings(max_examples=generated(100), deadline=None)
def test_expected_shares_are_those_of_all_complete_referrals(ruleset: RuleSet, data: st.DataObject) -> None:
    done = complete(ruleset)
    frequencies = data.draw(frequencies_for(ruleset))
    expected: dict[tuple[str, str], float] = {}
    for answers, comes_to in done:
        key = (comes_to.rating, comes_to.level)
        expected[key] = expected.get(key, 0.0) + probability(ruleset, frequencies, answers)
    total = sum(expected.values())
    assume(total > 0)
    by_diagram = CompleteReferrals(ruleset).shares(frequencies)
    for key in expected.keys() | by_diagram.keys():
        assert by_diagram.get(key, 0.0) == pytest.approx(expected.get(key, 0.0) / total, abs=1e-9)


QUICK_AND_DEEP = pytest.mark.parametrize(
    ("count", "within"),
    [(2_000, 0.03), pytest.param(40_000, 0.01, marks=[pytest.mark.deep, pytest.mark.timeout(0)])],
)
"""How many referrals are drawn, and within what the shares of them are to be those expected."""


def outcome_by(evaluator: IndexedEvaluator, complete: Answers) -> Outcome:
    ruleset = evaluator.ruleset
    return outcome(ruleset, ruleset.fired(evaluator.evaluate(complete).fired), complete)


def agree(expected: Mapping[Any, float], drawn: Counter[Any], count: int, within: float) -> None:
    for key in expected.keys() | drawn.keys():
        assert expected.get(key, 0.0) == pytest.approx(drawn[key] / count, abs=within), key


@QUICK_AND_DEEP
def test_expected_shares_agree_with_drawn_referrals(ruleset: RuleSet, count: int, within: float) -> None:
    frequencies = read_frequencies(EXAMPLE, ruleset.vocabulary)
    evaluator = IndexedEvaluator(ruleset)
    drawn: Counter[tuple[str, str]] = Counter()
    for answers in drawn_referrals(ruleset.vocabulary, frequencies, count, seed=21):
        comes_to = outcome_by(evaluator, answers)
        drawn[comes_to.rating, comes_to.level] += 1
    expected = CompleteReferrals(ruleset).shares(frequencies)
    assert sum(expected.values()) == pytest.approx(1)
    agree(expected, drawn, count, within)


@QUICK_AND_DEEP
def test_expected_moves_agree_with_drawn_referrals(ruleset: RuleSet, count: int, within: float) -> None:
    """Between the published rules and those of them that are left without one deciding rule in seven."""
    frequencies = read_frequencies(EXAMPLE, ruleset.vocabulary)
    left_out = {rule.id for rule in ruleset.deciding[::7]}
    fewer = replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id not in left_out))
    before, after = IndexedEvaluator(fewer), IndexedEvaluator(ruleset)
    drawn: Counter[Direction] = Counter()
    for answers in drawn_referrals(ruleset.vocabulary, frequencies, count, seed=22):
        old, new = outcome_by(before, answers), outcome_by(after, answers)
        drawn["rating", old.rating, new.rating] += old.rating != new.rating
        drawn["urgency", old.level, new.level] += old.level != new.level
    expected = CompleteReferrals(fewer, ruleset).expected_moves(frequencies)
    assert {scale for scale, _, _ in expected} == {"rating", "urgency"}
    assert sum(expected.values()) > within, "so many move that it shows"
    agree(expected, drawn, count, within)


def test_each_count_of_the_example_names_a_source_or_calls_itself_a_guess() -> None:
    rows = yaml.safe_load(Path(EXAMPLE).read_text(encoding="utf-8"))["facts"]
    assert [name for name, row in rows.items() if ("source" in row) is ("guess" in row)] == []


def given_unasked(ruleset: RuleSet) -> list[Answers]:
    """Answers to facts that count as asked by them: none, and each combination of such answers."""
    counting = [fact for fact in ruleset.vocabulary.gated if fact.can_be_core]
    choices = [[None, *(value for value in enumeration.values_of(fact) if value != fact.neutral)] for fact in counting]
    combined = [zip(counting, choice, strict=True) for choice in product(*choices)]
    return [{fact.name: value for fact, value in choice if value is not None} for choice in combined]


def complete_with(ruleset: RuleSet, given: Answers) -> list[Answers]:
    referrals: list[Answers] = list(islice(enumeration.completions(ruleset, given), MOST + 1))
    assume(len(referrals) <= MOST)
    return referrals


@given(rulesets())
@settings(max_examples=generated(100), deadline=None)
def test_an_alternative_can_hold_where_some_complete_referral_makes_it(ruleset: RuleSet) -> None:
    done = [whole for given in given_unasked(ruleset) for whole in complete_with(ruleset, given)]
    satisfiability = Satisfiability(ruleset.vocabulary, ruleset.rules)
    for rule in ruleset.rules:
        for alternative in rule.when:
            alone = replace(rule, when=(alternative,))
            holding = any(reference.rule_truth(alone, ruleset.vocabulary, answers) for answers in done)
            assert satisfiability.can_hold(alternative, rule.unless) is holding
