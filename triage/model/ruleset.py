"""The rule set: all that was read from one ``rules/`` folder, frozen; what every engine runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from triage.model.about import About
from triage.model.course import Course
from triage.model.faults import Fault, Place
from triage.model.rule import Condition, Derives, Limits, Rule, Supports, Truth, Urgency, Value, value_satisfies
from triage.model.scales import Scales
from triage.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Source:
    """Where knowledge comes from. ``kind`` is guideline, meta-analysis, trial, …, service-page or proposal."""

    id: str
    citation: str
    kind: str
    verified: bool
    address: str | None = None
    note: str = ""
    dossier: str | None = None
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleSet:
    """One rule set. ``rules`` are the active ones in order of id; ``all_rules`` also those that do not run."""

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
    claim_places: Mapping[str, Place] = field(default_factory=dict)
    """Where each claim and each evidence row stands in ``sources.yaml``."""
    draft_faults: tuple[Fault, ...] = ()
    """What is wrong with drafts and retired rules that could not be read: told to their authors, refused by nothing."""

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """The active rules by id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def deriving(self) -> tuple[Rule, ...]:
        """The active rules that derive a fact."""
        return tuple(rule for rule in self.rules if isinstance(rule.effect, Derives))

    @cached_property
    def concluding(self) -> tuple[Rule, ...]:
        """The active rules that do anything but derive a fact."""
        return tuple(rule for rule in self.rules if not isinstance(rule.effect, Derives))

    @cached_property
    def deciding(self) -> tuple[Rule, ...]:
        """The active rules that decide rating or urgency: supports, limits, urgencies."""
        return tuple(rule for rule in self.rules if isinstance(rule.effect, Supports | Limits | Urgency))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The distinct conditions of the concluding rules, those on one fact together, numbered by their place here."""
        distinct = dict.fromkeys(condition for rule in self.concluding for condition in rule.conditions)
        return tuple(sorted(distinct, key=lambda condition: self.vocabulary.order[condition.fact]))

    @cached_property
    def conditions_by_fact(self) -> tuple[tuple[str, slice, tuple[Condition, ...]], ...]:
        """For each fact that is read, which of ``conditions`` are about it."""
        found: list[tuple[str, slice, tuple[Condition, ...]]] = []
        for name, group in groupby(self.conditions, key=lambda condition: condition.fact):
            conditions = tuple(group)
            start = found[-1][1].stop if found else 0
            found.append((name, slice(start, start + len(conditions)), conditions))
        return tuple(found)

    def truths_of(self, name: str, conditions: tuple[Condition, ...], value: Value) -> tuple[Truth, ...]:
        """Whether an answer satisfies each of the ``conditions`` on its fact; remembered, as answers are few."""
        known = self._truths.get((name, value))
        if known is None:
            known = self._truths[name, value] = tuple(value_satisfies(each, value) for each in conditions)
        return known

    @cached_property
    def _truths(self) -> dict[tuple[str, Value], tuple[Truth, ...]]:
        return {}

    @cached_property
    def numbered(self) -> tuple[tuple[str, tuple[tuple[int, ...], ...], tuple[int, ...]], ...]:
        """Each concluding rule as its id, its ``when`` and its ``unless``, by the numbers of their conditions."""
        number = {condition: index for index, condition in enumerate(self.conditions)}
        return tuple(
            (
                rule.id,
                tuple(tuple(number[each] for each in conjunction) for conjunction in rule.when),
                tuple(number[each] for each in rule.unless),
            )
            for rule in self.concluding
        )

    def fired(self, ids: Iterable[str]) -> tuple[Rule, ...]:
        """The active rules with these ids, in order of id."""
        return tuple(self.by_id[id_] for id_ in sorted(ids))
