"""Reading age of the texts that a coordinator reads: their grade by the formula of Flesch and Kincaid.

The formula: 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are counted as groups of vowels, without a
silent e at the end. The formula says little of a short text, where one long word is a third of it, so texts of at most
``SHORT`` words count only in the mean of all texts. A longer text must not exceed ``MOST``, unless it is named under
``wording: may_be_harder`` in ruleset.yaml. The names of conditions and questionnaires are not measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.model.rule import Action
from triage.model.ruleset import RuleSet

CHECK = "reading-age"
GRADE = 8
"""The highest mean grade of all texts."""
MOST = 9
"""The highest grade of one text."""
SHORT = 8

_WORD = re.compile(r"[A-Za-z]+")
_SENTENCE = re.compile(r"[.?!:;](?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a coordinator reads, and what it belongs to."""

    name: str
    text: str

    @property
    def grade(self) -> float:
        """Its reading grade."""
        return grade(self.text)


def grade(text: str) -> float:
    """Compute the reading grade of a text by Flesch and Kincaid."""
    words = [word.lower() for word in _WORD.findall(text)]
    sentences = max(1, len(_SENTENCE.findall(text)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(_syllables, words)) / max(1, len(words)) - 15.59


def _syllables(word: str) -> int:
    silent_e = word.endswith("e") and not word.endswith("le")
    return max(1, len(_VOWELS.findall(word)) - silent_e)


def texts_of(ruleset: RuleSet) -> Iterator[Text]:
    """List every text that a coordinator reads: questions, help, examples, next steps, actions and lines.

    The question about a condition is its name, and so are those of the questionnaires: they are left out.
    """
    for group in ruleset.vocabulary.groups:
        yield Text(group.id, group.help)
    for fact in ruleset.vocabulary:
        if fact.type != "condition" and fact.group != "scores":
            yield Text(fact.name, fact.question)
            yield Text(fact.name, fact.help)
        for value, label in fact.labels.items():
            for text in (label.help, label.example_yes, label.example_no):
                yield Text(f"{fact.name}: {value}", text)
    yield from (Text(name, text) for name, text in ruleset.scales.next_step.items())
    yield from (Text(line.id, line.text) for line in ruleset.scales.lines)
    for name, action in actions_of(ruleset):
        yield from (Text(name, text) for text in (action.first, *action.do, *action.ask, *action.more))


def actions_of(ruleset: RuleSet) -> Iterator[tuple[str, Action]]:
    """List the actions of levels, floors, refusals and rules."""
    scales = ruleset.scales
    yield from ((term.id, term.action) for term in scales.urgencies)
    yield from ((f"floor of {name}", floor.action) for name, floor in scales.floors.items())
    yield "refused", scales.refused
    yield from ((rule.id, rule.urgency.action) for rule in ruleset.rules if rule.urgency)


@dataclass(frozen=True)
class ReadingAge:
    """The mean grade of all texts, those that are harder than most may be, and of these the ones not excepted."""

    count: int
    mean: float
    hard: tuple[Text, ...]
    too_hard: tuple[Text, ...]

    @property
    def holds(self) -> bool:
        """Whether the mean and every text are within their bounds."""
        return self.mean <= GRADE and not self.too_hard


def reading_age(ruleset: RuleSet) -> ReadingAge:
    """Measure every text of a rule set."""
    texts = [text for text in texts_of(ruleset) if text.text]
    hard = tuple(text for text in texts if len(text.text.split()) > SHORT and text.grade > MOST)
    excepted = ruleset.about.wording.may_be_harder if ruleset.about else {}
    return ReadingAge(
        len(texts),
        sum(text.grade for text in texts) / len(texts),
        hard,
        tuple(text for text in hard if text.name not in excepted),
    )
