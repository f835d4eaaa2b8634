"""A fact: one question about a referral, with its type, its possible answers and when it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from triage.model.rule import UNKNOWN, Conjunction, Value
from triage.model.truth import members

FactType = Literal["yes_no", "choice", "choices", "integer", "condition"]

ABSENT, SUSPECTED, CURRENT, REMITTED = "absent", "suspected", "current", "remitted"
"""The answers to a fact of the type `condition`. They are part of the language, and are named in this place only.

Rules, courses and proofs tell them apart. A screening score can only make a condition suspected; only a clinician
answers that it is current or remitted.
"""
PRESENT = frozenset({SUSPECTED, CURRENT})
"""The answers that say that a condition is present now, or may be."""

AGE = "age_years"
"""The fact that holds the age in years. It is part of the language, and is named in this place only.

A length in `course.yaml` may have an `age`, a limit may be `adults_only`, and a cut-off must say for whom it is.
"""

FIXED_VALUES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "yes_no": (("no", "No"), ("yes", "Yes")),
    "condition": (
        (ABSENT, "Absent"),
        (SUSPECTED, "Suspected"),
        (CURRENT, "Current"),
        (REMITTED, "Remitted"),
    ),
}
NEUTRAL_VALUES = ("none", "no", ABSENT)


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a value on a page, with a case of the value and a case (``example_no``) often mistaken for it."""

    label: str
    help: str = ""
    example_yes: str = ""
    example_no: str = ""


@dataclass(frozen=True, slots=True)
class CoreRule:
    """When a fact is core, that is, when its absence holds the urgency at a floor.

    ``kind`` is "never", "always", "when" (as long as ``when``, alternatives as in a rule, is not known to be false) or
    "given" (once the fact named by ``given`` has an answer).
    """

    kind: Literal["never", "always", "when", "given"]
    when: tuple[Conjunction, ...] = ()
    given: str = ""


Clause = Literal["said_by", "clouded"]
"""Why a reassuring answer may not count: because of who said it, or of the state that the person is in."""


@dataclass(frozen=True, slots=True)
class Reassuring:
    """Which answers to a fact are reassuring, and which reasons not to count them do not apply to it.

    ``values`` reassure as the neutral answer does. ``but`` names the clauses that do not apply to this fact.
    ``in_part`` are values that always count for the rules; said by somebody whose reassurance does not count, they
    leave the fact unanswered for the floor.
    """

    values: frozenset[str] = frozenset()
    but: frozenset[Clause] = frozenset()
    in_part: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Floor:
    """The lowest urgency while a core fact is unanswered and one of ``held_while`` is known to hold."""

    level: str
    held_while: tuple[Conjunction, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the vocabulary.

    ``title`` names it in at most four words. ``labels`` are its values in order; a number has ``minimum`` and
    ``maximum`` instead, both included. ``asked_when`` is empty for a fact that is always asked. ``own_neutral`` is the
    neutral answer where it differs from that of the type. ``ask_alone`` says that only the person is asked, with nobody
    by, so never a referrer.
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
    ask_alone: bool = False
    help: str = ""
    unit: str = ""
    codes: Mapping[str, Any] = field(default_factory=dict)
    own_neutral: Value | None = None
    reassuring: Reassuring = Reassuring()
    floor: Floor | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The ids of the values in order; empty for a number."""
        return tuple(self.labels)

    @property
    def all_answers(self) -> tuple[Value, ...]:
        """Every possible answer in order, for a fact that is not a set."""
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
        """The answer that reports nothing (none, no, absent, 0, the empty set); None where the fact has none."""
        if self.own_neutral is not None:
            return self.own_neutral
        if self.is_set:
            return frozenset()
        if self.is_integer:
            return 0 if self.minimum == 0 else None
        return next((value for value in NEUTRAL_VALUES if value in self.labels), None)

    def reassures(self, value: Value) -> bool:
        """Whether the answer is reassuring. Every answer to a set is, about the members that it leaves out."""
        return self.is_set or value == self.neutral or value in self.reassuring.values

    def accepts(self, value: object) -> bool:
        """Whether ``value`` is an answer to this fact. An open set is one; "unknown" by itself is not."""
        if self.is_integer:
            return isinstance(value, int) and not isinstance(value, bool) and self.minimum <= value <= self.maximum
        if self.is_set:
            return isinstance(value, frozenset) and members(value) <= self.labels.keys() and value != {UNKNOWN}
        return isinstance(value, str) and value in self.labels

    def label_of(self, value: Value) -> str:
        """The label of an answer; a number with its unit, the members of a set one after the other."""
        if isinstance(value, frozenset):
            members = ", ".join(self.labels[name].label for name in self.values if name in value) or "none of these"
            return f"{members}, others not known" if UNKNOWN in value else members
        return f"{value} {self.unit}".rstrip() if isinstance(value, int) else self.labels[value].label

    def allowed(self) -> str:
        """The allowed answers in words, for messages."""
        if self.is_integer:
            return f"a whole number from {self.minimum} to {self.maximum}"
        listed = ", ".join(self.values)
        return f"a list of any of {listed}" if self.is_set else f"one of {listed}"
