"""The rule set: everything that was read from one ``rules/`` folder, frozen. Every engine runs on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

from triage.model.about import About
from triage.model.alarm import StoredAlarm
from triage.model.course import Course
from triage.model.faults import Fault, Place
from triage.model.hazard import Hazard
from triage.model.rule import Effect, Kind, Limits, Rule, Supports, Urgency
from triage.model.scales import Scales
from triage.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of the bibliography. ``kind`` is guideline, meta-analysis, trial, …, service-page or proposal."""

    id: str
    citation: str
    kind: str
    verified: bool
    address: str | None = None
    note: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire: what it measures in whom, the fact with its score and those with single items, its licence.

    ``range`` is the lowest and the highest score; ``rules`` are the ids of the rules made from its cut-offs.
    """

    id: str
    fact: str
    title: str
    licence: str
    valid_for: str = ""
    range: tuple[int, int] | None = None
    codes: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    measures: str = ""
    items: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that hold its results: the score, then single items."""
        return (self.fact, *self.items)


@dataclass(frozen=True)
class RuleSet:
    """One rule set. ``rules`` are the active rules in order of id; ``all_rules`` has drafts and retired ones too."""

    vocabulary: Vocabulary
    scales: Scales
    rules: tuple[Rule, ...]
    name: str = "unnamed"
    version: str = "0"
    digest: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict)
    all_rules: tuple[Rule, ...] = ()
    about: About | None = None
    course: Course | None = None
    evidence_rows: Mapping[str, str] = field(default_factory=dict)
    rows_without_rule: Mapping[str, str] = field(default_factory=dict)
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    hazards: tuple[Hazard, ...] = ()
    alarm: StoredAlarm | None = None
    planted: Mapping[str, str] = field(default_factory=dict)
    """For each proved property, the fault planted in the rules that it was seen to catch."""
    claim_places: Mapping[str, Place] = field(default_factory=dict)
    """Where each claim and each evidence row stands in ``sources.yaml``."""
    draft_faults: tuple[Fault, ...] = ()
    """Faults of drafts and retired rules. They are reported to authors and do not keep the rule set from loading."""

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """The active rules by id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def deriving(self) -> tuple[Rule, ...]:
        """The active rules that derive a fact."""
        return tuple(rule for rule in self.rules if rule.derives)

    @cached_property
    def concluding(self) -> tuple[Rule, ...]:
        """The active rules that do not derive a fact."""
        return tuple(rule for rule in self.rules if not rule.derives)

    @cached_property
    def deciding(self) -> tuple[Rule, ...]:
        """The active rules that decide rating or urgency: supports, limits, urgencies."""
        kinds = Supports | Limits | Urgency
        return tuple(rule for rule in self.rules if any(isinstance(effect, kinds) for effect in rule.effects))

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Everything that a support can be for: the conditions of the vocabulary, then the targets of the scales."""
        return (*self.vocabulary.conditions, *(target.id for target in self.scales.targets))

    @cached_property
    def _by_kind(self) -> Mapping[type[Any], Mapping[str, tuple[tuple[Rule, Any], ...]]]:
        """The effects of each kind, each with its rule, by the id of the active rule that has them."""
        return {
            kind: {rule.id: tuple((rule, effect) for effect in rule.of(kind)) for rule in self.rules}
            for kind in get_args(Effect)
        }

    def effects(self, kind: type[Kind], rules: Iterable[Rule]) -> list[tuple[Rule, Kind]]:
        """The effects of one kind that these active rules have, each with its rule. Raises KeyError for others."""
        by_rule = self._by_kind[kind]
        return [effect for rule in rules for effect in by_rule[rule.id]]

    def fired(self, ids: Iterable[str]) -> tuple[Rule, ...]:
        """The active rules with these ids, in order of id."""
        by_id = self.by_id
        return tuple([by_id[id_] for id_ in sorted(ids)])

    def source(self, id_: str) -> Source:
        """The source with this id; for one that sources.yaml lacks, which only a draft may cite, one that says so."""
        unknown = Source(id_, f"{id_}, which is not in sources.yaml", "unknown", verified=False)
        return self.sources.get(id_, unknown)
