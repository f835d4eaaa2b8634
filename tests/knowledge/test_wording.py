"""What a coordinator reads is short, plain and free of the words that nobody says on the telephone.

The grade is that of Flesch and Kincaid: 0.39 words a sentence + 11.8 syllables a word - 15.59.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from triage.model.rule import Action
from triage.model.ruleset import RuleSet

MOST_WORDS = {"first": 10, "do": 11, "ask": 10}
RULED_OUT = re.compile(
    r"\b(informants?|by voice|page|voicemail|portal|elation|QT|ego-dystonic|(low|medium|high)[ -]risk)\b", re.IGNORECASE
)
FIGURE = re.compile(r"\d+")
CLOCK = re.compile(r"\b(\d+) (?:business )?(?:hours?|days?)\b")
GRADE = 8


def _words(text: str) -> int:
    return len(text.split())


def _syllables(word: str) -> int:
    silent_e = word.endswith("e") and not word.endswith("le")
    return max(1, len(re.findall(r"[aeiouy]+", word)) - silent_e)


def grade(text: str) -> float:
    """The reading grade of a text by Flesch and Kincaid."""
    words = [word.lower() for word in re.findall(r"[A-Za-z]+", text)]
    sentences = max(1, len(re.findall(r"[.?!:;](?:\s|$)", text)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


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


def _actions(ruleset: RuleSet) -> Iterator[tuple[str, Action]]:
    """The actions of rules, levels, floors and refusals."""
    scales = ruleset.scales
    yield from ((term.id, term.action) for term in scales.urgencies)
    yield from ((f"floor of {name}", floor.action) for name, floor in scales.floors.items())
    yield "refused", scales.refused
    yield from ((rule.id, rule.urgency.action) for rule in ruleset.rules if rule.urgency)


def _read_by_a_coordinator(ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    yield from _helps(ruleset)
    yield from _examples(ruleset)
    yield from ((fact.name, fact.question) for fact in ruleset.vocabulary)
    yield from ((name, text) for name, text in ruleset.scales.next_step.items())
    yield from ((line.id, line.text) for line in ruleset.scales.lines)
    for name, action in _actions(ruleset):
        yield from ((name, text) for text in (action.first, *action.do, *action.ask, *action.more) if text)


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
    assert not {name: text for name, text in _read_by_a_coordinator(ruleset) if RULED_OUT.search(text)}


def test_what_a_coordinator_reads_is_about_grade_eight_or_below(ruleset: RuleSet) -> None:
    """A condition keeps its name, however long: a question that is only a diagnosis is left out."""
    named = {fact.name for fact in ruleset.vocabulary if fact.type == "condition" or fact.group == "scores"}
    texts = [text for name, text in _read_by_a_coordinator(ruleset) if text and name not in named]
    assert sum(map(grade, texts)) / len(texts) <= GRADE
    assert not [text for text in texts if _words(text) > 8 and grade(text) > GRADE + 4]


def test_an_action_is_short_enough_to_be_read_out(ruleset: RuleSet) -> None:
    for name, action in _actions(ruleset):
        assert _words(action.first) <= MOST_WORDS["first"], name
        assert all(_words(each) <= MOST_WORDS["do"] for each in action.do), name
        assert all(_words(each) <= MOST_WORDS["ask"] for each in action.ask), name


def test_an_action_names_no_clock_but_that_of_its_level(ruleset: RuleSet) -> None:
    own = {term.id: set(re.findall(r"\d+", str(term.respond_within))) for term in ruleset.scales.urgencies}
    levels = [(term.id, term.id, term.action) for term in ruleset.scales.urgencies]
    rules = [(rule.id, rule.urgency.level, rule.urgency.action) for rule in ruleset.rules if rule.urgency]
    for name, level, action in levels + rules:
        for text in (action.first, *action.do, *action.ask, *action.more):
            assert set(CLOCK.findall(text)) <= own[level], (name, text)


def test_the_reason_of_an_urgency_is_short_and_plain(ruleset: RuleSet) -> None:
    reasons = {rule.id: rule.because for rule in ruleset.rules if rule.urgency}
    assert not {id_: text for id_, text in reasons.items() if _words(text) > 40}
    assert not {id_: text for id_, text in reasons.items() if RULED_OUT.search(text)}
    assert sum(map(grade, reasons.values())) / len(reasons) <= GRADE


def test_whatever_rules_fire_ninety_words_are_enough(ruleset: RuleSet) -> None:
    actions = [action for _, action in _actions(ruleset)]
    first = max(_words(action.first) for action in actions)
    do = max(_words(each) for action in actions for each in action.do)
    ask = max(_words(each) for action in actions for each in action.ask)
    assert first + 2 * do + ask + sum(_words(line.text) for line in ruleset.scales.lines) <= 90


def test_the_additive_lines_are_at_most_eight_of_at_most_six_words(ruleset: RuleSet) -> None:
    lines = ruleset.scales.lines
    assert len(lines) <= 8
    assert all(_words(line.text) <= 6 for line in lines)
    assert lines[0].id == "leave_no_message"
