"""Three-valued truth as two columns: whether something is true, and whether it is possible (not known to be false)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, assert_never

from triage.model.rule import Between, Condition, Conjunction, Empty, Includes, OneOf, Rule
from triage.model.vocabulary import Vocabulary
from triage.population.codes import Coding, codings
from triage.population.expressions import (
    TRUE,
    Boolean,
    Column,
    Expression,
    HasAnyBit,
    Named,
    all_of,
    among,
    any_of,
    not_,
)

Naming = Callable[[Expression, str], str]
"""Gives the column of an expression a name that begins as told, and computes equal expressions once."""


class Truths(NamedTuple):
    """Whether something is true, and whether it is possible; where it is possible and not true, it is unknown."""

    true: Boolean
    possible: Boolean


CERTAIN = Truths(TRUE, TRUE)


def all_true(parts: Iterable[Truths]) -> Truths:
    """Kleene conjunction."""
    listed = list(parts)
    return Truths(all_of(part.true for part in listed), all_of(part.possible for part in listed))


def any_true(parts: Iterable[Truths]) -> Truths:
    """Kleene disjunction."""
    listed = list(parts)
    return Truths(any_of(part.true for part in listed), any_of(part.possible for part in listed))


def negated(truths: Truths) -> Truths:
    """Kleene negation."""
    return Truths(not_(truths.possible), not_(truths.true))


class AnswerColumns:
    """The answers of a table, fact by fact, and what holds of them.

    ``changed`` are the columns of facts whose answers are not those of the table: because they are not counted, or
    because rules derive them.
    """

    def __init__(self, vocabulary: Vocabulary, named: Naming, changed: Mapping[str, Column] | None = None) -> None:
        self.vocabulary = vocabulary
        self.codings: Mapping[str, Coding] = codings(vocabulary)
        self._named = named
        self._changed = changed or {}
        self._asked: dict[str, Truths] = {}

    def with_changed(self, changed: Mapping[str, Column]) -> AnswerColumns:
        """The same answers, but for these facts."""
        return AnswerColumns(self.vocabulary, self._named, {**self._changed, **changed})

    def column(self, fact: str) -> Column:
        """The column of a fact's answers."""
        return self._changed.get(fact, self.codings[fact].column)

    def is_given(self, fact: str) -> Boolean:
        """Whether the fact has an answer; an open set with a known member is one."""
        return not_(self._name(among(self.column(fact), {self.codings[fact].unanswered}), "blank"))

    def is_answered(self, fact: str) -> Boolean:
        """Whether the fact has an answer that is not an open set."""
        if not self.vocabulary[fact].is_set:
            return self.is_given(fact)
        return not_(self._name(HasAnyBit(self.column(fact), self.codings[fact].unanswered), "open"))

    def is_one_of(self, fact: str, values: Iterable[str]) -> Boolean:
        """Whether a fact that is no set has one of the values."""
        codes = {self.vocabulary[fact].values.index(value) for value in values if value in self.vocabulary[fact].labels}
        return self._name(among(self.column(fact), codes), "is")

    def holds(self, condition: Condition) -> Truths:
        """Whether a condition holds, asked or not."""
        true, possible = self._test(condition)
        return Truths(self._name(true, "true"), self._name(possible, "possible"))

    def all_hold(self, conjunction: Conjunction) -> Truths:
        """Whether all conditions hold."""
        return all_true(map(self.holds, conjunction))

    def any_holds(self, conjunctions: Iterable[Conjunction]) -> Truths:
        """Whether at least one of the conjunctions holds."""
        return any_true(map(self.all_hold, conjunctions))

    def asked(self, name: str) -> Truths:
        """Whether a fact is asked; see ``Vocabulary.asked``."""
        if name not in self._asked:
            self._asked[name] = self._is_asked(name)
        return self._asked[name]

    def _is_asked(self, name: str) -> Truths:
        fact, coding = self.vocabulary[name], self.codings[name]
        if not fact.asked_when:
            return CERTAIN
        gate = self.any_holds(fact.asked_when)
        if fact.can_be_core:
            silent = {coding.unanswered} | ({coding.code(fact.neutral)} if fact.neutral is not None else set())
            counts = not_(among(self.column(name), silent))
            gate = any_true((Truths(counts, counts), gate))
        return Truths(self._name(gate.true, "asked"), self._name(gate.possible, "may_ask"))

    def fires(self, rule: Rule) -> Truths:
        """Whether a rule fires; where that is unknown, the rule is open."""
        when = any_true(all_true(map(self._holds_asked, conjunction)) for conjunction in rule.when)
        return all_true((when, negated(any_true(map(self._holds_asked, rule.unless)))))

    def _holds_asked(self, condition: Condition) -> Truths:
        asked = self.asked(condition.fact)
        if asked == CERTAIN:
            return self.holds(condition)
        both = all_true((asked, self.holds(condition)))
        return Truths(self._name(both.true, "true"), self._name(both.possible, "possible"))

    def _test(self, condition: Condition) -> Truths:
        column, coding = self.column(condition.fact), self.codings[condition.fact]
        blank = coding.unanswered
        match condition:
            case OneOf(values=values):
                codes = {coding.fact.values.index(value) for value in values}
                return Truths(among(column, codes), among(column, codes | {blank}))
            case Between(low=low, high=high):
                codes = {*range(max(low, coding.fact.minimum), min(high, coding.fact.maximum) + 1)}
                return Truths(among(column, codes), among(column, codes | {blank}))
            case Includes(members=members):
                bits = coding.bits(members)
                return Truths(HasAnyBit(column, bits), HasAnyBit(column, bits | blank))
            case Empty(empty=empty):
                some = Truths(HasAnyBit(column, blank - 1), HasAnyBit(column, 2 * blank - 1))
                return negated(some) if empty else some
        assert_never(condition)

    def _name(self, expression: Boolean, prefix: str) -> Boolean:
        if isinstance(expression, Named) or expression in (TRUE, not_(TRUE)):
            return expression
        return Named(self._named(expression, prefix))
