"""Reading ``vocabulary.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from triage.model.fact import FIXED_VALUES, CoreRule, Fact, Label
from triage.model.faults import Fault, FaultyRuleSet, did_you_mean
from triage.model.vocabulary import AtMost, Constraint, Group, Never, Vocabulary
from triage.reading.conditions import Reader
from triage.reading.shape import Strict, shaped
from triage.reading.yaml_text import Document

MOST_TITLE_WORDS = 4
"""A fact's title stands in lists and sentences."""


class _Label(Strict):
    label: str
    help: str = ""


class _Group(Strict):
    id: str
    title: str
    help: str = ""


class _CoreWhen(Strict):
    unless: dict[str, Any] | None = None
    given: str | None = None


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


class _VocabularyText(Strict):
    groups: list[_Group]
    facts: list[_Fact] = Field(min_length=1)
    constraints: list[_Constraint] = Field(default_factory=list)


def read_vocabulary(document: Document) -> Vocabulary:
    """Read the vocabulary. Raises FaultyRuleSet with all its faults."""
    text = shaped(document, _VocabularyText)
    reader = Reader(document, {})
    bare = {each.name: _bare_fact(each, index, reader) for index, each in enumerate(text.facts)}
    _check_names(text, reader)
    reader.facts = bare
    facts = {each.name: _whole_fact(index, text.facts, bare, reader) for index, each in enumerate(text.facts)}
    constraints = tuple(_constraint(each, index, reader) for index, each in enumerate(text.constraints))
    if reader.faults:
        raise FaultyRuleSet(reader.faults)
    groups = tuple(Group(each.id, each.title, each.help) for each in text.groups)
    return Vocabulary(facts, groups, tuple(each for each in constraints if each is not None))


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
    labels = {name: Label(label.label, label.help) for name, label in text.values.items()}
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
    stated = frozenset(text.neutral) if isinstance(text.neutral, list) else text.neutral
    if stated is not None and stated != fact.neutral:
        reader.fault((*path, "neutral"), "structure", f"The neutral answer of `{text.name}` is `{fact.neutral}`.")
    return fact


def _whole_fact(index: int, texts: list[_Fact], bare: Mapping[str, Fact], reader: Reader) -> Fact:
    text = texts[index]
    path = ("facts", index)
    asked_when = () if text.asked_when is None else reader.alternatives(text.asked_when, (*path, "asked_when"))
    gated = {each.name for each in texts if each.asked_when is not None}
    for condition in (condition for conjunction in asked_when for condition in conjunction):
        if condition.fact in gated:
            message = f"`{condition.fact}` is only sometimes asked itself, so nothing can be asked for its sake."
            reader.fault((*path, "asked_when"), "structure", message, "Refer to a fact that is always asked.")
    core = _core(text, (*path, "core_safety"), reader)
    fact = bare[text.name]
    return Fact(
        **{name: getattr(fact, name) for name in fact.__dataclass_fields__ if name not in ("core", "asked_when")},
        core=core,
        asked_when=asked_when,
    )


def _core(text: _Fact, path: tuple[str | int, ...], reader: Reader) -> CoreRule:
    if text.core_safety is None:
        return CoreRule("never")
    if not isinstance(text.core_safety, _CoreWhen):
        return CoreRule("always")
    if text.core_safety.given is not None:
        reader.fact(text.core_safety.given, path)
        return CoreRule("given", given=text.core_safety.given)
    return CoreRule("unless", unless=reader.conjunction(text.core_safety.unless, (*path, "unless")))


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
