"""Rule files of more than one rule: tables, instruments, and examples in a file of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.conftest import generated
from tests.engines.small import SCALES, fact_of, rulesets
from triage.model.faults import Place
from triage.model.rule import (
    Action,
    Between,
    Condition,
    Derives,
    Effect,
    Empty,
    Example,
    Focus,
    Includes,
    Limits,
    OneOf,
    Rule,
    SourceRef,
    Supports,
    Urgency,
    effect_name,
)
from triage.model.ruleset import Instrument, RuleSet
from triage.reading.instrument_file import read_instrument
from triage.reading.rule_file import read_rules
from triage.reading.yaml_text import parse

FACTS = {
    fact.name: fact
    for fact in (
        fact_of("mood", "condition"),
        fact_of("pain", "choice"),
        fact_of("signs", "choices"),
        fact_of("total", "integer"),
        fact_of("screen", "yes_no"),
    )
}
TABLE = """\
id: steps
title: The steps of pain
status: draft
review: {by: someone, on: 2026-01-01}
then:
  urgency: {level: urgent, danger: support, action: {first: Call today., also: [naloxone]}}
because: One reason for all.
sources:
  - {id: shared}
evidence: [R01]
rows:
  - id: steps-some
    when: {pain: some}
    examples:
      - {name: some, given: {pain: some}, fires: true}
  - id: steps-much
    title: Much pain
    when:
      - {pain: much}
      - {signs: {includes: much}}
    unless: {mood: absent}
    then:
      urgency: {level: emergency, action: {first: Call now.}}
      limits: {to: possible, for: mood}
    because: Its own reason.
    sources:
      - {id: own, finding: found}
    evidence: [R02]
    covers: [steps-some]
    examples:
      - {name: much, given: {pain: much, signs: [none, unknown]}, fires: unknown}
"""


def _read(
    text: str, name: str = "rules/pain/steps.yaml", examples: str | None = None
) -> tuple[tuple[Rule, ...], list[str]]:
    beside = parse(examples, name.replace(".yaml", ".examples.yaml")) if examples is not None else None
    rules, faults = read_rules(parse(text, name), FACTS, SCALES, beside)
    return rules, [str(fault) for fault in faults]  # fmt: skip


def test_a_row_has_what_the_table_shares_and_what_is_its_own() -> None:
    (some, much), faults = _read(TABLE)
    assert faults == []
    urgent = Urgency("urgent", "support", Action("Call today.", also=("naloxone",)))
    assert some.effects == (urgent,)
    assert (some.title, some.because, some.evidence) == ("The steps of pain", "One reason for all.", ("R01",))
    assert (some.status, some.reviewed_by, some.table) == ("draft", "someone", "steps")
    assert str(some.place) == "rules/pain/steps.yaml:12:5"
    emergency = Urgency("emergency", "support", Action("Call now.", also=("naloxone",)), ("steps-some",))
    assert set(much.effects) == {emergency, Limits("possible", ("mood",))}
    assert (much.title, much.because) == ("Much pain", "Its own reason.")
    assert [source.id for source in much.sources] == ["shared", "own"]
    assert much.evidence == ("R01", "R02")
    assert much.unless == (OneOf("mood", frozenset({"absent"})),)
    assert [len(alternative) for alternative in much.when] == [1, 1]
    assert much.examples[0].given == {"pain": "much", "signs": frozenset({"none", "unknown"})}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rows:\n", "when: {pain: some}\nrows:\n",
         "rules/pain/steps.yaml:11:1: A file of `rows` has no `when` of its own. Write it in each. [structure]"),
        ("level: emergency", "level: emergenc",
         "rules/pain/steps.yaml:23:17: `emergenc` does not belong in `level` of `urgency`. Did you mean `emergency`? "
         "Allowed: routine, semi_urgent, urgent, very_urgent, emergency. [unknown-value]"),
        ("for: mood", "for: pain",
         "rules/pain/steps.yaml:24:30: `pain` does not belong in `for` of `limits`. "
         "Allowed: mood, dispute, loss, prevention. [unknown-value]"),
        ("{id: own, finding: found}", "{id: own, found: x}",
         "rules/pain/steps.yaml:27:19: `found` is not a key that belongs here. "
         "Known: `id`, `claim`, `finding`. [structure]"),
        ("signs: [none, unknown]", "signs: [non, unknown]",
         "rules/pain/steps.yaml:31:42: `non` is not a value of `signs`. Did you mean `none`? [unknown-value]"),
        ("  - id: steps-some\n    when", "  - when",
         "rules/pain/steps.yaml:12:5: `id` is missing. [structure]"),
        ("id: steps\n", "", "rules/pain/steps.yaml:1:1: `id` is missing. [structure]"),
        ("id: steps\n", "id: step\n",
         "rules/pain/steps.yaml:1:1: The id `step` is not the file's name `steps`. Rename one of the two. [id]"),
    ],
)  # fmt: skip
def test_a_fault_of_a_row_is_told_at_its_line(old: str, new: str, message: str) -> None:
    assert old in TABLE
    rules, faults = _read(TABLE.replace(old, new, 1))
    assert faults == [message]
    assert len(rules) <= 2


def test_rows_that_are_no_list_are_refused() -> None:
    assert _read("id: steps\nrows: {a: b}\n")[1] == [
        "rules/pain/steps.yaml:2:1: `rows` is a list of rules. Write one or more. [structure]"
    ]


def test_examples_may_stand_beside_the_file() -> None:
    beside = "examples:\n  steps-some:\n    - {name: none, given: {pain: none}, fires: false}\n"
    (some, _), faults = _read(TABLE, examples=beside)
    assert faults == []
    assert [example.name for example in some.examples] == ["some", "none"]
    assert str(some.examples[1].place) == "rules/pain/steps.examples.yaml:3:7"


def test_examples_of_no_rule_and_faulty_ones_are_told_in_their_own_file() -> None:
    beside = "examples:\n  steps-sme: []\n  steps-some:\n    - {name: none, given: {pai: none}, fires: false}\n"
    assert _read(TABLE, examples=beside)[1] == [
        "rules/pain/steps.examples.yaml:2:3: `steps-sme` is no rule of the file beside this one. "
        "Did you mean `steps-some`? [structure]",
        "rules/pain/steps.examples.yaml:4:28: `pai` is not a fact. Did you mean `pain`? [unknown-fact]",
    ]


INSTRUMENT = """\
id: sheet
fact: total
title: The sheet
licence: free to use
valid_for: adults
range: [0, 4]
then: {derives: {mood: suspected}}
because: Why.
sources: [{id: s}]
cut_offs:
  - id: sheet-low
    at_most: 1
    at_least: 1
    examples: [{name: one, given: {total: 1}, fires: true}]
  - id: sheet-high
    at_least: 3
    when: [{screen: yes}, {pain: much}]
    examples: [{name: three, given: {total: 3, screen: yes}, fires: true}]
"""


def _read_instrument(text: str) -> tuple[Instrument | None, tuple[Rule, ...], list[str]]:
    record, rules, faults = read_instrument(parse(text, "rules/instruments/sheet.yaml"), FACTS, SCALES)
    return record, rules, [str(fault) for fault in faults]


def test_the_cut_offs_of_an_instrument_are_rules_that_read_its_score() -> None:
    record, (low, high), faults = _read_instrument(INSTRUMENT)
    assert faults == []
    ids = ("sheet-low", "sheet-high")
    assert record == Instrument("sheet", "total", "The sheet", "free to use", "adults", (0, 4), {}, ids)
    assert low.when == ((Between("total", 1, 1),),)
    score, yes, much = Between("total", 3, 4), OneOf("screen", frozenset({"yes"})), OneOf("pain", frozenset({"much"}))
    assert high.when == ((score, yes), (score, much))
    assert (low.effects, high.table) == ((Derives("mood", "suspected"),), "sheet")


def test_a_cut_off_of_an_answer_that_is_no_number() -> None:
    text = INSTRUMENT.replace("fact: total", "fact: screen").replace("range: [0, 4]\n", "")
    text = text.replace("    at_most: 1\n    at_least: 1\n", "    is: yes\n").replace(
        "    at_least: 3\n", "    is: no\n"
    )
    _, (low, high), faults = _read_instrument(text.replace("{screen: yes}, ", ""))
    assert faults == []
    assert low.when == ((OneOf("screen", frozenset({"yes"})),),)
    assert high.when[0][0] == OneOf("screen", frozenset({"no"}))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("at_least: 3", "at_least: 33",
         "rules/instruments/sheet.yaml:16:5: `total` can't lie in 33..4. Its bounds are 0 to 4. [bound]"),
        ("    at_least: 3\n", "",
         "rules/instruments/sheet.yaml:15:5: A cut-off has a bound (`at_least`, `at_most`), or says what the answer "
         "`is`. Write one of the two. [structure]"),
        ("range: [0, 4]", "range: [0, 5]",
         "rules/instruments/sheet.yaml:6:1: The range 0 to 5 is not that of `total`. Its bounds are 0 to 4. [bound]"),
        ("fact: total", "fact: totl",
         "rules/instruments/sheet.yaml:2:1: `totl` is not a fact. Did you mean `total`? [unknown-fact]"),
        ("fact: total\n", "fact: total\nitems: [screenn]\n",
         "rules/instruments/sheet.yaml:3:9: `screenn` is not a fact. Did you mean `screen`? [unknown-fact]"),
        ("licence: free to use\n", "", "rules/instruments/sheet.yaml:1:1: `licence` is missing. [structure]"),
        ("id: sheet\n", "id: shet\n",
         "rules/instruments/sheet.yaml:1:1: The id `shet` is not the file's name `sheet`. Rename one of the two. [id]"),
    ],
)  # fmt: skip
def test_a_fault_of_an_instrument_is_told_at_its_line(old: str, new: str, message: str) -> None:
    _, _, faults = _read_instrument(INSTRUMENT.replace(old, new, 1))
    assert list(dict.fromkeys(faults)) == [message]


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=generated(60))
@given(rulesets())
def test_every_rule_that_is_written_is_read_as_the_same_rule(ruleset: RuleSet) -> None:
    for rule in ruleset.rules:
        if not _can_be_written(rule, ruleset):
            continue
        document = parse(json.dumps(_written(rule)), f"rules/any/{rule.id}.yaml")
        (read,), faults = read_rules(document, ruleset.vocabulary.facts, ruleset.scales)
        assert faults == []
        assert (read.when, read.unless, set(read.effects)) == (rule.when, rule.unless, set(_with_first(rule).effects))


def _can_be_written(rule: Rule, ruleset: RuleSet) -> bool:
    """A file's conditions are a mapping, and one that holds whatever the answer is refused."""
    once = all(
        len({condition.fact for condition in conjunction}) == len(conjunction)
        for conjunction in (*rule.when, rule.unless)
    )
    return once and not any(_holds_always(condition, ruleset) for condition in rule.conditions)


def _holds_always(condition: Condition, ruleset: RuleSet) -> bool:
    fact = ruleset.vocabulary[condition.fact]
    return isinstance(condition, Between) and (condition.low, condition.high) == (fact.minimum, fact.maximum)


def _with_first(rule: Rule) -> Rule:
    """The rule with an action, which every urgency above the lowest has."""
    effects = tuple(
        replace(effect, action=Action("Call.")) if isinstance(effect, Urgency) and effect.level != "routine" else effect
        for effect in rule.effects
    )
    return replace(rule, effects=effects, examples=(Example("any", {}, None, Place("")),), sources=(SourceRef("s"),))


def _written(rule: Rule) -> dict[str, Any]:
    """A rule as its file writes it."""
    then: dict[str, Any] = {}
    for effect in _with_first(rule).effects:
        then.setdefault(effect_name(effect), []).append(_effect(effect))
    single = ("urgency", "focus", "derives")
    return {
        "id": rule.id,
        "title": "t",
        "when": [_conjunction(alternative) for alternative in rule.when],
        **({"unless": _conjunction(rule.unless)} if rule.unless else {}),
        "then": {name: content[0] if name in single else content for name, content in then.items()},
        "because": "b",
        "sources": [{"id": "s"}],
        "examples": [{"name": "any", "given": {}, "fires": "unknown"}],
    }


def _conjunction(conjunction: tuple[Condition, ...]) -> dict[str, Any]:
    return {condition.fact: _condition(condition) for condition in conjunction}


def _condition(condition: Condition) -> Any:
    match condition:
        case OneOf(values=values):
            return sorted(values)
        case Between(low=low, high=high):
            return {"at_least": low, "at_most": high}
        case Includes(members=members):
            return {"includes_any": sorted(members)}
        case Empty(empty=empty):
            return {"empty": empty}


def _effect(effect: Effect) -> dict[str, Any]:
    match effect:
        case Supports(rating, targets, role, certainty):
            return {"rating": rating, "for": list(targets), "role": role, "certainty": certainty}
        case Limits(to=to, targets=targets, certainty=certainty, role=role):
            return {"to": to, "for": list(targets), "certainty": certainty, **({"role": role} if role else {})}
        case Urgency(level=level, danger=danger, action=action, covers=covers):
            first = {"first": action.first} if action.first else {}
            return {"level": level, "danger": danger, "covers": list(covers), "action": first}
        case Derives(fact, value):
            return {fact: value}
        case Focus(area):
            return {"area": area}
        case _:
            return {"topic": "safety"}
