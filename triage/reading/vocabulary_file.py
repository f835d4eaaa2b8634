"""Read ``vocabulary.yaml``: facts, constraints, speakers and what each leading problem is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from triage.model.faults import Fault, FaultyRuleSet, did_you_mean
from triage.model.scales import GENERAL_FLOOR, Scales
from triage.model.vocabulary import AtMost, Clouded, Constraint, Group, Lead, Never, Speaker, Vocabulary
from triage.reading.conditions import Reader
from triage.reading.shape import shaped
from triage.reading.vocabulary_facts import gated_facts, read_facts
from triage.reading.vocabulary_shape import ConstraintText, FactText, LabelText, VocabularyText
from triage.reading.yaml_text import Document

MOST_TITLE_WORDS = 4
"""The most words of a fact's title, which stands in lists and sentences."""


def read_vocabulary(document: Document) -> Vocabulary:
    """Read the vocabulary. Raises FaultyRuleSet with all its faults."""
    text = shaped(document, VocabularyText)
    reader = Reader(document, {})
    _check_names(text, reader)
    facts = read_facts(text.facts, reader)
    constraints = tuple(_constraint(constraint, index, reader) for index, constraint in enumerate(text.constraints))
    vocabulary = Vocabulary(
        facts,
        groups=tuple(Group(group.id, group.title, group.help) for group in text.groups),
        constraints=tuple(constraint for constraint in constraints if constraint is not None),
        speakers=_speakers(text, reader),
        clouded_while=_clouded(text, reader),
        leading_fact=text.leading_fact,
        leads=_leads(text, reader),
        not_a_condition_beside=_not_beside(text, reader),
        outside=_outside(text, reader),
    )
    if reader.faults:
        raise FaultyRuleSet(reader.faults)
    return vocabulary


def _check_names(text: VocabularyText, reader: Reader) -> None:
    groups = {group.id for group in text.groups}
    seen: set[str] = set()
    for index, fact in enumerate(text.facts):
        if fact.name in seen:
            reader.fault(("facts", index, "name"), "duplicate", f"The fact `{fact.name}` is there twice.")
        seen.add(fact.name)
        words = len(fact.title.split())
        if not 1 <= words <= MOST_TITLE_WORDS:
            message = f"The title of `{fact.name}` has {words} words."
            reader.fault(("facts", index, "title"), "structure", message, f"Use 1 to {MOST_TITLE_WORDS}.")
        if fact.group not in groups:
            fix = did_you_mean(fact.group, sorted(groups))
            reader.fault(("facts", index, "group"), "structure", f"`{fact.group}` is not a group.", fix)


def _constraint(text: ConstraintText, index: int, reader: Reader) -> Constraint | None:
    path = ("constraints", index)
    if text.lower is not None and text.upper is not None:
        for name in (text.lower, text.upper):
            fact = reader.fact(name, path)
            if fact is not None and not fact.is_integer:
                reader.faults.append(Fault(reader.place(path), "structure", f"`{name}` is not a number."))
        return AtMost(text.id, text.message, text.lower, text.upper, text.plus)
    if text.never is None:
        reader.fault(path, "structure", "A constraint has `lower` and `upper`, or `never`.")
        return None
    if text.given is not None:
        reader.fact(text.given, path)
    return Never(text.id, text.message, reader.conjunction(text.never, (*path, "never")), text.given)


def _speakers(text: VocabularyText, reader: Reader) -> tuple[Speaker, ...]:
    if text.said_by and not text.said_by[0].counts:
        message = "The first under `said_by` is who is meant where nothing is said, so it must count."
        reader.fault(("said_by", 0), "structure", message, "Put `person` first.")
    for index, speaker in enumerate(text.said_by):
        if not speaker.counts and not speaker.why:
            message = f"`{speaker.id}` does not count and says no `why`."
            reader.fault(("said_by", index), "structure", message, "Add the words that an answer gives.")
    return tuple(Speaker(speaker.id, speaker.label, speaker.counts, speaker.why) for speaker in text.said_by)


def _clouded(text: VocabularyText, reader: Reader) -> tuple[Clouded, ...]:
    gated = gated_facts(text.facts)
    states = []
    for index, state in enumerate(text.clouded_while):
        path = ("clouded_while", index, "when")
        when = reader.conjunction(state.when, path)
        reader.always_asked((when,), path, gated)
        states.append(Clouded(when, state.why))
    return tuple(states)


def _leads(text: VocabularyText, reader: Reader) -> dict[str, Lead]:
    _check_leading_fact(text, reader)
    leads: dict[str, Lead] = {}
    for index, fact in enumerate(text.facts):
        for value, label in fact.values.items():
            if label.leads:
                _check_is_leading(fact, index, value, text, reader)
                leads[value] = Lead(tuple(label.targets), label.also_remitted, _otherwise(label))
    return leads


def _check_leading_fact(text: VocabularyText, reader: Reader) -> None:
    if text.leading_fact is None:
        return
    leading = reader.fact(text.leading_fact, ("leading_fact",))
    if leading is not None and leading.type != "choice":
        message = f"`{leading.name}` has not one answer of several, so it can't be the leading fact."
        reader.fault(("leading_fact",), "structure", message, "Name a fact of type `choice`.")


def _check_is_leading(fact: FactText, index: int, value: str, text: VocabularyText, reader: Reader) -> None:
    if fact.name != text.leading_fact:
        message = f"Only the values of the `leading_fact` say what they are about, and `{fact.name}` is not it."
        reader.fault(("facts", index, "values", value), "structure", message, "Leave the targets out.")


def _otherwise(label: LabelText) -> Literal["all_lead", "all_lead_capped"]:
    """What leads where no rule supports a target; where the file does not say, the cautious value if it has targets."""
    if label.when_no_target_is_supported is not None:
        return label.when_no_target_is_supported
    return "all_lead_capped" if label.targets or label.also_remitted else "all_lead"


def _not_beside(text: VocabularyText, reader: Reader) -> frozenset[str]:
    for index, name in enumerate(text.not_a_condition_beside):
        fact = reader.fact(name, ("not_a_condition_beside", index))
        if fact is not None and fact.type != "condition":
            reader.fault(("not_a_condition_beside", index), "structure", f"`{name}` is not a condition.")
    return frozenset(text.not_a_condition_beside)


def _outside(text: VocabularyText, reader: Reader) -> tuple[str, ...]:
    for index, name in enumerate(text.outside):
        fact = reader.fact(name, ("outside", index))
        if fact is not None and fact.type != "yes_no":
            message = f"`{name}` is not answered with yes or no, so it can't say that something lies outside the rules."
            reader.fault(("outside", index), "structure", message, "Name a fact of type `yes_no`.")
    return tuple(text.outside)


def compare_with_scales(document: Document, vocabulary: Vocabulary, scales: Scales) -> list[Fault]:
    """Find targets, and levels and actions of floors, that the vocabulary needs and the scales do not have."""
    return [*_unknown_targets(document, vocabulary, scales), *_unknown_floors(document, vocabulary, scales)]


def _unknown_targets(document: Document, vocabulary: Vocabulary, scales: Scales) -> Iterator[Fault]:
    if vocabulary.leading_fact is None:
        return
    known = (*vocabulary.conditions, *(target.id for target in scales.targets))
    path = ("facts", vocabulary.order[vocabulary.leading_fact], "values")
    for value, lead in vocabulary.leads.items():
        for index, target in enumerate(lead.targets):
            if target not in known:
                place = document.place((*path, value, "targets", index))
                message = f"`{target}` is no target: neither a condition nor one of the `targets` of scales.yaml."
                yield Fault(place, "unknown-value", message, did_you_mean(target, known))


def _unknown_floors(document: Document, vocabulary: Vocabulary, scales: Scales) -> Iterator[Fault]:
    for fact in vocabulary:
        if fact.floor is None:
            continue
        place = document.place(("facts", vocabulary.order[fact.name], "floor"))
        if fact.floor.level not in scales.urgency_ids:
            fix = did_you_mean(fact.floor.level, scales.urgency_ids)
            yield Fault(place, "unknown-value", f"`{fact.floor.level}` is not an urgency.", fix)
        if fact.name not in scales.floors:
            message = f"The floor of `{fact.name}` has no action."
            yield Fault(place, "structure", message, "Add it to `floors` in scales.yaml.")
    if GENERAL_FLOOR not in scales.floors and any(fact.can_be_core for fact in vocabulary):
        yield Fault(document.place(()), "structure", "The general floor has no action.", "Add it to `floors`.")
