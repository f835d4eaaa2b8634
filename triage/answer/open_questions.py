"""The open questions of a referral: which answers can still change rating or urgency, and what each would leave."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from triage.answer.fired_rules import FiredRules
from triage.answer.model import Consequence, NumberRange, UnansweredQuestion
from triage.engines.agreement import Evaluating
from triage.engines.outcome import OpenQuestion, floors, standing
from triage.model.fact import Fact
from triage.model.rule import Answers, Condition, Value, is_open, members, satisfies
from triage.model.ruleset import RuleSet

_SoFar = tuple[str, str]
"""Rating and level by the rules that fire, the floor included."""


class OpenQuestions:
    """Puts the questions that are open in the order in which to ask them; ``check`` evaluates supposed answers."""

    def __init__(self, check: Evaluating) -> None:
        self._check = check
        self._ruleset = check.ruleset

    def of(
        self, fired: FiredRules, in_part: frozenset[str], open_: tuple[OpenQuestion, ...]
    ) -> tuple[UnansweredQuestion, ...]:
        """The questions as the answer lists them.

        Order: core safety first, then those of which one answer changes the value so far, then the highest urgency an
        answer can reach, then how many ratings its answers leave, then the order of the vocabulary. ``in_part`` are the
        facts whose answers count for the rules only.
        """
        scales, order = self._ruleset.scales, self._ruleset.vocabulary.order
        so_far = self._so_far(fired.given, in_part)
        questions = [(each, self._is_pivotal(each.fact, fired, in_part, so_far)) for each in open_]

        def key(question: tuple[OpenQuestion, bool]) -> tuple[bool, bool, int, int, int]:
            each, pivotal = question
            reach = max((scales.urgency_rank(level) for would in each.would for level in would.urgency), default=0)
            width = len({rating for would in each.would for rating in would.suitability})
            return (each.fact not in fired.missing, not pivotal, -reach, -width, order[each.fact])

        return tuple(self._written(each, pivotal=pivotal) for each, pivotal in sorted(questions, key=key))

    def _written(self, question: OpenQuestion, *, pivotal: bool) -> UnansweredQuestion:
        return UnansweredQuestion(
            fact=question.fact,
            question=self._ruleset.vocabulary[question.fact].question,
            can_change=question.can_change,
            pivotal=pivotal,
            would=tuple(Consequence(_answer(each.answer), each.suitability, each.urgency) for each in question.would),
        )

    def _is_pivotal(self, name: str, fired: FiredRules, in_part: frozenset[str], so_far: _SoFar) -> bool:
        """Say whether one answer to this fact alone, the rest left open, changes rating or level so far."""
        return any(
            self._so_far({**fired.given, name: value}, in_part - {name}) != so_far
            for value in self._tried(name, fired.given)
        )

    def _so_far(self, answers: Answers, in_part: Collection[str]) -> _SoFar:
        """Rating and level by the formulas over the rules that fire; what is still possible is left out."""
        ruleset, rank = self._ruleset, self._ruleset.scales.urgency_rank
        evaluation = self._check.evaluate(answers)
        come_to = standing(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)
        missing = ruleset.vocabulary.core_unanswered(answers, frozenset(in_part))
        held = (each.level for each in floors(ruleset, missing, evaluation.answers))
        return come_to.rating, max((come_to.level, *held), key=rank)

    def _tried(self, name: str, given: Answers) -> Iterator[Value]:
        """One answer of each kind that the rules tell apart, contradicting nothing; a set is closed."""
        fact, vocabulary = self._ruleset.vocabulary[name], self._ruleset.vocabulary
        constrained = name in self._constrained
        for alike in self._kinds(fact, given):
            for value in alike:
                if not constrained or not vocabulary.contradictions({**given, name: value}):
                    yield value
                    break

    def _kinds(self, fact: Fact, given: Answers) -> Iterator[tuple[Value, ...]]:
        if fact.is_integer:
            yield from self._kinds_of_number[fact.name]
        elif fact.is_set:
            yield from ((each,) for each in closed_sets(fact, given.get(fact.name)))
        else:
            yield from ((each,) for each in fact.values)

    @cached_property
    def _constrained(self) -> frozenset[str]:
        return frozenset(name for each in self._ruleset.vocabulary.constraints for name in each.facts)

    @cached_property
    def _kinds_of_number(self) -> Mapping[str, tuple[tuple[int, ...], ...]]:
        """The numbers that answer each fact, in groups that no condition of a rule or a gate tells apart."""
        conditions = _conditions_by_fact(self._ruleset)
        kinds: dict[str, tuple[tuple[int, ...], ...]] = {}
        for fact in self._ruleset.vocabulary:
            if fact.is_integer:
                groups: dict[tuple[Any, ...], list[int]] = {}
                for number in range(fact.minimum, fact.maximum + 1):
                    alike = tuple(satisfies(each, number) for each in conditions.get(fact.name, ()))
                    groups.setdefault((*alike, number == fact.neutral), []).append(number)
                kinds[fact.name] = tuple(map(tuple, groups.values()))
        return kinds


def closed_sets(fact: Fact, given: Value | None) -> Iterator[frozenset[str]]:
    """The sets that are tried where a set is open: the members given and no more, and each other one added alone."""
    known = members(given) if isinstance(given, frozenset) and is_open(given) else frozenset[str]()
    yield known
    yield from (known | {member} for member in fact.values if member not in known)


def _conditions_by_fact(ruleset: RuleSet) -> Mapping[str, list[Condition]]:
    vocabulary = ruleset.vocabulary
    gates = [when for fact in vocabulary for when in (*fact.asked_when, *fact.core.when)]
    floors_ = [when for fact in vocabulary if fact.floor for when in fact.floor.held_while]
    found: dict[str, list[Condition]] = {}
    for condition in (
        *(each for rule in ruleset.rules for each in rule.conditions),
        *(each for when in (*gates, *floors_) for each in when),
    ):
        found.setdefault(condition.fact, []).append(condition)
    return found


def _answer(answer: Any) -> str | int | list[str] | NumberRange:
    """An answer of the exact engine, as the answer gives it."""
    if isinstance(answer, Mapping):
        return NumberRange(answer["from"], answer["to"])
    plain: str | int | list[str] = answer
    return plain
