"""Rules compiled to what durable_rules runs safely: conjunctions only, in groups, none of which can overrun its stack.

An alternative of a rule becomes one or more conjunctions of comparisons, folded by the rule's id when they fire. No
disjunction and no negation is left to the engine: a choice of several values is "none of the others", an ``unless`` is
the complement of its condition. A referral becomes one flat message; what is not answered is not in it, so that no
comparison on it holds. Of an open set the message has the members and no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, assert_never

from triage.model.fact import Fact
from triage.model.rule import (
    Answers,
    Between,
    Condition,
    Empty,
    Includes,
    OneOf,
    Rule,
    Truth,
    Value,
    is_open,
    members,
)
from triage.model.vocabulary import Vocabulary

STACK = 64
"""How many nodes the engine's matcher can hold in wait before it gives up with its error 303; measured."""

GROUP = 8
"""How many conjunctions stand under one discriminator."""

Operator = Literal["$eq", "$neq", "$gte", "$lte"]
Name = str
"""A conjunction's name: the rule's id, ``#`` and a number."""


class EngineLimitError(Exception):
    """The rules could overrun the engine's stack on some referral: the service does not start with them."""


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
    """Compile rules to named conjunctions, each led by the discriminators of its groups.

    Raises EngineLimitError where ``group`` is so large that the engine's stack could be overrun.
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
    """The rule set's definition as durable_rules reads it.

    For each firing the matcher looks through all conjunctions from the first on: those most easily met stand first.
    """
    easiest = sorted(conjunctions, key=lambda name: (len(conjunctions[name]), conjunctions[name][-1].operator == "$eq"))
    return {name: {"all": [{"m": {"$and": [test.definition() for test in conjunctions[name]]}}]} for name in easiest}


def waiting(conjunctions: Iterable[Tests]) -> int:
    """How many nodes can wait at once in the matcher: along a path, the siblings of each node and the node itself."""
    tree: dict[Test, Any] = {}
    for tests in conjunctions:
        node = tree
        for test in tests:
            node = node.setdefault(test, {})
    return _waiting(tree)


def _waiting(tree: Mapping[Test, Any]) -> int:
    if not tree:
        return 1
    return len(tree) - 1 + max(_waiting(each) for each in tree.values())


def _groups(place: int, count: int, group: int) -> Tests:
    """The discriminators above a conjunction, outermost first; each holds for every message."""
    found: list[Test] = []
    level = 0
    while count > group:
        place, count, level = place // group, -(-count // group), level + 1
        found.append(Test("$neq", "kind", f"{level}.{place}"))
    return tuple(reversed(found))


def _conjunctions(rule: Rule, vocabulary: Vocabulary) -> Iterator[Tests]:
    stops = [_complement(each, vocabulary[each.fact]) for each in rule.unless]
    for conjunction in rule.when:
        holds = [_holding(each, vocabulary[each.fact]) for each in conjunction]
        for choice in product(*holds, *stops):
            tests = dict.fromkeys(test for tests in choice for test in tests)
            # Most selective first: an equality fails more often than a bound or an inequality.
            yield tuple(sorted(tests, key=lambda test: (test.operator != "$eq", test)))


def _holding(condition: Condition, fact: Fact) -> list[Tests]:
    """The ways in which a condition can hold, each as comparisons; only of a set can more than one hold at once."""
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
            # Not told apart by what comes before them: in an open set that is not known, and firing twice is no harm.
            return [(Test("$eq", _member(name, each), 1),) for each in fact.values if each in wanted]
        case Empty(empty=True):
            return [(Test("$eq", _size(name), 0),)]
        case Empty():
            return [(Test("$gte", _size(name), 1),)]
    assert_never(condition)


def _complement(condition: Condition, fact: Fact) -> list[Tests]:
    """The comparisons under which a condition is known to be false: its fact is not asked, or the answer is another."""
    given = _given(fact)
    ways: list[Tests]
    match condition:
        case OneOf(values=values):
            ways = [tuple(Test("$neq", given, value) for value in fact.values if value in values)]
        case Between(low=low, high=high):
            below = [(Test("$lte", given, low - 1),)] if low > fact.minimum else []
            above = [(Test("$gte", given, high + 1),)] if high < fact.maximum else []
            ways = [*below, *above]
        case Includes(members=wanted):
            ways = [tuple(Test("$eq", _member(given, each), 0) for each in fact.values if each in wanted)]
        case Empty(empty=True):
            ways = [(Test("$gte", _size(given), 1),)]
        case Empty():
            ways = [(Test("$eq", _size(given), 0),)]
        case _:
            assert_never(condition)
    return [*ways, (Test("$eq", _not_asked(fact.name), 1),)] if fact.asked_when else ways


def _at_least(fact: Fact, low: int) -> Tests:
    return (Test("$gte", fact.name, low),) if low > fact.minimum else ()


def _at_most(fact: Fact, high: int) -> Tests:
    return (Test("$lte", fact.name, high),) if high < fact.maximum else ()


def _present(fact: Fact) -> Tests:
    """Whatever the answer is, as long as there is one."""
    return (Test("$neq", fact.name, -1 if fact.is_integer else ""),)


def _member(name: str, member: str) -> str:
    return f"{name}__{member}"


def _size(name: str) -> str:
    return f"{name}__size"


def _given(fact: Fact) -> str:
    """The field with the answer as given: that of a detail stands there also while it is open whether it is asked."""
    return f"given__{fact.name}" if fact.asked_when else fact.name


def _not_asked(name: str) -> str:
    return f"not_asked__{name}"


class Messages:
    """Makes the message of a referral, of the fields on which a comparison could hold and no others."""

    def __init__(self, vocabulary: Vocabulary, conjunctions: Mapping[Name, Tests]) -> None:
        self._sets = {fact.name: fact.values for fact in vocabulary if fact.is_set}
        self._compared: dict[str, set[Tests]] = {}
        for tests in conjunctions.values():
            for field in {test.field for test in tests}:
                together = tuple(test for test in tests if test.field == field)
                self._compared.setdefault(field, set()).add(together)
        self._parts: dict[tuple[str, Value, Truth], dict[str, Any]] = {}
        self._gated = {fact.name for fact in vocabulary.gated}
        self._gates = [fact.name for fact in vocabulary.gated if _not_asked(fact.name) in self._compared]

    def of(self, answers: Answers, asked: Mapping[str, Truth]) -> dict[str, Any]:
        """The message; ``asked`` as ``Vocabulary.asked_all`` gives it."""
        found: dict[str, Any] = {"kind": KIND}
        parts = self._parts
        for name, value in answers.items():
            answer = (name, value, asked.get(name, True))
            part = parts.get(answer)
            if part is None:  # made once for each, as answers have few values
                part = parts[answer] = self._part(*answer)
            if part:
                found |= part
        for name in self._gates:
            if asked[name] is False:
                found[_not_asked(name)] = 1
        return found

    def _part(self, name: str, value: Value, asked: Truth) -> dict[str, Any]:
        """The fields of one answer; none of a detail that is not asked."""
        fields = [name] if asked else []
        if name in self._gated and asked is not False:
            fields.append(f"given__{name}")
        whole: dict[str, str | int] = {}
        for field in fields:
            if isinstance(value, frozenset):
                # Of an open set only its members are known: no field says of any other that it is not there.
                there = members(value) if is_open(value) else self._sets[name]
                whole |= {_member(field, each): int(each in value) for each in there}
                whole[_size(field)] = len(members(value))
            else:
                whole[field] = value
        return {field: plain for field, plain in whole.items() if self._matters(field, plain)}

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
