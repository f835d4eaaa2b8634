"""How often each answer is given: what expected shares, drawn referrals and reports of alarms rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.model.rule import Condition, Value, satisfies


@dataclass(frozen=True)
class Shares:
    """The share of each answer among all answers to one fact.

    ``of_values`` are those of a choice, which come to 1, or of a set's members, each by itself. ``of_ranges`` are those
    of a number, from the lowest to the highest number of each range, all numbers of a range being as frequent.
    """

    of_values: Mapping[str, float] = field(default_factory=dict)
    of_ranges: tuple[tuple[int, int, float], ...] = ()

    def of(self, value: Value) -> float:
        """The share of one answer to a fact that is no set."""
        if isinstance(value, int):
            return next((share / (high - low + 1) for low, high, share in self.of_ranges if low <= value <= high), 0.0)
        return self.of_values.get(str(value), 0.0)


@dataclass(frozen=True)
class FactFrequency:
    """How often each answer to one fact is given where it is asked.

    ``where`` holds other shares for those whose answer to one other fact satisfies a condition; no two of them do for
    the same answer. ``source`` says where the shares come from; without one they are a guess.
    """

    shares: Shares
    where: tuple[tuple[Condition, Shares], ...] = ()
    source: str | None = None

    @property
    def depends_on(self) -> str | None:
        """The other fact that the shares depend on."""
        return self.where[0][0].fact if self.where else None

    def shares_given(self, answer: Value | None) -> Shares:
        """The shares for those with this answer to the other fact."""
        if answer is None:
            return self.shares
        return next((shares for condition, shares in self.where if satisfies(condition, answer)), self.shares)


Frequencies = Mapping[str, FactFrequency]
"""How often each answer to each fact is given, by the fact's name."""
