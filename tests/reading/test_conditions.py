"""Each way of writing a condition, and what it is read as."""

from __future__ import annotations

from typing import Any

import pytest

from triage.model.rule import Between, Condition, Empty, Includes, OneOf
from triage.model.ruleset import RuleSet
from triage.reading.conditions import Reader
from triage.reading.yaml_text import parse

WRITTEN: tuple[tuple[str, list[Condition | None], list[str]], ...] = (
    ("age_years: 6", [Between("age_years", 6, 6)], []),
    ("age_years: 0", [Between("age_years", 0, 0)], []),
    ("age_years: {at_least: 6}", [Between("age_years", 6, 120)], []),
    ("age_years: {at_most: 6}", [Between("age_years", 0, 6)], []),
    ("age_years: {at_least: 6, at_most: 9}", [Between("age_years", 6, 9)], []),
    ("age_years: {at_least: 6, at_most: 6}", [Between("age_years", 6, 6)], []),
    ("crowded: yes", [OneOf("crowded", frozenset({"yes"}))], []),
    ("lean: [slight, falling]", [OneOf("lean", frozenset({"slight", "falling"}))], []),
    ("lean: {at_least: slight}", [OneOf("lean", frozenset({"slight", "falling"}))], []),
    ("lean: {at_most: slight}", [OneOf("lean", frozenset({"none", "slight"}))], []),
    ("bark: {at_least: patches, at_most: half}", [OneOf("bark", frozenset({"patches", "half"}))], []),
    ("pests: {includes: mites}", [Includes("pests", frozenset({"mites"}))], []),
    ("pests: {includes_any: [mites, aphids]}", [Includes("pests", frozenset({"mites", "aphids"}))], []),
    ("pests: {includes_all: [mites, aphids]}",
     [Includes("pests", frozenset({"mites"})), Includes("pests", frozenset({"aphids"}))], []),
    ("pests: {empty: true}", [Empty("pests", empty=True)], []),
    ("pests: {empty: false}", [Empty("pests", empty=False)], []),
    ("age_years: six", [None], ["`six` is not a number for `age_years`. "
                                "Write a number, or `{at_least: n, at_most: m}`. [unknown-value]"]),
    ("age_years: true", [None], ["`true` is not a number for `age_years`. "
                                 "Write a number, or `{at_least: n, at_most: m}`. [unknown-value]"]),
    ("age_years: 121", [None], ["`age_years` can't lie in 121..121. Its bounds are 0 to 120. [bound]"]),
    ("age_years: {at_least: 9, at_most: 6}", [None],
     ["`age_years` can't lie in 9..6. Its bounds are 0 to 120. [bound]"]),
    ("age_years: {at_least: true}", [None], ["The bound `true` is not a whole number. Write a number. [bound]"]),
    ("age_years: {at_least: 0}", [Between("age_years", 0, 120)],
     ["This holds whatever the answer to `age_years` is. Leave the condition out, or name fewer values. [bound]"]),
    ("lean: {at_most: falling}", [OneOf("lean", frozenset({"none", "slight", "falling"}))],
     ["This holds whatever the answer to `lean` is. Leave the condition out, or name fewer values. [bound]"]),
    ("lean: [none, slight, falling]", [OneOf("lean", frozenset({"none", "slight", "falling"}))],
     ["This holds whatever the answer to `lean` is. Leave the condition out, or name fewer values. [bound]"]),
    ("lean: {at_least: falling, at_most: none}", [None],
     ["No value of `lean` lies between these bounds. Swap them. [bound]"]),
    ("lean: {at_least: fallin}", [None],
     ["`fallin` is not a value of `lean`. Did you mean `falling`? [unknown-value]"]),
    ("lean: {}", [None], ["`lean` has no test. Known: `at_least`, `at_most`. [condition]"]),
    ("lean: {at_least: slight, includes: slight}", [None],
     ["`includes` is not a test for `lean`. Known: `at_least`, `at_most`. [condition]"]),
    ("nesting: {at_least: breeding}", [None],
     ["The values of `nesting` have no order. List the values that are meant. [bound]"]),
    ("crowded: true", [None], ["`true` is not a value of `crowded`. Write `yes`. [unknown-value]"]),
    ("crowded: []", [None], ["`crowded` has an empty list of values. Name a value. [condition]"]),
    ("pests: mites", [None], ["`pests` is a set and can't equal a bare value. Write `{includes: mites}`. [condition]"]),
    ("pests: [mites]", [None],
     ["`pests` is a set and can't equal a bare value. Write `{includes_any: [...]}`. [condition]"]),
    ("pests: {includes: mites, empty: false}", [None], ["`pests` has more than one test. Write one test. [condition]"]),
    ("pests: {empty: no}", [None], ["`empty` is `true` or `false`. Write `{empty: true}`. [condition]"]),
    ("pests: {includes_all: [mites]}", [],
     ["`includes_all` lists two members or more. Write `{includes: x}` for one. [condition]"]),
    ("pests: {includes: mits}", [None], ["`mits` is not a value of `pests`. Did you mean `mites`? [unknown-value]"]),
    ("pest: {includes: mites}", [None], ["`pest` is not a fact. Did you mean `pests`? [unknown-fact]"]),
    ("quite_other: yes", [None],
     ["`quite_other` is not a fact. The facts are listed in rules/vocabulary.yaml. [unknown-fact]"]),
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "faults"), WRITTEN, ids=[text for text, *_ in WRITTEN])
def test_a_condition_is_read_as_it_is_written(
    text: str, expected: list[Condition | None], faults: list[str], fixture_rules: RuleSet
) -> None:
    document = parse(text, "rule.yaml")
    reader = Reader(document, fixture_rules.vocabulary.facts)
    ((name, written),) = document.data.items()
    assert reader.conditions(name, written, (name,)) == expected
    assert [str(fault).partition(" ")[2] for fault in reader.faults] == faults


def test_a_set_with_all_of_several_members_stands_under_no_unless(fixture_rules: RuleSet) -> None:
    document = parse("unless: {pests: {includes_all: [mites, aphids]}}", "rule.yaml")
    reader = Reader(document, fixture_rules.vocabulary.facts)
    data: Any = document.data["unless"]
    assert reader.conjunction(data, ("unless",)) == ()
    assert [str(fault) for fault in reader.faults] == [
        "rule.yaml:1:18: `includes_all` can't stand under `unless`, where any one condition is enough. "
        "Make a rule of its own for it. [condition]"
    ]
