"""The rule set described for the API and the pages: facts, rules, sources, and the whole about itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from pathlib import PurePosixPath
from typing import Any, assert_never

from msgspec import UNSET, UnsetType

from triage.model.fact import Fact, Label, Reassuring
from triage.model.rule import (
    Between,
    Condition,
    Conjunction,
    Empty,
    Example,
    Includes,
    OneOf,
    Rule,
    SourceRef,
    effect_name,
)
from triage.model.ruleset import Instrument, RuleSet, Source
from triage.model.vocabulary import Lead, Vocabulary
from triage.presenting.descriptions import (
    CitedSource,
    CloudedDescription,
    ConstraintDescription,
    CutPoint,
    ExampleDescription,
    FactDescription,
    FloorDescription,
    GroupDescription,
    InstrumentDescription,
    LeadDescription,
    ReassuringDescription,
    ReviewDescription,
    RuleCounts,
    RuleDescription,
    RuleSetDescription,
    SourceDescription,
    SpeakerDescription,
    Test,
    Tests,
    ValueDescription,
    ValueExample,
    VocabularyDescription,
)
from triage.presenting.words import (
    action_in_words,
    answer_in_words,
    condition_in_words,
    conjunction_in_words,
    effects_in_words,
)
from triage.reading.referral import as_json


def describe_vocabulary(ruleset: RuleSet) -> VocabularyDescription:
    """The facts in the order of the form, their groups, what contradicts what, and the instruments of the scores."""
    vocabulary = ruleset.vocabulary
    instrument_of = {name: instrument.id for instrument in ruleset.instruments.values() for name in instrument.facts}
    return VocabularyDescription(
        groups=tuple(GroupDescription(group.id, group.title, group.help) for group in vocabulary.groups),
        facts=tuple(_fact(fact, vocabulary, instrument_of.get(fact.name)) for fact in vocabulary),
        constraints=tuple(
            ConstraintDescription(constraint.id, constraint.message, tuple(constraint.facts))
            for constraint in vocabulary.constraints
        ),
        said_by=tuple(
            SpeakerDescription(speaker.id, speaker.label, speaker.counts, speaker.why or UNSET)
            for speaker in vocabulary.speakers
        ),
        clouded_while=tuple(CloudedDescription(_data(state.when), state.why) for state in vocabulary.clouded_while),
        leading_fact=vocabulary.leading_fact,
        not_a_condition_beside=tuple(vocabulary.in_order(vocabulary.not_a_condition_beside)),
        outside=vocabulary.outside,
        instruments=describe_instruments(ruleset),
    )


def describe_instruments(ruleset: RuleSet) -> tuple[InstrumentDescription, ...]:
    """The questionnaires in the order of their scores in the vocabulary."""
    order = ruleset.vocabulary.order
    by_score = sorted(ruleset.instruments.values(), key=lambda instrument: order[instrument.fact])
    return tuple(_instrument(instrument, ruleset) for instrument in by_score)


def _instrument(instrument: Instrument, ruleset: RuleSet) -> InstrumentDescription:
    reading = (rule for rule in ruleset.rules if not set(instrument.facts).isdisjoint(rule.facts))
    return InstrumentDescription(
        id=instrument.id,
        title=instrument.title,
        measures=instrument.measures,
        facts=instrument.facts,
        range=instrument.range,
        valid_for=instrument.valid_for,
        licence=instrument.licence,
        codes=dict(instrument.codes),
        cut_points=tuple(_cut_point(rule, ruleset) for rule in reading),
    )


def _cut_point(rule: Rule, ruleset: RuleSet) -> CutPoint:
    return CutPoint(
        rule=rule.id,
        title=rule.title,
        when_in_words=tuple(conjunction_in_words(conjunction, ruleset.vocabulary) for conjunction in rule.when),
        effects=_effects(rule),
        sources=tuple(_cited(ref, ruleset) for ref in rule.sources),
    )


def _effects(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(effect_name, rule.effects)))


def _fact(fact: Fact, vocabulary: Vocabulary, instrument: str | None) -> FactDescription:
    """One fact: type, answers, when it is asked and core, question and help."""
    return FactDescription(
        name=fact.name,
        title=fact.title,
        type=fact.type,
        group=fact.group,
        **_answers(fact, vocabulary),
        neutral=None if fact.neutral is None else as_json(fact.neutral, fact),
        core_safety=_core(fact),
        reassuring=_reassuring(fact),
        floor=_floor(fact),
        asked_when=_alternatives(fact.asked_when) or None,
        asked_when_in_words=tuple(conjunction_in_words(conjunction, vocabulary) for conjunction in fact.asked_when)
        or None,
        changeable=fact.changeable,
        question=fact.question,
        help=fact.help,
        codes=dict(fact.codes),
        instrument=instrument or UNSET,
    )


def _answers(fact: Fact, vocabulary: Vocabulary) -> dict[str, Any]:
    """The answers that a fact takes: bounds and unit of a number, the values of every other."""
    if fact.is_integer:
        return {"min": fact.minimum, "max": fact.maximum, "unit": fact.unit or None}
    leads = vocabulary.leads if fact.name == vocabulary.leading_fact else {}
    values = tuple(
        ValueDescription(value, label.label, label.help, _examples(label), _about(leads.get(value)))
        for value, label in fact.labels.items()
    )
    return {"values": values, "ordered": fact.ordered}


def _about(lead: Lead | None) -> LeadDescription | UnsetType:
    return LeadDescription(lead.targets, lead.also_remitted, lead.otherwise) if lead else UNSET


def _examples(label: Label) -> ValueExample | UnsetType:
    return ValueExample(label.example_yes, label.example_no) if label.example_yes else UNSET


def _core(fact: Fact) -> bool | dict[str, Any]:
    match fact.core.kind:
        case "when":
            return {"when": _alternatives(fact.core.when)}
        case "given":
            return {"given": fact.core.given}
        case kind:
            return kind == "always"


def _reassuring(fact: Fact) -> ReassuringDescription | UnsetType:
    stated = fact.reassuring
    if stated == Reassuring():
        return UNSET
    in_order = [value for value in fact.values if value in stated.values | stated.in_part]
    return ReassuringDescription(
        values=tuple(value for value in in_order if value in stated.values),
        but=tuple(sorted(stated.but)),
        in_part=tuple(value for value in in_order if value in stated.in_part),
    )


def _floor(fact: Fact) -> FloorDescription | UnsetType:
    return FloorDescription(fact.floor.level, _alternatives(fact.floor.held_while)) if fact.floor else UNSET


def _alternatives(alternatives: Iterable[Conjunction]) -> tuple[Tests, ...]:
    return tuple(map(_data, alternatives))


def _data(conjunction: Conjunction) -> Tests:
    """Conditions by fact; several conditions on one fact become one test."""
    tests: dict[str, list[Condition]] = {}
    for condition in conjunction:
        tests.setdefault(condition.fact, []).append(condition)
    return {name: _test(*conditions) for name, conditions in tests.items()}


def _test(first: Condition, *others: Condition) -> Test:
    if others:
        conditions = (first, *others)
        single = [test for test in conditions if isinstance(test, Includes) and len(test.members) == 1]
        if len(single) == len(conditions):
            return {"includes_all": sorted(member for test in single for member in test.members)}
        return {"all_of": [_test(condition) for condition in conditions]}
    match first:
        case OneOf(values=values):
            return sorted(values)
        case Between(low=low, high=high):
            return {"at_least": low, "at_most": high}
        case Includes(members=members):
            return {"includes_any": sorted(members)}
        case Empty(empty=empty):
            return {"empty": empty}
    assert_never(first)


def describe_rule(rule: Rule, ruleset: RuleSet) -> RuleDescription:
    """One rule: conditions as data and in words, effect, reason, sources, limits, examples, review."""
    vocabulary = ruleset.vocabulary
    return RuleDescription(
        id=rule.id,
        title=rule.title,
        status=rule.status,
        folder=folder_of(rule),
        effects=_effects(rule),
        when=_alternatives(rule.when),
        unless=_data(rule.unless) or None,
        when_in_words=tuple(conjunction_in_words(conjunction, vocabulary) for conjunction in rule.when),
        unless_in_words=tuple(condition_in_words(condition, vocabulary) for condition in rule.unless),
        effects_in_words=effects_in_words(rule, ruleset),
        action_in_words=action_in_words(rule, ruleset),
        because=rule.because,
        sources=tuple(_cited(ref, ruleset) for ref in rule.sources),
        evidence=tuple(rule.evidence),
        not_covered=tuple(rule.not_covered),
        table=rule.table,
        examples=tuple(_example(example, vocabulary) for example in rule.examples),
        author=rule.author or (ruleset.about.author if ruleset.about else None),
        review=ReviewDescription(rule.reviewed_by, rule.reviewed_on),
        awaiting_review=rule.reviewed_by is None,
        attributes=dict(rule.attributes),
    )


def _example(example: Example, vocabulary: Vocabulary) -> ExampleDescription:
    return ExampleDescription(
        name=example.name,
        given={name: as_json(value, vocabulary[name]) for name, value in example.given.items()},
        given_in_words=tuple(answer_in_words(vocabulary[name], value) for name, value in example.given.items()),
        fires="unknown" if example.fires is None else example.fires,
    )


def folder_of(rule: Rule) -> str:
    """The folder of the rule set that holds the rule's file."""
    return PurePosixPath(rule.place.file).parent.name


def _cited(ref: SourceRef, ruleset: RuleSet) -> CitedSource:
    source = ruleset.source(ref.id)
    return CitedSource(ref.id, source.kind, source.verified, source.citation, ref.claim or UNSET, ref.finding or UNSET)


def describe_source(source: Source, ruleset: RuleSet) -> SourceDescription:
    """One source, and the rules that cite it."""
    return SourceDescription(
        id=source.id,
        citation=source.citation,
        kind=source.kind,
        verified=source.verified,
        address=source.address,
        note=source.note or None,
        claims=dict(source.claims) or None,
        rules=tuple(rule.id for rule in ruleset.all_rules if any(ref.id == source.id for ref in rule.sources)),
    )


def _plain(record: Any) -> Any:
    """A frozen record as JSON data, without its place in the file and without fields that are None."""
    if is_dataclass(record):
        named = ((field.name, getattr(record, field.name)) for field in fields(record) if field.name != "place")
        return {name: _plain(value) for name, value in named if value is not None}
    return [_plain(item) for item in record] if isinstance(record, tuple) else record


def describe_ruleset(ruleset: RuleSet) -> RuleSetDescription:
    """The rule set about itself, as its own file says, with its digest and what it holds."""
    about = _plain(ruleset.about) if ruleset.about else {}
    stated = {name: about[name] for name in RuleSetDescription.__struct_fields__ if name in about}
    effects = Counter(effect_name(effect) for rule in ruleset.rules for effect in rule.effects)
    reviewed = sum(rule.reviewed_by is not None for rule in ruleset.rules)
    counted = {
        "digest": ruleset.digest,
        "rules": RuleCounts(len(ruleset.rules), reviewed, dict(sorted(effects.items()))),
        "facts": len(ruleset.vocabulary.facts),
        "sources": len(ruleset.sources),
    }
    return RuleSetDescription(**(stated | counted))
