"""The open questions of a referral: which answers can still change rating or urgency, and what each would leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.answer.model import Consequence, NumberRange, UnansweredQuestion
from triage.engines.outcome import OpenQuestion
from triage.model.ruleset import RuleSet


def as_unanswered(
    questions: tuple[OpenQuestion, ...], ruleset: RuleSet, missing: tuple[str, ...]
) -> tuple[UnansweredQuestion, ...]:
    """The questions as the answer lists them.

    Order: core safety first, then the highest urgency an answer can reach, then how many ratings its answers leave,
    then the order of the vocabulary.
    """
    scales, order = ruleset.scales, ruleset.vocabulary.order

    def key(question: OpenQuestion) -> tuple[bool, int, int, int]:
        reach = max((scales.urgency_rank(level) for each in question.would for level in each.urgency), default=0)
        width = len({rating for each in question.would for rating in each.suitability})
        return (question.fact not in missing, -reach, -width, order[question.fact])

    return tuple(
        UnansweredQuestion(
            fact=question.fact,
            question=ruleset.vocabulary[question.fact].question,
            can_change=question.can_change,
            would=tuple(Consequence(_answer(each.answer), each.suitability, each.urgency) for each in question.would),
        )
        for question in sorted(questions, key=key)
    )


def _answer(answer: Any) -> str | int | list[str] | NumberRange:
    """An answer of the exact engine, as the answer gives it."""
    if isinstance(answer, Mapping):
        return NumberRange(answer["from"], answer["to"])
    plain: str | int | list[str] = answer
    return plain
