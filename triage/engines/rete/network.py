"""Compile rules to the part of durable_rules that is safe: conjunctions, in groups that can't overflow its stack.

An alternative of a rule becomes one or more conjunctions of comparisons. Each is named by the rule's id and a number,
so that several of them count as one firing. The engine gets no disjunction and no negation: one of several values is
compiled to "none of the other values", and an ``unless`` to the complement of its condition. A referral becomes one
flat message. A fact without an answer is not in it, so that no comparison on it holds. Of an open set, only the known
members are in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, Literal, assert_never

import orjson

from triage.model.fact import Fact
from triage.model.rule import Answers, Between, Condition, Empty, Includes, OneOf, Rule, Truth, Value
from triage.model.truth import is_open, members
from triage.model.vocabulary import Vocabulary

STACK = 64
"""The depth of the matcher's stack, in nodes (measured). It stops with error 303 when that is exceeded."""

GROUP = 8
"""The number of conjunctions under one discriminator."""

MOST_REMEMBERED = 1_000
"""The number of different answers to one fact at which the texts that are cached are dropped."""

Operator = Literal["$eq", "$neq", "$gte", "$lte"]
Name = str
"""A conjunction's name: the rule's id, ``#`` and a number."""


class EngineLimitError(Exception):
    """Some referral could overflow the matcher's stack with these rules, so the service does not start with them."""


@dataclass(frozen=True, slots=True, order=True)
class Test:
    """One comparison of a field of the message."""

    operator: Operator
    field: str
    value: str | int

    def definition(self) -> dict[str, Any]:
        """The comparison as durable_rules defines it."""
        return {self.field: self.value} if self.operator == "$eq" else {self.operator: {self.field: self.value}}


Tests = tuple[Test, ...]
KIND = "referral"
_EVERY = Test("$eq", "kind", KIND)


def network(rules: Iterable[Rule], vocabulary: Vocabulary, group: int = GROUP) -> dict[Name, Tests]:
    """Compile rules to named conjunctions, each beginning with the discriminators of its groups.

    Raises EngineLimitError where ``group`` is so large that the matcher's stack could overflow.
    """
    conjunctions = {
        f"{rule.id}#{number}": tests
        for rule in rules
        for number, tests in enumerate(dict.fromkeys(_conjunctions(rule, vocabulary)))
    }
    ordered = sorted(conjunctions, key=lambda name: (conjunctions[name], name))
    grouped = {name: (_EVERY, *_groups(place, len(ordered), group), *conjunctions[name])
               for place, name in enumerate(ordered)}  # fmt: skip
    needed = waiting(grouped.values())
    if needed >= STACK:
        raise EngineLimitError(
            f"{needed} comparisons could wait at once and durable_rules holds {STACK}: {len(ordered)} conjunctions in "
            f"groups of {group} are too many. Group them smaller, or split the largest rules."
        )
    return grouped


def definition(conjunctions: Mapping[Name, Tests]) -> dict[str, Any]:
    """The rule set in the format that durable_rules reads.

    For each firing, the matcher searches the conjunctions from the first on; those that hold most often come first.
    """
    easiest = sorted(conjunctions, key=lambda name: (len(conjunctions[name]), conjunctions[name][-1].operator == "$eq"))
    return {name: {"all": [{"m": {"$and": [test.definition() for test in conjunctions[name]]}}]} for name in easiest}


def waiting(conjunctions: Iterable[Tests]) -> int:
    """The most nodes that can be on the matcher's stack at once: on a path, each node with its siblings."""
    tree: dict[Test, Any] = {}
    for tests in conjunctions:
        node = tree
        for test in tests:
            node = node.setdefault(test, {})
    return _waiting(tree)


def _waiting(tree: Mapping[Test, Any]) -> int:
    if not tree:
        return 1
    return len(tree) - 1 + max(_waiting(subtree) for subtree in tree.values())


def _groups(place: int, count: int, group: int) -> Tests:
    """The discriminators of the groups of a conjunction, outermost first. They hold for every message."""
    discriminators: list[Test] = []
    level = 0
    while count > group:
        place, count, level = place // group, -(-count // group), level + 1
        discriminators.append(Test("$neq", "kind", f"{level}.{place}"))
    return tuple(reversed(discriminators))


def _conjunctions(rule: Rule, vocabulary: Vocabulary) -> Iterator[Tests]:
    stops = [_complement(condition, vocabulary[condition.fact]) for condition in rule.unless]
    for conjunction in rule.when:
        holds = [_holding(condition, vocabulary[condition.fact]) for condition in conjunction]
        for choice in product(*holds, *stops):
            tests = dict.fromkeys(test for tests in choice for test in tests)
            # Most selective first: an equality fails more often than a bound or an inequality.
            yield tuple(sorted(tests, key=lambda test: (test.operator != "$eq", test)))


def _holding(condition: Condition, fact: Fact) -> list[Tests]:
    """The comparisons under which a condition holds, as alternatives. Only for sets may two of them hold at once."""
    name = fact.name
    match condition:
        case OneOf(values=values) if len(values) == 1:
            (value,) = values
            return [(Test("$eq", name, value),)]
        case OneOf(values=values):
            return [tuple(Test("$neq", name, other) for other in fact.values if other not in values) or _present(fact)]
        case Between(low=low, high=high):
            return [_at_least(fact, low) + _at_most(fact, high) or _present(fact)]
        case Includes(members=wanted):
            # Not made exclusive with "and none of those before": in an open set that is not known. Two conjunctions of
            # a rule that fire count as one firing.
            return [(Test("$eq", _member(name, value), 1),) for value in fact.values if value in wanted]
        case Empty(empty=True):
            return [(Test("$eq", _size(name), 0),)]
        case Empty():
            return [(Test("$gte", _size(name), 1),)]
    assert_never(condition)


def _complement(condition: Condition, fact: Fact) -> list[Tests]:
    """The comparisons under which a condition is known to be false, as alternatives."""
    given = _given(fact)
    complements: list[Tests]
    match condition:
        case OneOf(values=values):
            complements = [tuple(Test("$neq", given, value) for value in fact.values if value in values)]
        case Between(low=low, high=high):
            below = [(Test("$lte", given, low - 1),)] if low > fact.minimum else []
            above = [(Test("$gte", given, high + 1),)] if high < fact.maximum else []
            complements = [*below, *above]
        case Includes(members=wanted):
            complements = [tuple(Test("$eq", _member(given, value), 0) for value in fact.values if value in wanted)]
        case Empty(empty=True):
            complements = [(Test("$gte", _size(given), 1),)]
        case Empty():
            complements = [(Test("$eq", _size(given), 0),)]
        case _:
            assert_never(condition)
    return [*complements, (Test("$eq", _not_asked(fact.name), 1),)] if fact.asked_when else complements


def _at_least(fact: Fact, low: int) -> Tests:
    return (Test("$gte", fact.name, low),) if low > fact.minimum else ()


def _at_most(fact: Fact, high: int) -> Tests:
    return (Test("$lte", fact.name, high),) if high < fact.maximum else ()


def _present(fact: Fact) -> Tests:
    """A comparison that holds for every answer, and not where there is none."""
    return (Test("$neq", fact.name, -1 if fact.is_integer else ""),)


def _member(name: str, member: str) -> str:
    return f"{name}__{member}"


def _size(name: str) -> str:
    return f"{name}__size"


def _given(fact: Fact) -> str:
    """The field with the answer as given. A gated fact has it also while it is not known whether the fact is asked."""
    return f"given__{fact.name}" if fact.asked_when else fact.name


def _not_asked(name: str) -> str:
    return f"not_asked__{name}"


class _Texts(dict[Any, str]):
    """The fields of each answer to one fact as JSON, with a comma before each field."""

    def __init__(self, fields: Callable[[Any], dict[str, Any]]) -> None:
        self._fields = fields

    def __missing__(self, answer: Any) -> str:
        if len(self) > MOST_REMEMBERED:
            self.clear()
        text = self[answer] = _as_text(self._fields(answer))
        return text


def _as_text(fields: dict[str, Any]) -> str:
    return f",{orjson.dumps(fields)[1:-1].decode()}" if fields else ""


class Messages:
    """Makes the message of a referral, with only those fields on which some comparison could hold."""

    def __init__(self, vocabulary: Vocabulary, conjunctions: Mapping[Name, Tests]) -> None:
        self._compared: dict[str, set[Tests]] = {}
        for tests in conjunctions.values():
            for field in {test.field for test in tests}:
                together = tuple(test for test in tests if test.field == field)
                self._compared.setdefault(field, set()).add(together)
        self._gated = [(fact.name, _Texts(partial(self._of_gated, fact))) for fact in vocabulary.gated]
        always_asked = (fact for fact in vocabulary if not fact.asked_when)
        self._always_asked = [(fact.name, _Texts(partial(self._of_ungated, fact))) for fact in always_asked]
        gates = (fact.name for fact in vocabulary.gated if _not_asked(fact.name) in self._compared)
        self._closed = [(name, _as_text({_not_asked(name): 1})) for name in gates]

    def of(self, answers: Answers, asked: Mapping[str, Truth]) -> dict[str, Any]:
        """The message for these answers. ``asked`` is what ``Vocabulary.asked_all`` gives for them."""
        message: dict[str, Any] = orjson.loads(f'{{"kind":"{KIND}"{self.text(answers, asked)}}}')
        return message

    def text(self, answers: Answers, asked: Mapping[str, Truth]) -> str:
        """The fields of the message as JSON, without the kind, each with a comma before it."""
        parts = [texts[answers[name]] for name, texts in self._always_asked if name in answers]
        parts += [texts[answers[name], asked[name]] for name, texts in self._gated if name in answers]
        parts += [text for name, text in self._closed if asked[name] is False]
        return "".join(parts)

    def _of_gated(self, fact: Fact, answer: tuple[Value, Truth]) -> dict[str, Any]:
        """The fields of an answer to a gated fact, given whether that is asked; none where it is not."""
        value, asked = answer
        if asked is False:
            return {}
        given = self._fields(fact, value, _given(fact))
        return self._fields(fact, value, fact.name) | given if asked else given

    def _of_ungated(self, fact: Fact, value: Value) -> dict[str, Any]:
        return self._fields(fact, value, fact.name)

    def _fields(self, fact: Fact, value: Value, field: str) -> dict[str, Any]:
        """The fields of one answer, under this name."""
        fields: dict[str, str | int]
        if isinstance(value, frozenset):
            # Of an open set only the members are known: no field says that another value is not in it.
            known = members(value) if is_open(value) else fact.values
            fields = {_member(field, member): int(member in value) for member in known}
            fields[_size(field)] = len(members(value))
        else:
            fields = {field: value}
        return {name: plain for name, plain in fields.items() if self._matters(name, plain)}

    def _matters(self, field: str, value: str | int) -> bool:
        return any(all(_holds(test, value) for test in tests) for tests in self._compared.get(field, ()))


def _holds(test: Test, value: Any) -> bool:
    match test.operator:
        case "$eq":
            return bool(value == test.value)
        case "$neq":
            return bool(value != test.value)
        case "$gte":
            return bool(value >= test.value)
        case "$lte":
            return bool(value <= test.value)
    assert_never(test.operator)
