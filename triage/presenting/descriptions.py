"""The types in which the service describes its facts, rules, sources and rule set."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from triage.answer.model import GivenAnswer
from triage.model.written import Written

Test = list[str] | dict[str, Any]
"""What a condition asks of its fact: one of these values, `at_least` and `at_most`, `includes_any` or `empty`.

Several conditions on one set are one test: `includes_all` for single members, else `all_of` with a test for each.
"""

Tests = dict[str, Test]
"""Conditions that must all hold, by fact."""


class ValueExample(Written, frozen=True):
    """A case to which this answer applies, and one that is easily mistaken for it."""

    yes: str
    no: str


class LeadDescription(Written, frozen=True):
    """The targets that a leading problem is about, and what leads where no rule supports any of them.

    With `also_remitted` it is also about every condition that is answered as remitted.
    """

    targets: tuple[str, ...]
    also_remitted: bool
    when_no_target_is_supported: str


class ValueDescription(Written, frozen=True):
    """One answer that a fact takes; of the leading problem, what it is about."""

    id: str
    label: str
    help: str
    example: ValueExample | UnsetType = UNSET
    about: LeadDescription | UnsetType = UNSET


class ReassuringDescription(Written, frozen=True):
    """Which answers reassure beside the neutral one, which clauses the fact is excepted from, and what counts in part.

    The clauses are `said_by` (who said it) and `clouded` (the state that the person is in).
    """

    values: tuple[str, ...]
    but: tuple[str, ...]
    in_part: tuple[str, ...]


class FloorDescription(Written, frozen=True):
    """The level that the fact holds while it is not answered and one of the conditions is known to hold."""

    level: str
    while_: tuple[Tests, ...]


class SpeakerDescription(Written, frozen=True):
    """Whose word an answer may be, and whether a reassuring answer of theirs counts."""

    id: str
    label: str
    counts: bool
    why: str | UnsetType = UNSET


class CloudedDescription(Written, frozen=True):
    """A state in which no reassuring answer counts, and the sentence that says why."""

    when: Tests
    why: str


class FactDescription(Written, frozen=True, kw_only=True):
    """One fact: a number has bounds and a unit, every other has values."""

    name: str
    title: str
    type: str
    group: str
    min: int | UnsetType | None = UNSET
    max: int | UnsetType | None = UNSET
    unit: str | UnsetType | None = UNSET
    values: tuple[ValueDescription, ...] | UnsetType = UNSET
    ordered: bool | UnsetType = UNSET
    neutral: GivenAnswer | None
    core_safety: bool | dict[str, str | tuple[Tests, ...]]
    reassuring: ReassuringDescription | UnsetType = UNSET
    floor: FloorDescription | UnsetType = UNSET
    asked_when: tuple[Tests, ...] | None
    asked_when_in_words: tuple[str, ...] | None
    changeable: bool
    question: str
    help: str
    codes: dict[str, Any]
    instrument: str | UnsetType = UNSET


class GroupDescription(Written, frozen=True):
    """A group of facts, in the order of the form."""

    id: str
    title: str
    help: str


class ConstraintDescription(Written, frozen=True):
    """Two answers that contradict each other."""

    id: str
    message: str
    facts: tuple[str, ...]


class CitedSource(Written, frozen=True):
    """A source as a rule cites it."""

    id: str
    kind: str
    verified: bool
    citation: str
    claim: str | UnsetType = UNSET
    finding: str | UnsetType = UNSET


class CutPoint(Written, frozen=True):
    """A rule that reads a result of an instrument: where it cuts and in whom, what follows, and what it rests on."""

    rule: str
    title: str
    when_in_words: tuple[str, ...]
    effects: tuple[str, ...]
    sources: tuple[CitedSource, ...]


class InstrumentDescription(Written, frozen=True):
    """A questionnaire: what it measures in whom, its cut-points, and its licence. Its items are never repeated."""

    id: str
    title: str
    measures: str
    facts: tuple[str, ...]
    range: tuple[int, int] | None
    valid_for: str
    licence: str
    codes: dict[str, Any]
    cut_points: tuple[CutPoint, ...]


class VocabularyDescription(Written, frozen=True):
    """Every fact that may be asked, and which answers count.

    `leading_fact` is the fact whose answer says what the rating is about. `not_a_condition_beside` are the conditions
    that do not keep a life problem from counting. A yes to one of `outside` is something that the rules do not know.
    """

    groups: tuple[GroupDescription, ...]
    facts: tuple[FactDescription, ...]
    constraints: tuple[ConstraintDescription, ...]
    said_by: tuple[SpeakerDescription, ...]
    clouded_while: tuple[CloudedDescription, ...]
    leading_fact: str | None
    not_a_condition_beside: tuple[str, ...]
    outside: tuple[str, ...]
    instruments: tuple[InstrumentDescription, ...]


class ExampleDescription(Written, frozen=True):
    """A referral in a rule's file, and whether the rule fires on it."""

    name: str
    given: dict[str, GivenAnswer]
    given_in_words: tuple[str, ...]
    fires: bool | Literal["unknown"]


class ReviewDescription(Written, frozen=True):
    """Which clinician signed, and when."""

    by: str | None
    on: str | None


class RuleDescription(Written, frozen=True):
    """One rule: conditions as data and in words, effects, reason, sources, limits, examples, review."""

    id: str
    title: str
    status: str
    folder: str
    effects: tuple[str, ...]
    when: tuple[Tests, ...]
    unless: Tests | None
    when_in_words: tuple[str, ...]
    unless_in_words: tuple[str, ...]
    effects_in_words: tuple[str, ...]
    action_in_words: tuple[str, ...]
    because: str
    sources: tuple[CitedSource, ...]
    evidence: tuple[str, ...]
    not_covered: tuple[str, ...]
    table: str | None
    examples: tuple[ExampleDescription, ...]
    author: str | None
    review: ReviewDescription
    awaiting_review: bool
    attributes: dict[str, str]


class RulesDescription(Written, frozen=True):
    """Every rule, also those that do not run."""

    rules: tuple[RuleDescription, ...]


class SourceDescription(Written, frozen=True):
    """One source, and the rules that cite it."""

    id: str
    citation: str
    kind: str
    verified: bool
    address: str | None
    note: str | None
    claims: dict[str, str] | None
    rules: tuple[str, ...]


class SourcesDescription(Written, frozen=True):
    """Every source that a rule may cite."""

    sources: tuple[SourceDescription, ...]


class RuleCounts(Written, frozen=True):
    """How many rules run, how many of them a clinician signed, and how many there are of each effect."""

    running: int
    reviewed: int
    by_effect: dict[str, int]


class RuleSetDescription(Written, frozen=True):
    """The rule set about itself, as `ruleset.yaml` says, with its digest and what it holds."""

    digest: str
    rules: RuleCounts
    facts: int
    sources: int
    name: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    version: str | UnsetType = UNSET
    effective_date: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    reviewers: list[Any] | UnsetType = UNSET
    intended_use: dict[str, str | list[str]] | UnsetType = UNSET
    limits: list[str] | UnsetType = UNSET
    attributes: list[dict[str, str]] | UnsetType = UNSET
    disagreements: list[dict[str, Any]] | UnsetType = UNSET
    change_log: list[dict[str, Any]] | UnsetType = UNSET
