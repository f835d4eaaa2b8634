"""Check that no text of a rule names a level of risk, a dose, a number of sessions or a sum of money.

Nor may a text read out a rating, or stop a medicine or substance.

The words are listed in ruleset.yaml under ``wording``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from triage.model.about import Wording
from triage.model.faults import Fault, Place
from triage.model.rule import Advice, Alternative, Limits, Rule
from triage.model.ruleset import RuleSet

COMMON_WORD = "possible"
"""The rating whose label is an everyday word, which texts may use."""

_NEGATED = re.compile(r"\b(not|never|nor|no|nothing)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;:]")
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "sixteen", "twenty")


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find such words in each rule's title, reason, action and the ``until`` of its limits."""
    wording = ruleset.about.wording if ruleset.about else Wording()
    labels = tuple(term.label for term in ruleset.scales.ratings if term.id != COMMON_WORD)
    for rule in ruleset.all_rules:
        for text, place in _texts(rule):
            yield from _said(text, place, wording)
        for text, place in _action_texts(rule):
            label = _first(labels, text)
            if label:
                message = f"The action of an urgency says the rating “{label}”."
                yield Fault(place, "wording-rating", message, "A coordinator reads out no rating.")
            if not text.endswith("?"):  # a question tells nobody to do anything
                yield from _stopping(text, place, wording)
        if rule.of(Advice):
            yield from _stopping(rule.because, rule.at("because"), wording)


def _texts(rule: Rule) -> Iterator[tuple[str, Place]]:
    yield rule.title, rule.at("title")
    yield rule.because, rule.at("because")
    yield from _action_texts(rule)
    for limit in rule.of(Limits):
        if limit.until:
            yield limit.until, rule.at("then", "limits", "until")
    for offer in rule.of(Alternative):
        yield offer.because, rule.at("then", "alternative", "because")


def _action_texts(rule: Rule) -> Iterator[tuple[str, Place]]:
    """List every text of the action of an urgency, with its place."""
    if rule.urgency is None:
        return
    action, at = rule.urgency.action, ("then", "urgency", "action")
    for key, texts in (("first", (action.first,)), ("do", action.do), ("ask", action.ask), ("more", action.more)):
        for text in texts:
            yield text, rule.at(*at, key)


def _said(text: str, place: Place, wording: Wording) -> Iterator[Fault]:
    phrase = _level(wording.levels, wording.of).search(text) if wording.levels and wording.of else None
    if phrase:
        message = f"The text says “{phrase.group()}”."
        yield Fault(place, "wording", message, "Say what was reported and how soon to act, never a level of danger.")
    dose = _dose(wording.units).search(text) if wording.units else None
    if dose:
        yield Fault(
            place, "wording-dose", f"The text names a dose, “{dose.group()}”.", "Leave doses to the prescriber."
        )
    planned = _length_or_sum(wording.counted, wording.currencies)
    length_or_sum = planned.search(text) if planned else None
    if length_or_sum:
        message = f"The text names a number of sessions or a sum, “{length_or_sum.group()}”."
        yield Fault(place, "wording-course", message, "Leave it to course.yaml, from which both are computed.")


def _stopping(text: str, place: Place, wording: Wording) -> Iterator[Fault]:
    """Find clauses that tell somebody to stop a medicine or a substance; "do not stop" is allowed."""
    if not (wording.stop and wording.substances):
        return
    stop, substance = _words(wording.stop), _beginnings(wording.substances)
    for clause in _CLAUSE.split(text):
        if stop.search(clause) and substance.search(clause) and not _NEGATED.search(clause):
            message = f"The text tells somebody to stop a medicine or a substance: “{clause.strip()}”."
            yield Fault(place, "wording-stop", message, "Leave that to the prescriber.")


def _first(phrases: tuple[str, ...], text: str) -> str | None:
    match = _words(phrases).search(text) if phrases else None
    return match.group() if match else None


@lru_cache
def _words(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)


@lru_cache
def _level(levels: tuple[str, ...], of: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, levels))})[ -]({'|'.join(map(re.escape, of))})\b", re.IGNORECASE)


@lru_cache
def _beginnings(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, words))})", re.IGNORECASE)


@lru_cache
def _dose(units: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b\d+\s?({'|'.join(map(re.escape, units))})\b", re.IGNORECASE)


@lru_cache
def _length_or_sum(counted: tuple[str, ...], currencies: tuple[str, ...]) -> re.Pattern[str] | None:
    """A number before a word for sessions, with at most one word between them, or before a currency."""
    number = rf"(?:\d+|{'|'.join(_NUMBERS)})"
    patterns = [rf"\b{number} (?:\w+ )?(?:{'|'.join(map(re.escape, counted))})\b"] if counted else []
    patterns += [rf"\b\d+ ?(?:{'|'.join(map(re.escape, currencies))})\b"] if currencies else []
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
