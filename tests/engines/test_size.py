"""How large the decision diagram is: the published count, the order of the facts, and the limit at load."""

from __future__ import annotations

import pytest

from triage.check import size
from triage.engines.completions.diagram import DiagramTooLarge
from triage.engines.completions.engine import MOST_NODES, Completions
from triage.engines.completions.order import good_order, published_order
from triage.model.rule import Answers, Rule
from triage.model.ruleset import RuleSet

MOST_PUBLISHED = 2_100
"""1,653 nodes when the order was found. Where a change of the rules passes this, run ``python -m bench order``."""


def test_the_diagram_of_the_published_rules_stays_small(ruleset: RuleSet) -> None:
    assert 0 < Completions(ruleset).size <= MOST_PUBLISHED


def test_the_published_order_names_facts_that_there_are(ruleset: RuleSet) -> None:
    order = published_order()
    assert len(order) == len(set(order))
    assert set(order) <= set(ruleset.vocabulary.facts)


def test_another_order_gives_the_same_answers(ruleset: RuleSet) -> None:
    answers: Answers = {"age_years": 30, "major_depression": "current"}
    other = Completions(ruleset, order=published_order()[::-1])
    assert list(other.levels.facts) != list(Completions(ruleset).levels.facts)
    assert other.of(answers) == Completions(ruleset).of(answers)


def test_without_a_published_order_facts_read_together_come_to_stand_together() -> None:
    together = [frozenset(pair) for pair in ("ax", "by", "cz")]
    order = good_order("abcxyz", together)
    assert all(abs(order.index(one) - order.index(other)) == 1 for one, other in together)


def test_a_fact_that_is_not_in_the_published_order_stands_beside_those_that_it_is_read_with() -> None:
    assert good_order("abcn", [frozenset("nb")], published="cba") == ("c", "b", "n", "a")
    assert good_order("abn", [], published="ba") == ("b", "a", "n"), "read with none of them"


def test_a_rule_set_that_grows_beyond_the_limit_is_refused_with_the_rules_that_meet_most(ruleset: RuleSet) -> None:
    with pytest.raises(DiagramTooLarge, match=r"^The decision diagram has more than 500 nodes\.$"):
        Completions(ruleset, most_nodes=500)
    (fault,) = size.check(ruleset, most_nodes=500)
    named = ", ".join(f"`{rule.id}` ({count})" for rule, count in _by_hand(ruleset))
    assert fault.message == (
        f"The decision diagram has more than 500 nodes. These share facts with most other rules: {named}."
    )
    assert fault.fix == "Split them into rules that read fewer facts."
    first = _by_hand(ruleset)[0][0]
    assert fault.place.file.endswith(f"{first.table or first.id}.yaml")


def _by_hand(ruleset: RuleSet) -> list[tuple[Rule, int]]:
    counts = []
    for rule in ruleset.deciding:
        meeting = [other for other in ruleset.deciding if set(other.facts) & set(rule.facts) and other.id != rule.id]
        counts.append((rule, len(meeting)))
    return sorted(counts, key=lambda counted: (-counted[1], counted[0].id))[:3]


def test_the_published_rules_are_far_below_the_limit(ruleset: RuleSet) -> None:
    assert list(size.check(ruleset)) == []
    Completions(ruleset, most_nodes=MOST_NODES // 5)
