"""Reading ``properties.yaml``: what must hold of every referral, as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from triage.model.faults import FaultyRuleSet, did_you_mean
from triage.model.property import Property
from triage.model.ruleset import RuleSet
from triage.reading.conditions import Reader
from triage.reading.shape import Id, Strict, shaped
from triage.reading.yaml_text import read

FILE = "properties.yaml"


class _Property(Strict):
    id: Id
    sentence: str = Field(min_length=1)
    given: dict[str, Any] | list[dict[str, Any]] | None = None
    unless: dict[str, Any] | None = None
    alone: bool = False
    rating_at_most: str | None = None
    rating_at_least: str | None = None
    unanswered: list[str] = Field(default_factory=list)
    level_at_least: str | None = None
    level_at_most: str | None = None
    reported_at_least: str | None = None
    lines: list[str] = Field(default_factory=list)
    covers_at_most_own_level: bool = False
    one_step_a_reason: list[str] = Field(default_factory=list)
    never_suited: str | None = None
    change_neither: list[Literal["rating", "urgency"]] = Field(default_factory=list)
    facts: list[str] = Field(default_factory=list)
    groups: list[str] = Field(default_factory=list)
    more_serious_lowers_nothing: bool = False
    supports_reading: Literal["suspected", "current", "remitted"] | None = None
    roles: list[str] = Field(default_factory=list)


class _Properties(Strict):
    properties: list[_Property] = Field(min_length=1)


def read_properties(folder: Path, ruleset: RuleSet) -> tuple[Property, ...]:
    """Read the properties of the rule set in ``folder``.

    Raises FaultyRuleSet with every fault: an unknown fact, value, rating, urgency or group, a property that says
    nothing.
    """
    document = read(folder / FILE, f"{folder.name}/{FILE}")
    text = shaped(document, _Properties)
    reader = Reader(document, ruleset.vocabulary.facts)
    found = tuple(_property(each, index, reader, ruleset) for index, each in enumerate(text.properties))
    if reader.faults:
        raise FaultyRuleSet(reader.faults)
    return found


def _property(text: _Property, index: int, reader: Reader, ruleset: RuleSet) -> Property:
    at = ("properties", index)
    scales, vocabulary = ruleset.scales, ruleset.vocabulary
    formats = tuple(term.id for term in scales.formats)
    for key, known in (
        ("rating_at_most", scales.rating_ids),
        ("rating_at_least", scales.rating_ids),
        ("level_at_least", scales.urgency_ids),
        ("level_at_most", scales.urgency_ids),
        ("reported_at_least", scales.urgency_ids),
        ("never_suited", formats),
    ):
        _known(getattr(text, key), known, (*at, key), reader)
    lines = tuple(line.id for line in scales.lines)
    for line in text.lines:
        _known(line, lines, (*at, "lines"), reader)
    for key in ("facts", "unanswered", "one_step_a_reason"):
        for name in getattr(text, key):
            _known(name, tuple(vocabulary.facts), (*at, key), reader)
    for group in text.groups:
        _known(group, tuple(each.id for each in vocabulary.groups), (*at, "groups"), reader)
    for role in text.roles:
        _known(role, tuple(term.id for term in scales.roles), (*at, "roles"), reader)
    says = (
        text.rating_at_most,
        text.rating_at_least,
        text.level_at_least,
        text.level_at_most,
        text.reported_at_least,
        text.lines,
        text.covers_at_most_own_level,
        text.one_step_a_reason,
        text.never_suited,
        text.change_neither,
        text.more_serious_lowers_nothing,
        text.roles,
    )
    if not any(says):
        reader.fault(at, "property", f"The property `{text.id}` says nothing.", "Say what must hold.")
    return Property(
        id=text.id,
        sentence=" ".join(text.sentence.split()),
        given=reader.alternatives(text.given, (*at, "given")) if text.given is not None else (),
        unless=reader.conjunction(text.unless, (*at, "unless")) if text.unless is not None else (),
        alone=text.alone,
        rating_at_most=text.rating_at_most,
        rating_at_least=text.rating_at_least,
        unanswered=tuple(text.unanswered),
        level_at_least=text.level_at_least,
        level_at_most=text.level_at_most,
        reported_at_least=text.reported_at_least,
        lines=tuple(text.lines),
        covers_at_most_own_level=text.covers_at_most_own_level,
        one_step_a_reason=tuple(text.one_step_a_reason),
        never_suited=text.never_suited,
        change_neither=tuple(text.change_neither),
        more_serious_lowers_nothing=text.more_serious_lowers_nothing,
        supports_reading=text.supports_reading,
        roles=tuple(text.roles),
        facts=(*text.facts, *(fact.name for fact in vocabulary if fact.group in text.groups)),
    )


def _known(value: str | None, known: tuple[str, ...], at: tuple[str | int, ...], reader: Reader) -> None:
    if value is not None and value not in known:
        reader.fault(at, "unknown-value", f"`{value}` is not known here.", did_you_mean(value, known))
