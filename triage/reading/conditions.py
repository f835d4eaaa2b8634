"""Read conditions and answers from YAML data into :mod:`triage.model.rule`, naming every mistake with its place."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.model.fact import Fact
from triage.model.faults import Fault, KeyPath, Place, did_you_mean, near_match
from triage.model.rule import UNKNOWN, Between, Condition, Conjunction, Empty, Includes, OneOf, Value
from triage.reading.yaml_text import Document, yaml_words

BOUNDS = ("at_least", "at_most")
INCLUDES_ALL = "includes_all"
SET_TESTS = ("includes", "includes_any", INCLUDES_ALL, "empty")


@dataclass
class Reader:
    """Reads the conditions and answers of one document. It collects faults instead of raising them."""

    document: Document
    facts: Mapping[str, Fact]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: KeyPath, check: str, message: str, fix: str = "") -> None:
        """Add a fault at ``path`` of the document."""
        self.faults.append(Fault(self.document.place(path), check, message, fix))

    def place(self, path: KeyPath) -> Place:
        """The place of ``path`` in the document."""
        return self.document.place(path)

    def alternatives(self, data: Any, path: KeyPath) -> tuple[Conjunction, ...]:
        """Read a ``when``: one mapping, or a list of mappings of which at least one must hold."""
        if isinstance(data, list):
            if not data:
                self.fault(path, "condition", "An empty list of alternatives never holds.", "Name a condition.")
            return tuple(self.conjunction(alternative, (*path, index)) for index, alternative in enumerate(data))
        return (self.conjunction(data, path),)

    def conjunction(self, data: Any, path: KeyPath) -> Conjunction:
        """Read a mapping from facts to conditions that must all hold."""
        if not isinstance(data, dict) or not data:
            self.fault(path, "condition", "Conditions are a mapping from facts to values.", "Write `fact: value`.")
            return ()
        conditions = [self.conditions(name, test, (*path, name)) for name, test in data.items()]
        return tuple(condition for of_fact in conditions for condition in of_fact if condition is not None)

    def conditions(self, name: str, data: Any, path: KeyPath) -> list[Condition | None]:
        """Read the conditions on one fact: one or, with ``includes_all``, one for each member. None: it has a fault."""
        fact = self.facts.get(name)
        if fact is None or not fact.is_set or not isinstance(data, dict) or set(data) != {INCLUDES_ALL}:
            return [self.condition(name, data, path)]
        wanted = data[INCLUDES_ALL]
        if path[0] == "unless":
            message = f"`{INCLUDES_ALL}` can't stand under `unless`, where any one condition is enough."
            self.fault((*path, INCLUDES_ALL), "condition", message, "Make a rule of its own for it.")
        elif not isinstance(wanted, list) or len(wanted) < 2:
            message = f"`{INCLUDES_ALL}` lists two members or more."
            self.fault((*path, INCLUDES_ALL), "condition", message, "Write `{includes: x}` for one.")
        else:
            return [self.condition(name, {"includes": member}, path) for member in wanted]
        return []

    def fact(self, name: str, path: KeyPath) -> Fact | None:
        """The fact with this name, or None and a fault with a near match where there is none."""
        fact = self.facts.get(name)
        if fact is None:
            self.fault(path, "unknown-fact", f"`{name}` is not a fact.", _near_fact(name, self.facts))
        return fact

    def condition(self, name: str, data: Any, path: KeyPath) -> Condition | None:
        """Read one condition on the fact ``name``; None where it has a fault."""
        fact = self.fact(name, path)
        if fact is None:
            return None
        if isinstance(data, dict):
            return self._tests(fact, data, path)
        if fact.is_set:
            fix = f"Write `{{includes: {data}}}`." if isinstance(data, str) else "Write `{includes_any: [...]}`."
            self.fault(path, "condition", f"`{name}` is a set and can't equal a bare value.", fix)
            return None
        if fact.is_integer:
            return self._number(fact, data, path)
        values = data if isinstance(data, list) else [data]
        known = self._known_values(fact, values, path)
        if known and known == set(fact.values):
            self._vacuous(fact, path)
        return OneOf(name, frozenset(known)) if known else None

    def _number(self, fact: Fact, data: Any, path: KeyPath) -> Condition | None:
        if not isinstance(data, int) or isinstance(data, bool):
            fix = "Write a number, or `{at_least: n, at_most: m}`."
            self.fault(path, "unknown-value", f"`{yaml_words(data)}` is not a number for `{fact.name}`.", fix)
            return None
        return self._range(fact, data, data, path)

    def _tests(self, fact: Fact, data: dict[str, Any], path: KeyPath) -> Condition | None:
        known = SET_TESTS if fact.is_set else BOUNDS
        for key in data:
            if key not in known:
                fix = did_you_mean(key, known)
                self.fault((*path, key), "condition", f"`{key}` is not a test for `{fact.name}`.", fix)
                return None
        if not data:
            self.fault(path, "condition", f"`{fact.name}` has no test.", did_you_mean("", known))
            return None
        if fact.is_set:
            return self._set_test(fact, data, path)
        if fact.is_integer:
            return self._bounds(fact, data, path)
        return self._ordered(fact, data, path)

    def _bounds(self, fact: Fact, data: dict[str, Any], path: KeyPath) -> Condition | None:
        for key, bound in data.items():
            if not isinstance(bound, int) or isinstance(bound, bool):
                self.fault(
                    (*path, key), "bound", f"The bound `{yaml_words(bound)}` is not a whole number.", "Write a number."
                )
                return None
        return self._range(fact, data.get("at_least", fact.minimum), data.get("at_most", fact.maximum), path)

    def _range(self, fact: Fact, low: int, high: int, path: KeyPath) -> Condition | None:
        if low < fact.minimum or high > fact.maximum or low > high:
            message = f"`{fact.name}` can't lie in {low}..{high}."
            self.fault(path, "bound", message, f"Its bounds are {fact.minimum} to {fact.maximum}.")
            return None
        if (low, high) == (fact.minimum, fact.maximum):
            self._vacuous(fact, path)
        return Between(fact.name, low, high)

    def _ordered(self, fact: Fact, data: dict[str, Any], path: KeyPath) -> Condition | None:
        if not fact.ordered:
            message = f"The values of `{fact.name}` have no order."
            self.fault(path, "bound", message, "List the values that are meant.")
            return None
        values = list(fact.values)
        for key, bound in data.items():
            if bound not in values:
                self._unknown_value(fact, bound, (*path, key))
                return None
        low = values.index(data["at_least"]) if "at_least" in data else 0
        high = values.index(data["at_most"]) if "at_most" in data else len(values) - 1
        chosen = frozenset(values[low : high + 1])
        if not chosen:
            self.fault(path, "bound", f"No value of `{fact.name}` lies between these bounds.", "Swap them.")
            return None
        if len(chosen) == len(values):
            self._vacuous(fact, path)
        return OneOf(fact.name, chosen)

    def _set_test(self, fact: Fact, data: dict[str, Any], path: KeyPath) -> Condition | None:
        if len(data) != 1:
            self.fault(path, "condition", f"`{fact.name}` has more than one test.", "Write one test.")
            return None
        ((key, wanted),) = data.items()
        if key == "empty":
            if not isinstance(wanted, bool):
                self.fault((*path, key), "condition", "`empty` is `true` or `false`.", "Write `{empty: true}`.")
                return None
            return Empty(fact.name, wanted)
        values = wanted if isinstance(wanted, list) else [wanted]
        known = self._known_values(fact, values, (*path, key))
        return Includes(fact.name, frozenset(known)) if known else None

    def _known_values(self, fact: Fact, values: list[Any], path: KeyPath, *, empty: bool = False) -> set[str]:
        known: set[str] = set()
        for value in values:
            if isinstance(value, str) and value in fact.labels:
                known.add(value)
            else:
                self._unknown_value(fact, value, path)
        if not values and not empty:
            self.fault(path, "condition", f"`{fact.name}` has an empty list of values.", "Name a value.")
        return known

    def _unknown_value(self, fact: Fact, value: Any, path: KeyPath) -> None:
        words = yaml_words(value)
        fix = self._yes_or_no(words, fact) or did_you_mean(words, fact.values)
        self.fault(path, "unknown-value", f"`{words}` is not a value of `{fact.name}`.", fix)

    def _yes_or_no(self, words: str, fact: Fact) -> str:
        """The fix where `true` or `false` was written for the answer `yes` or `no`."""
        meant = {"true": "yes", "false": "no"}.get(words)
        return f"Write `{meant}`." if meant in fact.values else ""

    def _vacuous(self, fact: Fact, path: KeyPath) -> None:
        message = f"This holds whatever the answer to `{fact.name}` is."
        self.fault(path, "bound", message, "Leave the condition out, or name fewer values.")

    def answers(self, data: Any, path: KeyPath) -> dict[str, Value]:
        """Read the ``given`` of an example: answers by fact. A fact with "unknown" or null has no answer."""
        if not isinstance(data, dict):
            self.fault(path, "example", "`given` is a mapping from facts to answers.", "Write `{fact: value}`.")
            return {}
        answers: dict[str, Value] = {}
        for name, raw in data.items():
            fact = self.fact(name, (*path, name))
            if fact is None or raw in (None, UNKNOWN, [UNKNOWN]):
                continue
            if isinstance(raw, list) and fact.is_set:
                known = self._known_values(
                    fact, [member for member in raw if member != UNKNOWN], (*path, name), empty=True
                )
                answers[name] = frozenset(known | {UNKNOWN} if UNKNOWN in raw else known)
            elif fact.accepts(raw):
                answers[name] = raw
            else:
                message = f"`{yaml_words(raw)}` is not an answer to `{name}`."
                near = did_you_mean(raw, fact.values) if isinstance(raw, str) and near_match(raw, fact.values) else ""
                meant = self._yes_or_no(yaml_words(raw), fact) or near
                self.fault((*path, name), "unknown-value", message, meant or f"Give {fact.allowed()}.")
        return answers

    def always_asked(self, conjunctions: tuple[Conjunction, ...], path: KeyPath, gated: Container[str]) -> None:
        """Add a fault for each condition on a gated fact."""
        for condition in (condition for conjunction in conjunctions for condition in conjunction):
            if condition.fact in gated:
                message = f"`{condition.fact}` is only sometimes asked itself, so nothing can hang on it."
                self.fault(path, "structure", message, "Refer to a fact that is always asked.")


def _near_fact(name: str, facts: Mapping[str, Fact]) -> str:
    fix = did_you_mean(name, tuple(facts))
    return fix if fix.startswith("Did") else "The facts are listed in rules/vocabulary.yaml."
