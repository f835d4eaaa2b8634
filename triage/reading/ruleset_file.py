"""Read ``ruleset.yaml``: intended use, limits, disagreements and change log of the rule set."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from triage.model import about
from triage.model.faults import FaultyRuleSet
from triage.reading.conditions import Reader
from triage.reading.shape import Id, Strict, shaped
from triage.reading.yaml_text import Document

FILE = "ruleset.yaml"

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def _version(text: str) -> str:
    if not _VERSION.match(text):
        raise ValueError("must be three numbers, such as 1.2.0")
    return text


def _date(text: str) -> str:
    if not DATE.match(text):
        raise ValueError("must be a date, such as 2026-11-23")
    return text


Version = Annotated[str, AfterValidator(_version)]
Date = Annotated[str, AfterValidator(_date)]


class _IntendedUse(Strict):
    purpose: str
    users: list[str]
    population: str
    not_for: list[str]
    not_a_device: str
    not_a_diagnosis: str
    not_a_prediction: str
    decision: str


class _Attribute(Strict):
    id: str
    title: str
    used: Literal["used", "not used"]
    how: str


class _Position(Strict):
    who: str
    says: str
    source: str
    claim: str | None = None


class _Disagreement(Strict):
    id: Id
    about: str
    positions: list[_Position] = Field(min_length=1)
    decision: str
    rules: list[str]


class _Release(Strict):
    version: Version
    date: Date
    changes: list[str] = Field(min_length=1)


class _Wording(Strict):
    levels: list[str] = Field(default_factory=list)
    of: list[str] = Field(default_factory=list)
    units: list[str] = Field(default_factory=list)
    stop: list[str] = Field(default_factory=list)
    substances: list[str] = Field(default_factory=list)
    counted: list[str] = Field(default_factory=list)
    currencies: list[str] = Field(default_factory=list)
    may_be_harder: dict[str, str] = Field(default_factory=dict)


class _Statement(Strict):
    jurisdiction: str
    sentence: str
    claimed: bool
    source: str


class _AboutText(Strict):
    name: Id
    title: str
    version: Version
    effective_date: Date
    status: str
    author: str
    reviewers: list[str]
    intended_use: _IntendedUse
    limits: list[str]
    attributes: list[_Attribute]
    disagreements: list[_Disagreement] = Field(default_factory=list)
    change_log: list[_Release] = Field(default_factory=list)
    wording: _Wording = Field(default_factory=_Wording)
    regulatory: list[_Statement] = Field(default_factory=list)
    lowered_by: str | None = None


def read_about(document: Document) -> about.About:
    """Read ``ruleset.yaml``. Raises FaultyRuleSet with all its faults."""
    text = shaped(document, _AboutText)
    reader = Reader(document, {})
    seen: set[str] = set()
    for index, entry in enumerate(text.change_log):
        if entry.version in seen:
            message = f"The version {entry.version} stands twice in the change log."
            reader.fault(("change_log", index, "version"), "change-log", message, "Keep one entry for a version.")
        seen.add(entry.version)
    if reader.faults:
        raise FaultyRuleSet(reader.faults)
    use = text.intended_use
    return about.About(
        name=text.name,
        title=text.title,
        version=text.version,
        effective_date=text.effective_date,
        status=text.status,
        author=text.author,
        reviewers=tuple(text.reviewers),
        intended_use=about.IntendedUse(
            purpose=use.purpose,
            users=tuple(use.users),
            population=use.population,
            not_for=tuple(use.not_for),
            not_a_device=use.not_a_device,
            not_a_diagnosis=use.not_a_diagnosis,
            not_a_prediction=use.not_a_prediction,
            decision=use.decision,
        ),
        limits=tuple(text.limits),
        attributes=tuple(
            about.Attribute(attribute.id, attribute.title, attribute.used, attribute.how)
            for attribute in text.attributes
        ),
        disagreements=tuple(
            _disagreement(disagreement, index, document) for index, disagreement in enumerate(text.disagreements)
        ),
        change_log=tuple(about.Release(entry.version, entry.date, tuple(entry.changes)) for entry in text.change_log),
        wording=_wording(text.wording),
        regulatory=tuple(_statement(statement, index, document) for index, statement in enumerate(text.regulatory)),
        lowered_by=text.lowered_by,
        place=document.place(("version",)),
    )


def _disagreement(text: _Disagreement, index: int, document: Document) -> about.Disagreement:
    at = ("disagreements", index)
    positions = tuple(
        about.Position(side.who, side.says, side.source, side.claim, document.place((*at, "positions", number)))
        for number, side in enumerate(text.positions)
    )
    place = document.place((*at, "rules"))
    return about.Disagreement(text.id, text.about, positions, text.decision, tuple(text.rules), place)


def _statement(text: _Statement, index: int, document: Document) -> about.RegulatoryStatement:
    place = document.place(("regulatory", index, "source"))
    return about.RegulatoryStatement(text.jurisdiction, text.sentence, text.claimed, text.source, place)


def _wording(text: _Wording) -> about.Wording:
    return about.Wording(
        tuple(text.levels),
        tuple(text.of),
        tuple(text.units),
        tuple(text.stop),
        tuple(text.substances),
        tuple(text.counted),
        tuple(text.currencies),
        text.may_be_harder,
    )
