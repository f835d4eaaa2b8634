"""Find pivotal questions: those where one answer, all others staying open, changes the rating or the level so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from triage.answer.fired_rules import FiredRules
from triage.engines.floors import floors
from triage.engines.indexed import IndexedEvaluator, Known
from triage.engines.outcome import standing
from triage.model.fact import Fact
from triage.model.rule import Answers, Condition, Conjunction, Limits, Supports, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import is_open, members, satisfies


class PivotalQuestions:
    """Finds the pivotal questions of a referral, by trying answers on the rules and the floors."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.vocabulary = ruleset.vocabulary
        deciding = {rule.id for rule in ruleset.deciding}
        rules = tuple(rule for rule in ruleset.rules if rule.derives or rule.id in deciding)
        self.evaluator = IndexedEvaluator(replace(ruleset, rules=rules))
        rank = ruleset.scales.urgency_rank
        self.level_of_rule = {rule.id: rank(rule.urgency.level) for rule in rules if rule.urgency}
        self.deriving = frozenset(rule.id for rule in rules if rule.derives)
        self.rating_rules = frozenset(rule.id for rule in rules for _ in (*rule.of(Supports), *rule.of(Limits)))

    def among(self, names: Iterable[str], fired: FiredRules) -> frozenset[str]:
        """The pivotal facts among the given unanswered ones."""
        so_far = _SoFar(self, fired)
        return frozenset(name for name in names if so_far.is_changed_by(name))

    @cached_property
    def combined(self) -> frozenset[str]:
        """The facts that the combination of ratings depends on: conditions, the leading fact, and their gates."""
        vocabulary = self.vocabulary
        leading = () if vocabulary.leading_fact is None else (vocabulary.leading_fact,)
        gates = (c.fact for name in (*vocabulary.conditions, *leading) for c in _read(vocabulary[name].asked_when))
        return frozenset((*vocabulary.conditions, *leading, *gates))

    @cached_property
    def holds_floors(self) -> frozenset[str]:
        """The facts that decide which floors apply, besides the unanswered core facts themselves."""
        conjunctions = (fact.floor.held_while for fact in self.vocabulary if fact.floor)
        return self.makes_core.union(c.fact for held_while in conjunctions for c in _read(held_while))

    @cached_property
    def makes_core(self) -> frozenset[str]:
        """The facts that decide whether a fact that can be core is core and is asked."""
        core = [fact for fact in self.vocabulary if fact.can_be_core]
        given = (fact.core.given for fact in core if fact.core.given)
        read = (c.fact for fact in core for c in (*_read(fact.core.when), *_read(fact.asked_when)))
        return frozenset((*given, *read))

    def tried(self, name: str, given: Answers) -> Iterator[Value]:
        """One answer of each group that the rules tell apart, none of which breaks a constraint. Sets are closed.

        The last values come first. They are the most serious ones, and trying stops at the first that changes anything.
        """
        constrained = name in self._constrained
        for alike in reversed(self._kinds(self.vocabulary[name], given)):
            for value in alike:
                if not constrained or not self.vocabulary.contradictions({**given, name: value}):
                    yield value
                    break

    def _kinds(self, fact: Fact, given: Answers) -> tuple[tuple[Value, ...], ...]:
        if fact.is_integer:
            return self._kinds_of_number[fact.name]
        values = closed_sets(fact, given.get(fact.name)) if fact.is_set else fact.values
        return tuple((value,) for value in values)

    @cached_property
    def _constrained(self) -> frozenset[str]:
        return frozenset(name for constraint in self.vocabulary.constraints for name in constraint.facts)

    @cached_property
    def _kinds_of_number(self) -> Mapping[str, tuple[tuple[int, ...], ...]]:
        """The numbers that answer each fact, in groups that no condition of a rule or a gate tells apart."""
        conditions = _conditions_by_fact(self.ruleset)
        kinds: dict[str, tuple[tuple[int, ...], ...]] = {}
        for fact in self.vocabulary:
            if fact.is_integer:
                groups: dict[tuple[Any, ...], list[int]] = {}
                for number in range(fact.minimum, fact.maximum + 1):
                    alike = tuple(satisfies(condition, number) for condition in conditions.get(fact.name, ()))
                    groups.setdefault((*alike, number == fact.neutral), []).append(number)
                kinds[fact.name] = tuple(map(tuple, groups.values()))
        return kinds


class _SoFar:
    """The rating and the level so far of one referral, and whether one more answer changes them."""

    def __init__(self, questions: PivotalQuestions, fired: FiredRules) -> None:
        self._questions, self._fired = questions, fired
        self._known: Known = questions.evaluator.known(fired.given)
        self._rank = questions.ruleset.scales.urgency_rank
        self._floor_now = self._floor(fired.missing, fired.answers)
        self._level = max(self._rank(fired.standing.level), self._floor_now)

    def is_changed_by(self, name: str) -> bool:
        """Whether some answer to this fact alone changes the rating or the level."""
        floor = self._floor_now
        if name in self._fired.missing:
            floor = self._floor([core for core in self._fired.missing if core != name], self._fired.answers)
        return any(self._changes(name, value, floor) for value in self._questions.tried(name, self._fired.given))

    def _changes(self, name: str, value: Value, floor: int) -> bool:
        """Whether this answer changes the rating or the level.

        ``floor`` is the rank of the floor once the fact is answered. It is computed anew for a fact whose answer
        decides which floors apply, and where another condition is derived: that may decide both as well.
        """
        questions = self._questions
        ids, answers = questions.evaluator.fired_with(self._known, name, value)
        before = self._known.evaluation.fired
        derives = ids is not before and not questions.deriving.isdisjoint(ids ^ before)
        if derives or self._may_change_the_rating(name, ids):
            ruleset = questions.ruleset
            if standing(ruleset, ruleset.fired(ids), answers).rating != self._fired.standing.rating:
                return True
        if derives or name in questions.holds_floors:
            floor = self._floor(self._missing(name, value), answers)
        by_rules = max([questions.level_of_rule[id_] for id_ in ids if id_ in questions.level_of_rule], default=0)
        return max(by_rules, floor) != self._level

    def _may_change_the_rating(self, name: str, ids: frozenset[str]) -> bool:
        """Whether other rules with supports or limits fire now, or the same ones may be combined differently."""
        rating_rules = self._questions.rating_rules
        before = self._known.evaluation.fired
        if ids is not before and not rating_rules.isdisjoint(ids ^ before):
            return True
        return name in self._questions.combined and not rating_rules.isdisjoint(ids)

    def _floor(self, missing: Collection[str], answers: Answers) -> int:
        """The rank of the highest floor that applies while these core facts are unanswered; 0 if none does."""
        held = floors(self._questions.ruleset, missing, answers)
        return self._rank(held[0].level) if held else 0

    def _missing(self, name: str, value: Value) -> Collection[str]:
        """The core facts that are unanswered once this fact has this answer."""
        fired = self._fired
        if name not in self._questions.makes_core:
            return [core for core in fired.missing if core != name]
        return self._questions.vocabulary.core_unanswered({**fired.given, name: value}, fired.in_part - {name})


def closed_sets(fact: Fact, given: Value | None) -> Iterator[frozenset[str]]:
    """The closed sets to try: the given members of an open set (or none), alone and with each one of the others."""
    known = members(given) if isinstance(given, frozenset) and is_open(given) else frozenset[str]()
    yield known
    yield from (known | {member} for member in fact.values if member not in known)


def _read(conjunctions: Iterable[Conjunction]) -> Iterator[Condition]:
    return (condition for conjunction in conjunctions for condition in conjunction)


def _conditions_by_fact(ruleset: RuleSet) -> Mapping[str, list[Condition]]:
    vocabulary = ruleset.vocabulary
    gates = [when for fact in vocabulary for when in (*fact.asked_when, *fact.core.when)]
    held = [when for fact in vocabulary if fact.floor for when in fact.floor.held_while]
    by_fact: dict[str, list[Condition]] = {}
    for condition in (*(condition for rule in ruleset.rules for condition in rule.conditions), *_read((*gates, *held))):
        by_fact.setdefault(condition.fact, []).append(condition)
    return by_fact
