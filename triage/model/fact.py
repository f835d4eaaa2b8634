"""A fact: one thing that may be asked about a referral, with its type, its answers and when it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from triage.model.rule import Conjunction, Value

FactType = Literal["yes_no", "choice", "choices", "integer", "condition"]

UNKNOWN = "unknown"
"""The answer "asked, not known": recorded, and reasoned about like no answer."""

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
    """How a value reads on a page."""

    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class CoreRule:
    """When a fact is core: ``always``, unless a conjunction is known to hold, or once another fact has a value."""

    kind: Literal["never", "always", "unless", "given"]
    unless: Conjunction = ()
    given: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the vocabulary. ``title`` names it in at most four words.

    ``labels`` hold the values in order; numbers have ``minimum`` and ``maximum``.
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
    def neutral(self) -> Value | None:
        """The answer that says "nothing here", where the fact has one."""
        if self.is_set:
            return frozenset()
        if self.is_integer:
            return 0 if self.minimum == 0 else None
        return next((value for value in NEUTRAL_VALUES if value in self.labels), None)

    def accepts(self, value: object) -> bool:
        """Say whether ``value`` is an answer to this fact (not whether it may be "unknown")."""
        if self.is_integer:
            return isinstance(value, int) and not isinstance(value, bool) and self.minimum <= value <= self.maximum
        if self.is_set:
            return isinstance(value, frozenset) and value <= self.labels.keys()
        return isinstance(value, str) and value in self.labels

    def allowed(self) -> str:
        """Say in words which answers are allowed."""
        if self.is_integer:
            return f"a whole number from {self.minimum} to {self.maximum}"
        listed = ", ".join(self.values)
        return f"a list of any of {listed}" if self.is_set else f"one of {listed}"
