"""How things are called for people: one table for pages, commands, documents and reasons."""

from __future__ import annotations

from typing import Any

import pytest

from triage.answer.model import NumberRange
from triage.model.ruleset import RuleSet
from triage.model.text import in_sentence
from triage.presenting.labels import Labels

ANSWERS: list[tuple[str, Any, str]] = [
    ("age_years", 29, "29 years"),
    ("age_years", NumberRange(12, 17), "12 to 17 years"),
    ("phq9_total", 12, "12"),
    ("disputes", frozenset({"friend", "partner"}), "Partner, Friend"),
    ("disputes", ["partner", "friend"], "Partner, Friend"),
    ("disputes", [], "none of these"),
    ("major_depression", "current", "Current"),
    ("age_years", "unknown", "Asked, not known"),
]


@pytest.mark.parametrize(("name", "value", "label"), ANSWERS)
def test_an_answer_has_one_label(ruleset: RuleSet, name: str, value: Any, label: str) -> None:
    assert Labels(ruleset).answer(name, value) == label


def test_every_term_condition_and_fact_has_a_label_without_machine_words(ruleset: RuleSet) -> None:
    labels = Labels(ruleset)
    scales = ruleset.scales
    plain = (*scales.reported, *scales.certainties, *scales.roles, *scales.foci)
    named = [*(format_.id for format_ in scales.formats), *(therapy.id for therapy in scales.therapies)]
    terms = [*scales.rating_ids, *(term.id for term in plain), *named]
    conditions = [fact.name for fact in ruleset.vocabulary if fact.type == "condition"]
    ids = [*terms, *scales.urgency_ids, *conditions]
    assert all("_" not in labels.term(id_) for id_ in ids)
    assert labels.term("very_urgent") == "Very urgent"
    assert labels.term("ptsd") == "PTSD"
    with pytest.raises(KeyError):
        labels.term("urgnt")


def test_the_titles_of_facts_are_short_and_each_names_one_fact(ruleset: RuleSet) -> None:
    titles = [fact.title for fact in ruleset.vocabulary]
    assert len(set(titles)) == len(titles)
    assert all(1 <= len(title.split()) <= 4 for title in titles)
    assert not [title for title in titles if "_" in title or title[0].islower()]


LABELS_IN_SENTENCES = {
    "Major depression": "major depression",
    "Self-harm without suicidal intent": "self-harm without suicidal intent",
    "Age": "age",
    "PTSD": "PTSD",
    "CBT declined or unhelpful": "CBT declined or unhelpful",
    "PHQ-9 total": "PHQ-9 total",
    "Mini-SPIN total": "Mini-SPIN total",
}


@pytest.mark.parametrize("label", LABELS_IN_SENTENCES)
def test_a_label_in_a_sentence_keeps_its_abbreviation(label: str) -> None:
    assert in_sentence(label) == LABELS_IN_SENTENCES[label]
