"""Reading ``vocabulary.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from triage.model.fact import FIXED_VALUES, Clause, CoreRule, Fact, Floor, Label, Reassuring
from triage.model.faults import Fault, FaultyRuleSet, KeyPath, did_you_mean
from triage.model.rule import Conjunction, Value
from triage.model.scales import GENERAL_FLOOR, Scales
from triage.model.vocabulary import AtMost, Clouded, Constraint, Group, Lead, Never, Speaker, Vocabulary
from triage.reading.conditions import Reader
from triage.reading.shape import Strict, shaped
from triage.reading.yaml_text import Document

MOST_TITLE_WORDS = 4
"""A fact's title stands in lists and sentences."""


class _Example(Strict):
    yes: str
    no: str


MOST_TITLE_WORDS = 4
"""A fact's title stands in lists and sentences."""


class _Label(Strict):
    label: str
    help: str = ""
    example: _Example | None = None
    targets: list[str] = Field(default_factory=list)
    also_remitted: bool = False
    when_no_target_is_supported: Literal["all_lead", "all_lead_capped"] | None = None

    @property
    def leads(self) -> bool:
        """Whether the value says what a leading problem is about."""
        return bool(self.targets) or self.also_remitted or self.when_no_target_is_supported is not None


class _Group(Strict):
    id: str
    title: str
    help: str = ""


class _CoreWhen(Strict):
    when: dict[str, Any] | list[dict[str, Any]] | None = None
    given: str | None = None


class _Reassuring(Strict):
    values: list[str] = Field(default_factory=list)
    but: list[Clause] = Field(default_factory=list)
    in_part: list[str] = Field(default_factory=list)


class _Floor(Strict):
    level: str
    held_while: dict[str, Any] | list[dict[str, Any]] = Field(alias="while")


class _Fact(Strict):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    type: Literal["yes_no", "choice", "choices", "integer", "condition"]
    group: str
    question: str = Field(min_length=1)
    help: str = ""
    unit: str = ""
    values: dict[str, _Label] = Field(default_factory=dict)
    min: int | None = None
    max: int | None = None
    ordered: bool = False
    neutral: Any = None
    core_safety: Literal["always"] | _CoreWhen | None = None
    asked_when: Any = None
    reassuring: _Reassuring = _Reassuring()
    floor: _Floor | None = None
    changeable: bool = False
    codes: dict[str, Any] = Field(default_factory=dict)


class _Constraint(Strict):
    id: str
    message: str
    lower: str | None = None
    upper: str | None = None
    plus: int = 0
    never: dict[str, Any] | None = None
    given: str | None = None


class _Speaker(Strict):
    id: str
    label: str
    counts: bool
    why: str = ""


class _Clouded(Strict):
    when: dict[str, Any]
    why: str = Field(min_length=1)


class _VocabularyText(Strict):
    groups: list[_Group]
    facts: list[_Fact] = Field(min_length=1)
    constraints: list[_Constraint] = Field(default_factory=list)
    said_by: list[_Speaker] = Field(default_factory=list)
    clouded_while: list[_Clouded] = Field(default_factory=list)
    leading_fact: str | None = None
    not_a_condition_beside: list[str] = Field(default_factory=list)
    outside: list[str] = Field(default_factory=list)


def read_vocabulary(document: Document) -> Vocabulary:
    """Read the vocabulary. Raises FaultyRuleSet with all its faults."""
    text = shaped(document, _VocabularyText)
    reader = Reader(document, {})
    bare = {each.name: _bare_fact(each, index, reader) for index, each in enumerate(text.facts)}
    _check_names(text, reader)
    reader.facts = bare
    facts = {each.name: _whole_fact(index, text.facts, bare, reader) for index, each in enumerate(text.facts)}
    constraints = tuple(_constraint(each, index, reader) for index, each in enumerate(text.constraints))
    vocabulary = Vocabulary(
        facts,
        groups=tuple(Group(each.id, each.title, each.help) for each in text.groups),
        constraints=tuple(each for each in constraints if each is not None),
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


def _check_names(text: _VocabularyText, reader: Reader) -> None:
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


def _bare_fact(text: _Fact, index: int, reader: Reader) -> Fact:
    """The fact without what refers to other facts."""
    path = ("facts", index)
    fixed = FIXED_VALUES.get(text.type)
    labels = {name: _label(label) for name, label in text.values.items()}
    if fixed is not None:
        labels = {name: labels.get(name, Label(label)) for name, label in fixed}
    elif text.type != "integer" and not labels:
        reader.fault(path, "structure", f"`{text.name}` has no values.", "List its values.")
    if text.type == "integer" and (text.min is None or text.max is None or text.min >= text.max):
        reader.fault(path, "bound", f"`{text.name}` has no sound bounds.", "Give `min` below `max`.")
    fact = Fact(
        name=text.name,
        type=text.type,
        group=text.group,
        question=" ".join(text.question.split()),
        title=" ".join(text.title.split()),
        labels=labels,
        minimum=text.min or 0,
        maximum=text.max or 0,
        ordered=text.ordered or text.type == "yes_no",
        changeable=text.changeable,
        help=" ".join(text.help.split()),
        unit=text.unit,
        codes=text.codes,
    )
    return replace(fact, own_neutral=_own_neutral(text, fact, path, reader))


def _label(text: _Label) -> Label:
    shown = text.example or _Example(yes="", no="")
    return Label(text.label, " ".join(text.help.split()), " ".join(shown.yes.split()), " ".join(shown.no.split()))


def _own_neutral(text: _Fact, fact: Fact, path: KeyPath, reader: Reader) -> Value | None:
    """The neutral answer that the file states, where it is another than the type's."""
    stated: Any = frozenset(text.neutral) if isinstance(text.neutral, list) else text.neutral
    if stated is None or stated == fact.neutral:
        return None
    if not fact.accepts(stated):
        message = f"`{text.neutral}` is not an answer to `{text.name}`, so it can't be its neutral one."
        reader.fault((*path, "neutral"), "unknown-value", message, f"Give {fact.allowed()}.")
        return None
    return stated  # type: ignore[no-any-return]  # accepts() has checked it


def _whole_fact(index: int, texts: list[_Fact], bare: Mapping[str, Fact], reader: Reader) -> Fact:
    text = texts[index]
    path = ("facts", index)
    gated = {each.name for each in texts if each.asked_when is not None}
    return replace(
        bare[text.name],
        core=_core(text, (*path, "core_safety"), gated, reader),
        asked_when=_conjunctions(text.asked_when, (*path, "asked_when"), gated, reader),
        reassuring=_reassuring(text, (*path, "reassuring"), bare, reader),
        floor=_floor(text, (*path, "floor"), gated, reader),
    )


def _conjunctions(data: Any, path: KeyPath, gated: set[str], reader: Reader) -> tuple[Conjunction, ...]:
    """Read alternatives about facts that are always asked; none where nothing stands there."""
    if data is None:
        return ()
    found = reader.alternatives(data, path)
    reader.always_asked(found, path, gated)
    return found


def _core(text: _Fact, path: KeyPath, gated: set[str], reader: Reader) -> CoreRule:
    core = text.core_safety
    if core is None:
        return CoreRule("never")
    if not isinstance(core, _CoreWhen):
        return CoreRule("always")
    if (core.given is None) == (core.when is None):
        message = f"`{text.name}` is core `when` something is so, or once a fact is `given`."
        reader.fault(path, "structure", message, "Write one of the two.")
        return CoreRule("always")
    if core.given is not None:
        reader.fact(core.given, path)
        return CoreRule("given", given=core.given)
    return CoreRule("when", when=_conjunctions(core.when, (*path, "when"), gated, reader))


def _reassuring(text: _Fact, path: KeyPath, bare: Mapping[str, Fact], reader: Reader) -> Reassuring:
    found = text.reassuring
    if text.core_safety is None and found != _Reassuring():
        message = f"`{text.name}` is never core, so no answer to it is reassuring."
        reader.fault(path, "structure", message, "Leave `reassuring` out.")
    for key in ("values", "in_part"):
        for value in getattr(found, key):
            if value not in bare[text.name].labels:
                fix = did_you_mean(value, bare[text.name].values)
                reader.fault((*path, key), "unknown-value", f"`{value}` is not a value of `{text.name}`.", fix)
    return Reassuring(frozenset(found.values), frozenset(found.but), frozenset(found.in_part))


def _floor(text: _Fact, path: KeyPath, gated: set[str], reader: Reader) -> Floor | None:
    if text.floor is None:
        return None
    if text.core_safety is None:
        message = f"`{text.name}` is never core, so it sets no floor."
        reader.fault(path, "structure", message, "Leave `floor` out.")
    return Floor(text.floor.level, _conjunctions(text.floor.held_while, (*path, "while"), gated, reader))


def _constraint(text: _Constraint, index: int, reader: Reader) -> Constraint | None:
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


def _speakers(text: _VocabularyText, reader: Reader) -> tuple[Speaker, ...]:
    if text.said_by and not text.said_by[0].counts:
        message = "The first under `said_by` is who is meant where nothing is said, so it must count."
        reader.fault(("said_by", 0), "structure", message, "Put `person` first.")
    for index, each in enumerate(text.said_by):
        if not each.counts and not each.why:
            message = f"`{each.id}` does not count and says no `why`."
            reader.fault(("said_by", index), "structure", message, "Add the words that an answer gives.")
    return tuple(Speaker(each.id, each.label, each.counts, each.why) for each in text.said_by)


def _clouded(text: _VocabularyText, reader: Reader) -> tuple[Clouded, ...]:
    gated = {each.name for each in text.facts if each.asked_when is not None}
    found = []
    for index, each in enumerate(text.clouded_while):
        path = ("clouded_while", index, "when")
        when = reader.conjunction(each.when, path)
        reader.always_asked((when,), path, gated)
        found.append(Clouded(when, each.why))
    return tuple(found)


def _leads(text: _VocabularyText, reader: Reader) -> dict[str, Lead]:
    if text.leading_fact is not None:
        leading = reader.fact(text.leading_fact, ("leading_fact",))
        if leading is not None and leading.type != "choice":
            message = f"`{leading.name}` has not one answer of several, so it can't be the leading fact."
            reader.fault(("leading_fact",), "structure", message, "Name a fact of type `choice`.")
    found: dict[str, Lead] = {}
    for index, fact in enumerate(text.facts):
        for value, label in fact.values.items():
            if not label.leads:
                continue
            if fact.name != text.leading_fact:
                message = f"Only the values of the `leading_fact` say what they are about, and `{fact.name}` is not it."
                reader.fault(("facts", index, "values", value), "structure", message, "Leave the targets out.")
            found[value] = Lead(tuple(label.targets), label.also_remitted, _otherwise(label))
    return found


def _otherwise(label: _Label) -> Literal["all_lead", "all_lead_capped"]:
    """What leads where no target is supported; the cautious one where the file does not say and there are targets."""
    if label.when_no_target_is_supported is not None:
        return label.when_no_target_is_supported
    return "all_lead_capped" if label.targets or label.also_remitted else "all_lead"


def _not_beside(text: _VocabularyText, reader: Reader) -> frozenset[str]:
    for index, name in enumerate(text.not_a_condition_beside):
        fact = reader.fact(name, ("not_a_condition_beside", index))
        if fact is not None and fact.type != "condition":
            reader.fault(("not_a_condition_beside", index), "structure", f"`{name}` is not a condition.")
    return frozenset(text.not_a_condition_beside)


def _outside(text: _VocabularyText, reader: Reader) -> tuple[str, ...]:
    for index, name in enumerate(text.outside):
        fact = reader.fact(name, ("outside", index))
        if fact is not None and fact.type != "yes_no":
            message = f"`{name}` is not answered with yes or no, so it can't say that something lies outside the rules."
            reader.fault(("outside", index), "structure", message, "Name a fact of type `yes_no`.")
    return tuple(text.outside)


def compare_with_scales(document: Document, vocabulary: Vocabulary, scales: Scales) -> list[Fault]:
    """Find what the vocabulary names and the scales do not have: targets, and the levels and actions of floors."""
    return [*_unknown_targets(document, vocabulary, scales), *_unknown_floors(document, vocabulary, scales)]


def _unknown_targets(document: Document, vocabulary: Vocabulary, scales: Scales) -> Iterator[Fault]:
    if vocabulary.leading_fact is None:
        return
    known = (*_conditions(vocabulary), *(target.id for target in scales.targets))
    path = ("facts", vocabulary.order[vocabulary.leading_fact], "values")
    for value, lead in vocabulary.leads.items():
        for index, target in enumerate(lead.targets):
            if target not in known:
                place = document.place((*path, value, "targets", index))
                message = f"`{target}` is no target: neither a condition nor one of the `targets` of scales.yaml."
                yield Fault(place, "unknown-value", message, did_you_mean(target, known))


def _conditions(vocabulary: Vocabulary) -> Iterable[str]:
    return (fact.name for fact in vocabulary if fact.type == "condition")


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
