"""What a rule set says of itself in ``ruleset.yaml``: use, limits, source attributes, disagreements, change log."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.model.faults import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class IntendedUse:
    """What the rule set is for, for whom, and what it is not."""

    purpose: str
    users: tuple[str, ...]
    population: str
    not_for: tuple[str, ...]
    not_a_device: str
    not_a_diagnosis: str
    not_a_prediction: str
    decision: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A source attribute asked of evidence-based decision support: whether it is used, and how."""

    id: str
    title: str
    used: str
    how: str


@dataclass(frozen=True, slots=True)
class Position:
    """What one side of a disagreement says, and where."""

    who: str
    says: str
    source: str
    claim: str | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where sources disagree, what was decided, and which rules carry the decision."""

    id: str
    about: str
    positions: tuple[Position, ...]
    decision: str
    rules: tuple[str, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Release:
    """One entry of the change log."""

    version: str
    date: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that no text of a rule may use.

    No level (``levels``) ``of`` these; no dose in ``units``; ``stop`` and beginnings of ``substances`` not together,
    unless negated.
    """

    levels: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """All of ``ruleset.yaml``."""

    name: str
    title: str
    version: str
    effective_date: str
    status: str
    author: str
    reviewers: tuple[str, ...]
    intended_use: IntendedUse
    limits: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    disagreements: tuple[Disagreement, ...]
    change_log: tuple[Release, ...]
    wording: Wording = Wording()
    place: Place = field(default=NOWHERE, compare=False)
