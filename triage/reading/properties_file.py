"""Read ``properties.yaml``: the properties that must hold of every referral."""

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


_ConditionValue = Literal["suspected", "current", "remitted"]


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
    supports_reading: _ConditionValue | None = None
    roles: list[str] = Field(default_factory=list)
    beside_a_focus: bool = False
    targets: list[str] = Field(default_factory=list)
    targets_but: list[str] | None = None
    never_supported: bool = False
    never_roles: list[str] = Field(default_factory=list)
    role: str | None = None
    only_targets: list[str] = Field(default_factory=list)
    only_while: _ConditionValue | None = None
    obstacles: list[str] = Field(default_factory=list)
    never_offered: list[str] = Field(default_factory=list)
    never_fires: list[str] = Field(default_factory=list)
    never_limits: list[str] = Field(default_factory=list)
    while_answered: _ConditionValue | None = None


class _Properties(Strict):
    properties: list[_Property] = Field(min_length=1)


def read_properties(folder: Path, ruleset: RuleSet) -> tuple[Property, ...]:
    """Read the properties of the rule set in ``folder``.

    Raises FaultyRuleSet with every fault: a name that does not exist, or a property that says nothing that must hold.
    """
    document = read(folder / FILE, f"{folder.name}/{FILE}")
    text = shaped(document, _Properties)
    reader = Reader(document, ruleset.vocabulary.facts)
    properties = tuple(_property(entry, index, reader, ruleset) for index, entry in enumerate(text.properties))
    for index, property_ in enumerate(properties):
        if property_.id in {earlier.id for earlier in properties[:index]}:
            message = f"The property `{property_.id}` is there twice."
            reader.fault(("properties", index, "id"), "duplicate-id", message, "Keep one.")
    if reader.faults:
        raise FaultyRuleSet(reader.faults)
    return properties


def _property(text: _Property, index: int, reader: Reader, ruleset: RuleSet) -> Property:
    at = ("properties", index)
    vocabulary = ruleset.vocabulary
    for key, known in _names(ruleset).items():
        written = getattr(text, key)
        for name in written if isinstance(written, list) else [written]:
            _known(name, known, (*at, key), reader)
    if not any(getattr(text, key) for key in _CLAIMS):
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
        beside_a_focus=text.beside_a_focus,
        targets=_targets(text, ruleset),
        never_supported=text.never_supported,
        never_roles=tuple(text.never_roles),
        role=text.role,
        only_targets=tuple(text.only_targets),
        only_while=text.only_while,
        obstacles=tuple(text.obstacles),
        never_offered=tuple(text.never_offered),
        never_fires=tuple(text.never_fires),
        never_limits=tuple(text.never_limits),
        while_answered=text.while_answered,
    )


def _targets(text: _Property, ruleset: RuleSet) -> tuple[str, ...]:
    """The targets that the property names, or all except those of ``targets_but``."""
    if text.targets_but is None:
        return tuple(text.targets)
    return tuple(target for target in ruleset.targets if target not in text.targets_but)


_CLAIMS = (
    "rating_at_most", "rating_at_least", "level_at_least", "level_at_most", "reported_at_least", "lines",
    "covers_at_most_own_level", "one_step_a_reason", "never_suited", "change_neither", "more_serious_lowers_nothing",
    "roles", "never_supported", "never_roles", "role", "obstacles", "never_offered", "never_fires", "never_limits",
)  # fmt: skip
"""The keys that say what must hold; the other keys select referrals."""


def _names(ruleset: RuleSet) -> dict[str, tuple[str, ...]]:
    """The allowed names by key."""
    scales, vocabulary = ruleset.scales, ruleset.vocabulary
    facts, roles = tuple(vocabulary.facts), tuple(term.id for term in scales.roles)
    ratings, levels, rules = scales.rating_ids, scales.urgency_ids, tuple(ruleset.by_id)
    return {
        **dict.fromkeys(("rating_at_most", "rating_at_least"), ratings),
        **dict.fromkeys(("level_at_least", "level_at_most", "reported_at_least"), levels),
        **dict.fromkeys(("facts", "unanswered", "one_step_a_reason"), facts),
        **dict.fromkeys(("targets", "targets_but", "only_targets"), ruleset.targets),
        **dict.fromkeys(("roles", "role", "never_roles"), roles),
        **dict.fromkeys(("never_fires", "never_limits"), rules),
        "never_suited": tuple(term.id for term in scales.formats),
        "lines": tuple(line.id for line in scales.lines),
        "groups": tuple(group.id for group in vocabulary.groups),
        "obstacles": tuple(fact.name for fact in vocabulary if fact.type == "condition"),
        "never_offered": tuple(therapy.id for therapy in scales.therapies),
    }


def _known(value: str | None, known: tuple[str, ...], at: tuple[str | int, ...], reader: Reader) -> None:
    if value is not None and value not in known:
        reader.fault(at, "unknown-value", f"`{value}` is not known here.", did_you_mean(value, known))
