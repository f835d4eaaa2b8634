"""The three-valued meaning of conditions: whether they hold on answers, and how truths are combined.

Truth is ``True``, ``False``, or ``None`` for unknown (Kleene's strong three-valued logic).
"""

from __future__ import annotations

from collections.abc import Iterable

from triage.model.rule import UNKNOWN, Answers, Between, Condition, Conjunction, Empty, Includes, OneOf, Truth, Value


def is_open(value: Value) -> bool:
    """Whether the answer is an open set: some members are known, and there may be more."""
    return isinstance(value, frozenset) and UNKNOWN in value


def members(value: frozenset[str]) -> frozenset[str]:
    """The members that are known to be in a set, open or not."""
    return value - {UNKNOWN}


def satisfies(condition: Condition, value: Value) -> Truth:
    """Whether an answer satisfies the condition; None only for an open set that does not decide it.

    Raises TypeError where the value's type does not fit the condition: values must have been checked before.
    """
    match condition:
        case OneOf(values=values) if isinstance(value, str):
            return value in values
        case Between(low=low, high=high) if isinstance(value, int):
            return low <= value <= high
        case Includes(members=wanted) if isinstance(value, frozenset):
            if not wanted.isdisjoint(value):
                return True
            return None if is_open(value) else False
        case Empty(empty=empty) if isinstance(value, frozenset):
            return (not value) is empty
    raise TypeError(f"{condition.fact}: {value!r} does not fit {condition}")


def holds(condition: Condition, answers: Answers) -> Truth:
    """Whether the condition holds; None where its fact has no answer, or an open set that does not decide it."""
    value = answers.get(condition.fact)
    return None if value is None else satisfies(condition, value)


def all_hold(conjunction: Conjunction, answers: Answers) -> Truth:
    """Whether every condition of the conjunction holds."""
    return all_of(holds(condition, answers) for condition in conjunction)


def any_holds(conjunctions: Iterable[Conjunction], answers: Answers) -> Truth:
    """Whether at least one of the conjunctions holds."""
    return any_of(all_hold(conjunction, answers) for conjunction in conjunctions)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene conjunction: False if any is False, else None if any is unknown, else True."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene disjunction: True if any is True, else None if any is unknown, else False."""
    result: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            result = None
    return result


def not_(truth: Truth) -> Truth:
    """Kleene negation: unknown stays unknown."""
    return None if truth is None else not truth
