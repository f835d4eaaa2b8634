"""How often each answer is given, for expected shares, generated referrals and reports of alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.model.rule import Condition, Value
from triage.model.truth import satisfies


@dataclass(frozen=True)
class Shares:
    """The share of each answer among all answers to one fact.

    ``of_values`` holds a share from 0 to 1 for each value of a choice (their sum is 1), or for each member of a set
    (independent of each other). ``of_ranges`` holds the lowest number, the highest number and the share of each range
    of a number fact; all numbers of a range are equally frequent.
    """

    of_values: Mapping[str, float] = field(default_factory=dict)
    of_ranges: tuple[tuple[int, int, float], ...] = ()

    def of(self, value: Value) -> float:
        """The share of one answer to a fact that is not a set."""
        if isinstance(value, int):
            return next((share / (high - low + 1) for low, high, share in self.of_ranges if low <= value <= high), 0.0)
        return self.of_values.get(str(value), 0.0)


@dataclass(frozen=True)
class FactFrequency:
    """How often each answer to one fact is given where it is asked.

    ``where`` holds conditions on one other fact, with the shares for referrals that satisfy them; the conditions
    exclude each other. ``source`` says where the shares come from; None means that they are a guess.
    """

    shares: Shares
    where: tuple[tuple[Condition, Shares], ...] = ()
    source: str | None = None

    @property
    def depends_on(self) -> str | None:
        """The other fact that the shares depend on."""
        return self.where[0][0].fact if self.where else None

    def shares_given(self, answer: Value | None) -> Shares:
        """The shares for referrals with this answer to the other fact (None: not answered)."""
        if answer is None:
            return self.shares
        return next((shares for condition, shares in self.where if satisfies(condition, answer)), self.shares)


Frequencies = Mapping[str, FactFrequency]
"""How often each answer to each fact is given, by the fact's name."""
