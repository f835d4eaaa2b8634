"""The questions whose answers can still change rating or urgency, in the order in which to ask them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.answer.fired_rules import FiredRules
from triage.answer.model import Consequence, NumberRange, UnansweredQuestion
from triage.answer.pivotal import PivotalQuestions
from triage.engines.outcome import OpenQuestion
from triage.model.ruleset import RuleSet


class OpenQuestions:
    """Sorts open questions into the order in which to ask them."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self._pivotal = PivotalQuestions(ruleset)

    def of(self, fired: FiredRules, open_: tuple[OpenQuestion, ...]) -> tuple[UnansweredQuestion, ...]:
        """The open questions, sorted.

        Unanswered core facts come first, then pivotal questions, then those with the highest urgency that an answer can
        reach, then those with the most ratings that are possible with its answers, then by order of the vocabulary.
        """
        if not open_:
            return ()
        scales, order = self._ruleset.scales, self._ruleset.vocabulary.order
        pivotal = self._pivotal.among((question.fact for question in open_), fired)

        def key(question: OpenQuestion) -> tuple[bool, bool, int, int, int]:
            name = question.fact
            reach = max((scales.urgency_rank(level) for would in question.would for level in would.urgency), default=0)
            width = len({rating for would in question.would for rating in would.suitability})
            return (name not in fired.missing, name not in pivotal, -reach, -width, order[name])

        return tuple(self._written(question, pivotal=question.fact in pivotal) for question in sorted(open_, key=key))

    def _written(self, question: OpenQuestion, *, pivotal: bool) -> UnansweredQuestion:
        return UnansweredQuestion(
            fact=question.fact,
            question=self._ruleset.vocabulary[question.fact].question,
            can_change=question.can_change,
            pivotal=pivotal,
            would=tuple(
                Consequence(_answer(consequence.answer), consequence.suitability, consequence.urgency)
                for consequence in question.would
            ),
        )


def _answer(answer: Any) -> str | int | list[str] | NumberRange:
    """An answer of the completions engine in the form that answers have; a mapping is a range of numbers."""
    if isinstance(answer, Mapping):
        return NumberRange(answer["from"], answer["to"])
    plain: str | int | list[str] = answer
    return plain
