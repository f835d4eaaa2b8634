"""A fact: one thing that may be asked about a referral, with its type, its answers and when it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from triage.model.rule import UNKNOWN, Conjunction, Value, members

FactType = Literal["yes_no", "choice", "choices", "integer", "condition"]

FIXED_VALUES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "yes_no": (("no", "No"), ("yes", "Yes")),
    "condition": (
        ("absent", "Absent"),
        ("suspected", "Suspected"),
        ("current", "Current"),
        ("remitted", "Remitted"),
    ),
}
NEUTRAL_VALUES = ("none", "no", "absent")


@dataclass(frozen=True, slots=True)
class Label:
    """How a value reads on a page; ``example_yes`` is a case of it, ``example_no`` one easily taken for it."""

    label: str
    help: str = ""
    example_yes: str = ""
    example_no: str = ""


@dataclass(frozen=True, slots=True)
class CoreRule:
    """When a fact is core: ``always``, ``when`` a condition is not known to be false, or once ``given`` has an answer.

    ``when`` holds alternatives, like the ``when`` of a rule.
    """

    kind: Literal["never", "always", "when", "given"]
    when: tuple[Conjunction, ...] = ()
    given: str = ""


Clause = Literal["said_by", "clouded"]
"""Why a reassuring answer may not count: who said it, or the state that the person is in."""


@dataclass(frozen=True, slots=True)
class Reassuring:
    """Which answers reassure beside the neutral one, and when they do not count.

    ``values`` reassure like the neutral answer. ``but`` names the clauses that the fact is excepted from. ``in_part``
    are values that count for the rules whoever said them, and leave the fact unanswered where it was somebody whose
    reassurance does not count.
    """

    values: frozenset[str] = frozenset()
    but: frozenset[Clause] = frozenset()
    in_part: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Floor:
    """The level that an unanswered core fact holds while a condition is known to hold."""

    level: str
    held_while: tuple[Conjunction, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the vocabulary. ``title`` names it in at most four words.

    ``labels`` hold the values in order; numbers have ``minimum`` and ``maximum``. ``own_neutral`` is the neutral answer
    where it is another than the type's.
    """

    name: str
    type: FactType
    group: str
    question: str
    title: str
    labels: Mapping[str, Label] = field(default_factory=dict)
    minimum: int = 0
    maximum: int = 0
    ordered: bool = False
    core: CoreRule = CoreRule("never")
    asked_when: tuple[Conjunction, ...] = ()
    changeable: bool = False
    help: str = ""
    unit: str = ""
    codes: Mapping[str, Any] = field(default_factory=dict)
    own_neutral: Value | None = None
    reassuring: Reassuring = Reassuring()
    floor: Floor | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The values' ids in order; nothing for a number."""
        return tuple(self.labels)

    @property
    def all_answers(self) -> tuple[Value, ...]:
        """The answers to a fact that is no set, in order."""
        return tuple(range(self.minimum, self.maximum + 1)) if self.is_integer else self.values

    @property
    def is_set(self) -> bool:
        """Whether an answer is a set of values."""
        return self.type == "choices"

    @property
    def is_integer(self) -> bool:
        """Whether an answer is a whole number."""
        return self.type == "integer"

    @property
    def can_be_core(self) -> bool:
        """Whether the fact is core, or can become so."""
        return self.core.kind != "never"

    @property
    def neutral(self) -> Value | None:
        """The answer that says "nothing here", where the fact has one."""
        if self.own_neutral is not None:
            return self.own_neutral
        if self.is_set:
            return frozenset()
        if self.is_integer:
            return 0 if self.minimum == 0 else None
        return next((value for value in NEUTRAL_VALUES if value in self.labels), None)

    def reassures(self, value: Value) -> bool:
        """Say whether the answer, if it counts, clears something: any answer to a set does, of what it leaves out."""
        return self.is_set or value == self.neutral or value in self.reassuring.values

    def accepts(self, value: object) -> bool:
        """Say whether ``value`` is an answer to this fact, an open set included (not whether it may be "unknown")."""
        if self.is_integer:
            return isinstance(value, int) and not isinstance(value, bool) and self.minimum <= value <= self.maximum
        if self.is_set:
            return isinstance(value, frozenset) and members(value) <= self.labels.keys() and value != {UNKNOWN}
        return isinstance(value, str) and value in self.labels

    def allowed(self) -> str:
        """Say in words which answers are allowed."""
        if self.is_integer:
            return f"a whole number from {self.minimum} to {self.maximum}"
        listed = ", ".join(self.values)
        return f"a list of any of {listed}" if self.is_set else f"one of {listed}"
