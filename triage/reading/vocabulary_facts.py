"""Read the facts of ``vocabulary.yaml``, each in two steps: first by itself, then what refers to other facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from triage.model.fact import FIXED_VALUES, CoreRule, Fact, Floor, Label, Reassuring
from triage.model.faults import KeyPath, did_you_mean
from triage.model.rule import Conjunction, Value
from triage.reading.action_text import line
from triage.reading.conditions import Reader
from triage.reading.vocabulary_shape import CoreText, FactText, LabelText, ReassuringText


def read_facts(texts: list[FactText], reader: Reader) -> dict[str, Fact]:
    """Read all facts, by name in the order of the file, and make them known to the reader of conditions."""
    bare = {text.name: _bare_fact(text, index, reader) for index, text in enumerate(texts)}
    reader.facts = bare
    gated = gated_facts(texts)
    return {text.name: _whole_fact(text, index, bare[text.name], gated, reader) for index, text in enumerate(texts)}


def gated_facts(texts: list[FactText]) -> set[str]:
    """The facts that are not always asked, by name."""
    return {text.name for text in texts if text.asked_when is not None}


def _bare_fact(text: FactText, index: int, reader: Reader) -> Fact:
    """The fact without the parts that refer to other facts."""
    path = ("facts", index)
    fact = Fact(
        name=text.name,
        type=text.type,
        group=text.group,
        question=line(text.question),
        title=line(text.title),
        labels=_labels(text, path, reader),
        minimum=text.min or 0,
        maximum=text.max or 0,
        ordered=text.ordered or text.type == "yes_no",
        changeable=text.changeable,
        ask_alone=text.ask_alone,
        help=line(text.help),
        unit=text.unit,
        codes=text.codes,
    )
    if text.type == "integer" and (text.min is None or text.max is None or text.min >= text.max):
        reader.fault(path, "bound", f"`{text.name}` has no sound bounds.", "Give `min` below `max`.")
    return replace(fact, own_neutral=_own_neutral(text, fact, path, reader))


def _labels(text: FactText, path: KeyPath, reader: Reader) -> dict[str, Label]:
    labels = {name: _label(label) for name, label in text.values.items()}
    fixed = FIXED_VALUES.get(text.type)
    if fixed is not None:
        return {name: labels.get(name, Label(label)) for name, label in fixed}
    if text.type != "integer" and not labels:
        reader.fault(path, "structure", f"`{text.name}` has no values.", "List its values.")
    return labels


def _label(text: LabelText) -> Label:
    yes, no = (line(text.example.yes), line(text.example.no)) if text.example else ("", "")
    return Label(text.label, line(text.help), yes, no)


def _own_neutral(text: FactText, fact: Fact, path: KeyPath, reader: Reader) -> Value | None:
    """The neutral answer that the file states, where it differs from that of the type."""
    stated: Any = frozenset(text.neutral) if isinstance(text.neutral, list) else text.neutral
    if stated is None or stated == fact.neutral:
        return None
    if not fact.accepts(stated):
        message = f"`{text.neutral}` is not an answer to `{text.name}`, so it can't be its neutral one."
        reader.fault((*path, "neutral"), "unknown-value", message, f"Give {fact.allowed()}.")
        return None
    return stated  # type: ignore[no-any-return]  # accepts() has checked it


def _whole_fact(text: FactText, index: int, bare: Fact, gated: set[str], reader: Reader) -> Fact:
    path = ("facts", index)
    return replace(
        bare,
        core=_core(text, (*path, "core_safety"), gated, reader),
        asked_when=_conjunctions(text.asked_when, (*path, "asked_when"), gated, reader),
        reassuring=_reassuring(text, (*path, "reassuring"), bare, reader),
        floor=_floor(text, (*path, "floor"), gated, reader),
    )


def _conjunctions(data: Any, path: KeyPath, gated: set[str], reader: Reader) -> tuple[Conjunction, ...]:
    """Read alternatives about facts that are always asked; none where the key is absent."""
    if data is None:
        return ()
    conjunctions = reader.alternatives(data, path)
    reader.always_asked(conjunctions, path, gated)
    return conjunctions


def _core(text: FactText, path: KeyPath, gated: set[str], reader: Reader) -> CoreRule:
    core = text.core_safety
    if core is None:
        return CoreRule("never")
    if not isinstance(core, CoreText):
        return CoreRule("always")
    if (core.given is None) == (core.when is None):
        message = f"`{text.name}` is core `when` something is so, or once a fact is `given`."
        reader.fault(path, "structure", message, "Write one of the two.")
        return CoreRule("always")
    if core.given is not None:
        reader.fact(core.given, path)
        return CoreRule("given", given=core.given)
    return CoreRule("when", when=_conjunctions(core.when, (*path, "when"), gated, reader))


def _reassuring(text: FactText, path: KeyPath, bare: Fact, reader: Reader) -> Reassuring:
    reassuring = text.reassuring
    if text.core_safety is None and reassuring != ReassuringText():
        message = f"`{text.name}` is never core, so no answer to it is reassuring."
        reader.fault(path, "structure", message, "Leave `reassuring` out.")
    for key, values in (("values", reassuring.values), ("in_part", reassuring.in_part)):
        for value in values:
            if value not in bare.labels:
                fix = did_you_mean(value, bare.values)
                reader.fault((*path, key), "unknown-value", f"`{value}` is not a value of `{text.name}`.", fix)
    return Reassuring(frozenset(reassuring.values), frozenset(reassuring.but), frozenset(reassuring.in_part))


def _floor(text: FactText, path: KeyPath, gated: set[str], reader: Reader) -> Floor | None:
    if text.floor is None:
        return None
    if text.core_safety is None:
        message = f"`{text.name}` is never core, so it sets no floor."
        reader.fault(path, "structure", message, "Leave `floor` out.")
    return Floor(text.floor.level, _conjunctions(text.floor.held_while, (*path, "while"), gated, reader))
