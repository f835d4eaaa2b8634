"""A property: what must hold of every referral that is let in, complete or not."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model.rule import Condition, Conjunction


@dataclass(frozen=True, slots=True)
class Property:
    """One thing that must hold. ``given`` narrows the referrals it is about; the rest says what must hold of them."""

    id: str
    sentence: str
    given: tuple[Conjunction, ...] = ()
    unless: Conjunction = ()
    alone: bool = False
    rating_at_most: str | None = None
    rating_at_least: str | None = None
    level_at_least: str | None = None
    never_suited: str | None = None
    change_neither: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    more_serious_lowers_nothing: bool = False
    supports_reading: str | None = None
    roles: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of the property: numbers are told apart at their bounds too."""
        return (*(each for conjunction in self.given for each in conjunction), *self.unless)
