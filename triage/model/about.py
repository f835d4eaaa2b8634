"""The self-description of a rule set (``ruleset.yaml``): intended use, limits, disagreements, change log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.model.faults import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class IntendedUse:
    """What the rule set is for, who uses it on whom, and what it must not be used for."""

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
    """One source attribute that evidence-based decision support has to declare: whether it is used, and how."""

    id: str
    title: str
    used: str
    how: str


@dataclass(frozen=True, slots=True)
class Position:
    """One side of a disagreement: who says what, with the id of the source and, for the page, of the claim."""

    who: str
    says: str
    source: str
    claim: str | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A point on which sources disagree, what was decided, and the ids of the rules that carry the decision."""

    id: str
    about: str
    positions: tuple[Position, ...]
    decision: str
    rules: tuple[str, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Release:
    """One entry of the change log: a version (three numbers), its date (YYYY-MM-DD) and the changes."""

    version: str
    date: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """Wording that no text of a rule may use, and texts that may be harder to read than others.

    A word of ``levels`` may not stand before one of ``of``. A number may not stand before one of ``units``
    (a dose). A clause may not have both a word of ``stop`` and a word that begins like one of ``substances``, unless it
    is negated. A number may not stand before one of ``counted`` (a length of a course) or of ``currencies``.
    ``may_be_harder`` gives the reason for each text that may be harder to read, by the name of the text.
    """

    levels: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    may_be_harder: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegulatoryStatement:
    """A sentence on the law of one jurisdiction, whether it is a claim of this project, and its source."""

    jurisdiction: str
    sentence: str
    claimed: bool
    source: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class About:
    """Everything that ``ruleset.yaml`` says.

    ``lowered_by`` is the id of a source; rules that cite it are less urgent than the evidence dossier proposed.
    """

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
    regulatory: tuple[RegulatoryStatement, ...] = ()
    lowered_by: str | None = None
    place: Place = field(default=NOWHERE, compare=False)
