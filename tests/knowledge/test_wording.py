"""What a coordinator reads is short, plain and free of the words that nobody says on the telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import pytest

from tests.knowledge.composed import FILE, text_of
from triage.answer.actions import Actions
from triage.answer.decide import Level
from triage.answer.fired_rules import FiredRules
from triage.check.reading_age import GRADE, actions_of, grade, reading_age, texts_of
from triage.engines.outcome import Bounds
from triage.model.rule import NO_ACTION, Rule
from triage.model.ruleset import RuleSet

MOST_WORDS = {"first": 10, "do": 11, "ask": 10}
RULED_OUT = re.compile(
    r"\b(informants?|by voice|page|voicemail|portal|elation|QT|ego-dystonic|(low|medium|high)[ -]risk)\b", re.IGNORECASE
)
FIGURE = re.compile(r"\d+")
CLOCK = re.compile(r"\b(\d+) (?:business )?(?:hours?|days?)\b")


TIMES = {"semi_urgent": r"\b72 hours", "urgent": r"\btoday\b|\b24 hours", "very_urgent": r"\b(1|the) hour\b|\b4 hours"}
"""How the levels below an emergency name their time."""


def _words(text: str) -> int:
    return len(text.split())


def _helps(ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    for group in ruleset.vocabulary.groups:
        yield group.id, group.help
    for fact in ruleset.vocabulary:
        yield fact.name, fact.help
        for value, label in fact.labels.items():
            yield f"{fact.name}: {value}", label.help


def _examples(ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    for fact in ruleset.vocabulary:
        for value, label in fact.labels.items():
            yield f"{fact.name}: {value}", label.example_yes
            yield f"{fact.name}: {value}", label.example_no


def test_the_grade_is_that_of_the_formula() -> None:
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert grade("Psychopathological considerations predominate.") > 20


def test_a_help_has_at_most_thirty_words_or_sixty_where_it_lists_figures(ruleset: RuleSet) -> None:
    most = {name: 60 if len(FIGURE.findall(text)) > 3 else 30 for name, text in _helps(ruleset)}
    assert not {name: _words(text) for name, text in _helps(ruleset) if _words(text) > most[name]}


def test_every_question_says_what_counts(ruleset: RuleSet) -> None:
    assert not [fact.name for fact in ruleset.vocabulary if not fact.help]


def test_an_example_stands_on_both_sides_or_on_none(ruleset: RuleSet) -> None:
    for fact in ruleset.vocabulary:
        for value, label in fact.labels.items():
            assert bool(label.example_yes) is bool(label.example_no), (fact.name, value)


def test_what_a_coordinator_reads_has_none_of_the_words_ruled_out(ruleset: RuleSet) -> None:
    assert not {text.name: text.text for text in texts_of(ruleset) if RULED_OUT.search(text.text)}


def test_what_a_coordinator_reads_is_about_grade_eight_or_below(ruleset: RuleSet) -> None:
    """A condition keeps its name, however long: a question that is only a diagnosis is left out."""
    measured = reading_age(ruleset)
    assert measured.mean <= GRADE
    assert not [(text.name, text.text) for text in measured.too_hard]


def test_no_exception_is_named_that_is_none(ruleset: RuleSet) -> None:
    assert ruleset.about
    assert {*ruleset.about.wording.may_be_harder} == {text.name for text in reading_age(ruleset).hard}


def test_an_action_is_short_enough_to_be_read_out(ruleset: RuleSet) -> None:
    for name, action in actions_of(ruleset):
        assert _words(action.first) <= MOST_WORDS["first"], name
        assert all(_words(line) <= MOST_WORDS["do"] for line in action.do), name
        assert all(_words(question) <= MOST_WORDS["ask"] for question in action.ask), name


def test_an_action_names_no_clock_but_that_of_its_level(ruleset: RuleSet) -> None:
    own = {term.id: set(re.findall(r"\d+", str(term.respond_within))) for term in ruleset.scales.urgencies}
    levels = [(term.id, term.id, term.action) for term in ruleset.scales.urgencies]
    rules = [(rule.id, rule.urgency.level, rule.urgency.action) for rule in ruleset.rules if rule.urgency]
    for name, level, action in levels + rules:
        for text in (action.first, *action.do, *action.ask, *action.more):
            assert set(CLOCK.findall(text)) <= own[level], (name, text)


def test_whatever_two_rules_fire_the_answer_names_no_clock_of_a_lower_level(ruleset: RuleSet) -> None:
    scales = ruleset.scales
    urgent = [rule for rule in ruleset.rules if rule.urgency and rule.urgency.level != scales.urgency_ids[0]]
    actions, core = Actions(scales, {}), ruleset.vocabulary.core_unanswered({})
    by_rank = sorted(urgent, key=lambda rule: scales.urgency_rank(_level(rule)))
    for lower, higher in combinations(by_rank, 2):
        level, below = _level(higher), _level(lower)
        if level == below:
            continue
        fired = FiredRules(ruleset, (higher, lower), {}, missing=core)
        action = actions.urgency_part(fired, Level(level, "sorted"), Bounds(("possible",), (level,))).action
        late = [line for line in action.more if re.search(TIMES[below], line)]
        assert {*late} <= {*_lines(higher)}, (higher.id, lower.id)


def _level(rule: Rule) -> str:
    return rule.urgency.level if rule.urgency else ""


def _lines(rule: Rule) -> tuple[str, ...]:
    action = rule.urgency.action if rule.urgency else NO_ACTION
    return (action.first, *action.do, *action.ask, *action.more)


def test_the_reason_of_an_urgency_is_short_and_plain(ruleset: RuleSet) -> None:
    reasons = {rule.id: rule.because for rule in ruleset.rules if rule.urgency}
    assert not {id_: text for id_, text in reasons.items() if _words(text) > 40}
    assert not {id_: text for id_, text in reasons.items() if RULED_OUT.search(text)}
    assert sum(map(grade, reasons.values())) / len(reasons) <= GRADE


def test_whatever_rules_fire_ninety_words_are_enough(ruleset: RuleSet) -> None:
    actions = [action for _, action in actions_of(ruleset)]
    first = max(_words(action.first) for action in actions)
    do = max(_words(line) for action in actions for line in action.do)
    ask = max(_words(question) for action in actions for question in action.ask)
    assert first + 2 * do + ask + sum(_words(line.text) for line in ruleset.scales.lines) <= 90


def test_the_additive_lines_are_at_most_eight_of_at_most_six_words(ruleset: RuleSet) -> None:
    lines = ruleset.scales.lines
    assert len(lines) <= 8
    assert all(_words(line.text) <= 6 for line in lines)
    assert lines[0].id == "leave_no_message"


def test_the_likeliest_composed_actions_are_kept_as_they_read(ruleset: RuleSet) -> None:
    assert FILE.read_text(encoding="utf-8") == text_of(ruleset), "`python -m tests.knowledge.composed` writes it anew"
