"""The open questions of a referral: which answers can still change rating or urgency, and what each would leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from triage.answer.fired_rules import FiredRules
from triage.answer.model import Consequence, NumberRange, UnansweredQuestion
from triage.engines.evaluation import Evaluation
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import OpenQuestion, floors, standing
from triage.model.fact import Fact
from triage.model.rule import Answers, Condition, Conjunction, Value, is_open, members, satisfies
from triage.model.ruleset import RuleSet


class OpenQuestions:
    """Puts the questions that are open in the order in which to ask them."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self._evaluator = IndexedEvaluator(ruleset)

    def of(self, fired: FiredRules, open_: tuple[OpenQuestion, ...]) -> tuple[UnansweredQuestion, ...]:
        """The questions as the answer lists them.

        Order: core safety first, then those of which one answer changes the value so far, then the highest urgency an
        answer can reach, then how many ratings its answers leave, then the order of the vocabulary.
        """
        if not open_:
            return ()
        scales, order = self._ruleset.scales, self._ruleset.vocabulary.order
        known = self._evaluator.evaluate(fired.given)
        questions = [(question, self._is_pivotal(question.fact, fired, known)) for question in open_]

        def key(question: tuple[OpenQuestion, bool]) -> tuple[bool, bool, int, int, int]:
            asked, pivotal = question
            reach = max((scales.urgency_rank(level) for would in asked.would for level in would.urgency), default=0)
            width = len({rating for would in asked.would for rating in would.suitability})
            return (asked.fact not in fired.missing, not pivotal, -reach, -width, order[asked.fact])

        return tuple(self._written(question, pivotal=pivotal) for question, pivotal in sorted(questions, key=key))

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

    def _is_pivotal(self, name: str, fired: FiredRules, known: Evaluation) -> bool:
        """Say whether one answer to this fact alone, the rest left open, changes rating or level so far."""
        return any(self._changes(name, value, fired, known) for value in self._tried(name, fired.given))

    def _changes(self, name: str, value: Value, fired: FiredRules, known: Evaluation) -> bool:
        """Say whether an answer changes rating or level by the formulas over the rules that fire, floor included."""
        ruleset, rank = self._ruleset, self._ruleset.scales.urgency_rank
        ids, answers = self._evaluator.fired_with(known, fired.given, name, value)
        so_far = then = fired.standing
        if ids != known.fired or name in self._combined:
            then = standing(ruleset, ruleset.fired(ids), answers)
        elif name not in self._holds_floors and name not in fired.missing:
            return False
        if then.rating != so_far.rating:
            return True
        held = floors(ruleset, self._missing(name, value, fired), answers)
        before, after = (
            max((of_rules.level, *(floor.level for floor in of_floors)), key=rank)
            for of_rules, of_floors in ((so_far, fired.floors), (then, held))
        )
        return before != after

    def _missing(self, name: str, value: Value, fired: FiredRules) -> Collection[str]:
        """The core facts that are not answered once this one is; ``fired.missing`` are those that are not now."""
        if name not in self._makes_core:
            return [core for core in fired.missing if core != name]
        return self._ruleset.vocabulary.core_unanswered({**fired.given, name: value}, fired.in_part - {name})

    @cached_property
    def _combined(self) -> frozenset[str]:
        """The facts that how ratings are combined hangs on: the conditions, and which problem leads."""
        vocabulary = self._ruleset.vocabulary
        leading = () if vocabulary.leading_fact is None else (vocabulary.leading_fact,)
        gates = (c.fact for name in (*vocabulary.conditions, *leading) for c in _read(vocabulary[name].asked_when))
        return frozenset((*vocabulary.conditions, *leading, *gates))

    @cached_property
    def _holds_floors(self) -> frozenset[str]:
        """The facts that the floors hang on, beside those that are missing."""
        floors_ = [fact.floor.held_while for fact in self._ruleset.vocabulary if fact.floor]
        return self._makes_core.union(c.fact for conjunctions in floors_ for c in _read(conjunctions))

    @cached_property
    def _makes_core(self) -> frozenset[str]:
        """The facts that it hangs on whether another one is core or is asked."""
        core = [fact for fact in self._ruleset.vocabulary if fact.can_be_core]
        given = (fact.core.given for fact in core if fact.core.given)
        read = (c.fact for fact in core for c in (*_read(fact.core.when), *_read(fact.asked_when)))
        return frozenset((*given, *read))

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
            yield from ((chosen,) for chosen in closed_sets(fact, given.get(fact.name)))
        else:
            yield from ((value,) for value in fact.values)

    @cached_property
    def _constrained(self) -> frozenset[str]:
        return frozenset(name for constraint in self._ruleset.vocabulary.constraints for name in constraint.facts)

    @cached_property
    def _kinds_of_number(self) -> Mapping[str, tuple[tuple[int, ...], ...]]:
        """The numbers that answer each fact, in groups that no condition of a rule or a gate tells apart."""
        conditions = _conditions_by_fact(self._ruleset)
        kinds: dict[str, tuple[tuple[int, ...], ...]] = {}
        for fact in self._ruleset.vocabulary:
            if fact.is_integer:
                groups: dict[tuple[Any, ...], list[int]] = {}
                for number in range(fact.minimum, fact.maximum + 1):
                    alike = tuple(satisfies(condition, number) for condition in conditions.get(fact.name, ()))
                    groups.setdefault((*alike, number == fact.neutral), []).append(number)
                kinds[fact.name] = tuple(map(tuple, groups.values()))
        return kinds


def closed_sets(fact: Fact, given: Value | None) -> Iterator[frozenset[str]]:
    """The sets that are tried where a set is open: the members given and no more, and each other one added alone."""
    known = members(given) if isinstance(given, frozenset) and is_open(given) else frozenset[str]()
    yield known
    yield from (known | {member} for member in fact.values if member not in known)


def _read(alternatives: Iterable[Conjunction]) -> Iterator[Condition]:
    return (condition for conjunction in alternatives for condition in conjunction)


def _conditions_by_fact(ruleset: RuleSet) -> Mapping[str, list[Condition]]:
    vocabulary = ruleset.vocabulary
    gates = [when for fact in vocabulary for when in (*fact.asked_when, *fact.core.when)]
    held = [when for fact in vocabulary if fact.floor for when in fact.floor.held_while]
    by_fact: dict[str, list[Condition]] = {}
    for condition in (*(condition for rule in ruleset.rules for condition in rule.conditions), *_read((*gates, *held))):
        by_fact.setdefault(condition.fact, []).append(condition)
    return by_fact


def _answer(answer: Any) -> str | int | list[str] | NumberRange:
    """An answer of the exact engine, as the answer gives it."""
    if isinstance(answer, Mapping):
        return NumberRange(answer["from"], answer["to"])
    plain: str | int | list[str] = answer
    return plain
