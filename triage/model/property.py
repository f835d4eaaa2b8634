"""A property: a statement that must hold of every valid referral, complete or not."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model.rule import Condition, Conjunction


@dataclass(frozen=True, slots=True)
class Property:
    """One statement about all valid referrals.

    ``given`` and ``unless`` select the referrals that it is about; the other attributes say what must hold of them.

    ``unanswered`` are facts without an answer; ``beside_a_focus`` selects referrals with a proposed problem area. With
    ``targets``, the ratings are those of each of these targets, none of which is ever supported (``never_supported``)
    or has one of ``never_roles``; without, they are the overall ratings. Only ``only_targets`` can have the role
    ``role``, or only conditions with the answer ``only_while``. ``obstacles`` are conditions: a more certain answer to
    one never raises the rating of another target. ``never_offered`` are therapies, ``never_fires`` rules that never
    fire, and ``never_limits`` rules that never limit a condition with the answer ``while_answered``.

    ``level_at_least`` and ``level_at_most`` are about the level that rules set, ``reported_at_least`` about the level
    that is shown, floors included. ``lines`` are additive lines that the action shows. Two are about the rules
    themselves: under ``covers_at_most_own_level`` no rule covers a rule of a higher level, and ``one_step_a_reason``
    names facts of which only the value that was answered gives a reason.
    """

    id: str
    sentence: str
    given: tuple[Conjunction, ...] = ()
    unless: Conjunction = ()
    alone: bool = False
    rating_at_most: str | None = None
    rating_at_least: str | None = None
    unanswered: tuple[str, ...] = ()
    level_at_least: str | None = None
    level_at_most: str | None = None
    reported_at_least: str | None = None
    lines: tuple[str, ...] = ()
    covers_at_most_own_level: bool = False
    one_step_a_reason: tuple[str, ...] = ()
    never_suited: str | None = None
    change_neither: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    more_serious_lowers_nothing: bool = False
    supports_reading: str | None = None
    roles: tuple[str, ...] = ()
    beside_a_focus: bool = False
    targets: tuple[str, ...] = ()
    never_supported: bool = False
    never_roles: tuple[str, ...] = ()
    role: str | None = None
    only_targets: tuple[str, ...] = ()
    only_while: str | None = None
    obstacles: tuple[str, ...] = ()
    never_offered: tuple[str, ...] = ()
    never_fires: tuple[str, ...] = ()
    never_limits: tuple[str, ...] = ()
    while_answered: str | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of the property; a proof also has to split the ranges of numbers at their bounds."""
        return (*(condition for conjunction in self.given for condition in conjunction), *self.unless)
