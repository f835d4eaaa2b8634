"""The letter to a referrer: what was decided about a referral, why, and what is still to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triage.answer.model import Answer, SuitabilityPart
from triage.model.ruleset import RuleSet
from triage.presenting.document import template
from triage.presenting.labels import Labels
from triage.presenting.words import STANDING

_MOST_QUESTIONS = 12
_SHOWN = {"limits": "Against", "supports": "For"}


@dataclass(frozen=True)
class Letter:
    """What a letter says beside the answer: dates in words, the level in force, and a clinician's decision."""

    date: str
    due: str
    level: str
    state: str
    decided: str = ""
    service: str = ""


def letter(ruleset: RuleSet, answer: Answer, about: Letter) -> str:
    """Write the letter as an HTML page. On hold it says nothing of the rating."""
    labels = Labels(ruleset)
    return template("letter.html.jinja").render(
        answer=answer,
        about=about,
        level=labels.term(about.level),
        is_sorted=about.state == "sorted",
        rating=rating_in_words(answer.suitability, answer.urgency.missing, labels),
        reasons=() if answer.on_hold else tuple(_reasons(answer)),
        offers=() if answer.on_hold else tuple(_offers(answer, labels)),
        questions=() if answer.is_emergency else questions_to_referrer(answer, ruleset),
        standing=STANDING,
    )


def rating_in_words(rating: SuitabilityPart, missing: tuple[str, ...], labels: Labels) -> str:
    """The rating, or its range where it is not settled, with the rating so far unless a core question is open."""
    if rating.settled or rating.rating == "on_hold":
        return labels.term(rating.rating)
    span = f"Can still be: {labels.span(rating.could_become)}"
    return span if missing else f"{span}. So far: {labels.term(rating.rating)}"


def questions_to_referrer(answer: Answer, ruleset: RuleSet) -> tuple[tuple[str, str], ...]:
    """The open questions that a referrer may be asked, each with its fact; none that the person is asked alone."""
    facts = ruleset.vocabulary.facts
    asked = [open_ for open_ in answer.unanswered if open_.fact in facts and not facts[open_.fact].ask_alone]
    return tuple((question.fact, question.question) for question in asked)[:_MOST_QUESTIONS]


def _reasons(answer: Answer) -> Iterator[tuple[str, str, str]]:
    for effect, heading in _SHOWN.items():
        for reason in answer.reasons_of(effect):
            if reason.decides:
                yield heading, reason.title, reason.because


def _offers(answer: Answer, labels: Labels) -> Iterator[tuple[str, str]]:
    for offered in answer.alternatives:
        if offered.offer != "more":
            yield labels.term(offered.therapy), offered.because
