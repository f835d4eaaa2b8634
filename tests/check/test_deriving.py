"""Two values for one fact, and a question not always asked: what the reading of files mostly refuses before."""

from __future__ import annotations

from dataclasses import replace

from triage.check import deriving, wording
from triage.model.about import Wording
from triage.model.rule import Derives, OneOf, Rule, SourceRef
from triage.model.ruleset import RuleSet


def _derives(id_: str, fact: str, value: str) -> Rule:
    when = ((OneOf("crowded", frozenset({"yes"})),),)
    return Rule(id_, id_, when, (), (Derives(fact, value),), "Because.", (SourceRef("house-rules"),))


def _told(ruleset: RuleSet, *rules: Rule) -> list[str]:
    return [str(fault) for fault in deriving.check(replace(ruleset, rules=rules, all_rules=rules))]


def test_two_values_for_one_fact_are_told_at_the_second(fixture_rules: RuleSet) -> None:
    rules = (_derives("a", "canker", "suspected"), _derives("b", "canker", "remitted"))
    assert [message.partition(": ")[2] for message in _told(fixture_rules, *rules)] == [
        "`b` derives `canker: remitted` where `a` derives `suspected`. "
        "Two rules can't derive different values. [derives-clash]"
    ]
    assert _told(fixture_rules, rules[0], replace(rules[0], id="c")) == []


def test_a_question_that_is_only_sometimes_asked_is_derived_by_nothing(fixture_rules: RuleSet) -> None:
    assert [message.partition(": ")[2] for message in _told(fixture_rules, _derives("a", "severity", "mild"))] == [
        "`severity` is only sometimes asked, so nothing may derive it. [derives-gated]"
    ]


def test_a_rule_set_without_a_list_of_words_says_what_it_likes(fixture_rules: RuleSet) -> None:
    rule = replace(fixture_rules.by_id["falling"], title="A high risk, 50 litres, 12 visits: stop watering.")
    about = fixture_rules.about
    assert about is not None
    silent = replace(fixture_rules, all_rules=(rule,), about=replace(about, wording=Wording()))
    assert list(wording.check(silent)) == []
    assert len(list(wording.check(replace(fixture_rules, all_rules=(rule,))))) == 3
