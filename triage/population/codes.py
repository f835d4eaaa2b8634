"""How an answer is held in a table: as one whole number, with a number of its own where there is no answer.

A choice is the index of its value, a number is itself, and the highest code says that there is no answer (not asked, or
not known). A set has one bit for each member and one that says that it is open; no answer is the open set without a
known member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Value
from triage.model.vocabulary import Vocabulary
from triage.population.expressions import Column


@dataclass(frozen=True, slots=True)
class Coding:
    """The codes of one fact. ``unanswered`` is the code of no answer; in a set it is the bit that says "open"."""

    fact: Fact

    @property
    def unanswered(self) -> int:
        """The code of a fact without an answer."""
        if self.fact.is_set:
            return 1 << len(self.fact.values)
        return self.fact.maximum + 1 if self.fact.is_integer else len(self.fact.values)

    @property
    def highest(self) -> int:
        """The highest code."""
        return 2 * self.unanswered - 1 if self.fact.is_set else self.unanswered

    @property
    def column(self) -> Column:
        """The column of the fact's answers."""
        return Column(self.fact.name, self.highest)

    def code(self, value: Value | None) -> int:
        """The code of an answer; None is no answer."""
        if value is None or value == UNKNOWN:
            return self.unanswered
        if isinstance(value, frozenset):
            return self.bits(value) + (self.unanswered if UNKNOWN in value else 0)
        return value if isinstance(value, int) else self.fact.values.index(value)

    def bits(self, members: frozenset[str]) -> int:
        """The bits of the known members."""
        return sum(1 << place for place, member in enumerate(self.fact.values) if member in members)


def codings(vocabulary: Vocabulary) -> Mapping[str, Coding]:
    """The codes of every fact, by name."""
    return {fact.name: Coding(fact) for fact in vocabulary}
