"""One rule file: from YAML to a :class:`triage.model.rule.Rule`, with every mistake's place, sentence and fix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from triage.model import rule as lang
from triage.model.fact import Fact
from triage.model.faults import Fault, FaultyRuleSet
from triage.model.scales import NO_LIMIT, NO_SUPPORT, Scales
from triage.reading.conditions import Reader
from triage.reading.shape import Id, Strict, one_of, shaped
from triage.reading.yaml_text import Document

WORDS = "words"
"""The key of a schema that names a list of words of the rule set, in place of the list."""


def _words(kind: str) -> WithJsonSchema:
    """In the JSON Schema of rule files, stand for the rule set's own words of this kind."""
    return WithJsonSchema({WORDS: kind})


_Rating = Annotated[str, _words("ratings")]
_Level = Annotated[str, _words("urgencies")]
_Certainty = Annotated[str, _words("certainties")]
_Role = Annotated[str, _words("roles")]
_Target = Annotated[str, _words("targets")]
_FormatId = Annotated[str, _words("formats")]
_SourceId = Annotated[str, _words("sources")]
_Conditions = Annotated[dict[str, Any], _words("conditions")]
_Given = Annotated[dict[str, Any], _words("answers")]


class _Review(Strict):
    by: str | None = None
    on: str | None = None


class _Source(Strict):
    id: _SourceId
    claim: str | None = None
    finding: str | None = None


class _Example(Strict):
    name: str
    given: _Given
    fires: Literal[True, False, "unknown"]


class _Supports(Strict):
    rating: _Rating
    targets: _Target | list[_Target] = Field(alias="for")
    role: _Role
    certainty: _Certainty


class _Limits(Strict):
    to: _Rating
    certainty: _Certainty
    role: _Role | None = None
    until: str | None = None


class _Urgency(Strict):
    level: _Level
    action: str = Field(min_length=1)


class _Focus(Strict):
    area: Annotated[str, _words("areas")]


class _Format(Strict):
    suited: _FormatId | None = None
    unsuited: _FormatId | None = None


class _Alternative(Strict):
    therapy: Annotated[str, _words("therapies")]
    first: bool


class _Advice(Strict):
    topic: Annotated[str, _words("topics")]
    favours: Literal["ipt", "cbt"] | None = None


class _Then(Strict):
    supports: _Supports | None = None
    limits: _Limits | None = None
    urgency: _Urgency | None = None
    derives: Annotated[dict[str, str], _words("derived")] | None = None
    focus: _Focus | None = None
    format: _Format | None = None
    alternative: _Alternative | None = None
    advice: _Advice | None = None


class RuleText(Strict):
    """The shape of a rule file."""

    id: Id
    title: str = Field(min_length=1)
    status: Literal["draft", "active", "retired"] = "active"
    author: str | None = None
    review: _Review = _Review()
    when: _Conditions | list[_Conditions]
    unless: _Conditions | None = None
    then: _Then
    because: str = Field(min_length=1)
    sources: list[_Source] = Field(min_length=1)
    not_covered: list[str] = Field(default_factory=list)
    covered_by: str | None = None
    evidence: list[Annotated[str, _words("evidence_rows")]] = Field(default_factory=list)
    attributes: dict[str, str] = Field(default_factory=dict)
    examples: list[_Example] = Field(min_length=1)


EffectReader = Callable[[Any, Reader, Scales], lang.Effect | None]


def read_rule(document: Document, facts: Mapping[str, Fact], scales: Scales) -> tuple[lang.Rule | None, list[Fault]]:
    """Read one rule file's data.

    Gives the rule, or None where it can't be built, and all faults of the file in either case.
    """
    reader = Reader(document, facts)
    try:
        text = shaped(document, RuleText)
    except FaultyRuleSet as faulty:
        return None, list(faulty.faults)
    stem = Path(document.file).stem
    if text.id != stem:
        reader.fault(("id",), "id", f"The id `{text.id}` is not the file's name `{stem}`.", "Rename one of the two.")
    effect = _effect(text.then, reader, scales)
    rule = lang.Rule(
        id=text.id,
        title=text.title,
        when=reader.alternatives(document.data["when"], ("when",)),
        unless=reader.conjunction(text.unless, ("unless",)) if text.unless is not None else (),
        effect=effect or lang.Advice("broken"),
        because=" ".join(text.because.split()),
        sources=tuple(
            lang.SourceRef(each.id, each.claim, each.finding, document.place(("sources", index)))
            for index, each in enumerate(text.sources)
        ),
        place=document.place(("id",)),
        places=document.places,
        status=text.status,
        examples=_examples(text, reader),
        not_covered=tuple(text.not_covered),
        covered_by=text.covered_by,
        evidence=tuple(text.evidence),
        author=text.author,
        reviewed_by=text.review.by,
        reviewed_on=text.review.on,
        attributes=text.attributes,
    )
    return (None if reader.faults else rule), reader.faults


def _examples(text: RuleText, reader: Reader) -> tuple[lang.Example, ...]:
    return tuple(
        lang.Example(
            name=each.name,
            given=reader.answers(each.given, ("examples", index, "given")),
            fires=None if each.fires == "unknown" else each.fires,
            place=reader.place(("examples", index)),
        )
        for index, each in enumerate(text.examples)
    )


def _effect(then: _Then, reader: Reader, scales: Scales) -> lang.Effect | None:
    named = sorted(then.model_fields_set)
    if len(named) != 1:
        found = ", ".join(f"`{name}`" for name in named) or "none"
        message = f"`then` has exactly one effect; found {found}."
        reader.fault(("then",), "effect", message, "Make a rule of each.")
        return None
    name = named[0]
    return _EFFECTS[name](getattr(then, name), reader, scales)


def _one_of(reader: Reader, key: tuple[str, ...], value: str, terms: tuple[str, ...]) -> None:
    if value not in terms:
        reader.fault(("then", *key), "unknown-value", f"`{value}` does not belong here.", one_of(value, terms))


def _ids(terms: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(term.id for term in terms)


def _supports(text: _Supports, reader: Reader, scales: Scales) -> lang.Effect:
    at = ("supports",)
    ratings = scales.rating_ids[scales.rating_rank(NO_SUPPORT) + 1 :]
    _one_of(reader, (*at, "rating"), text.rating, ratings)
    _one_of(reader, (*at, "role"), text.role, _ids(scales.roles))
    _one_of(reader, (*at, "certainty"), text.certainty, _ids(scales.certainties))
    targets = (text.targets,) if isinstance(text.targets, str) else tuple(text.targets)
    known = tuple(fact.name for fact in reader.facts.values() if fact.type == "condition") + _ids(scales.foci)
    for target in targets:
        _one_of(reader, (*at, "for"), target, known)
    return lang.Supports(text.rating, targets, text.role, text.certainty)


def _limits(text: _Limits, reader: Reader, scales: Scales) -> lang.Effect:
    at = ("limits",)
    allowed = tuple(rating for rating in scales.rating_ids if rating not in (NO_SUPPORT, NO_LIMIT))
    _one_of(reader, (*at, "to"), text.to, allowed)
    _one_of(reader, (*at, "certainty"), text.certainty, _ids(scales.certainties))
    if text.role is not None:
        _one_of(reader, (*at, "role"), text.role, _ids(scales.roles))
    return lang.Limits(text.to, text.certainty, text.role, text.until)


def _urgency(text: _Urgency, reader: Reader, scales: Scales) -> lang.Effect:
    _one_of(reader, ("urgency", "level"), text.level, scales.urgency_ids[1:])
    return lang.Urgency(text.level, " ".join(text.action.split()))


def _derives(text: dict[str, str], reader: Reader, _scales: Scales) -> lang.Effect | None:
    if len(text) != 1:
        reader.fault(("then", "derives"), "effect", "A rule derives one fact.", "Make a rule of each.")
        return None
    ((name, value),) = text.items()
    fact = reader.fact(name, ("then", "derives", name))
    if fact is None:
        return None
    if fact.type != "condition":
        reader.fault(("then", "derives", name), "effect", f"`{name}` is not a condition, so nothing derives it.")
    elif value != "suspected":
        message = f"A score can make `{name}` suspected, not `{value}`."
        reader.fault(("then", "derives", name), "effect", message, "Write `suspected`.")
    return lang.Derives(name, value)


def _focus(text: _Focus, reader: Reader, scales: Scales) -> lang.Effect:
    _one_of(reader, ("focus", "area"), text.area, _ids(scales.foci))
    return lang.Focus(text.area)


def _format(text: _Format, reader: Reader, scales: Scales) -> lang.Effect | None:
    if (text.suited is None) == (text.unsuited is None):
        message = "A format is `suited` or `unsuited`."
        reader.fault(("then", "format"), "effect", message, "Write one of the two.")
        return None
    format_ = text.suited if text.suited is not None else text.unsuited
    assert format_ is not None
    key = "suited" if text.suited is not None else "unsuited"
    _one_of(reader, ("format", key), format_, _ids(scales.formats))
    return lang.Format(format_, text.suited is not None)


def _alternative(text: _Alternative, reader: Reader, scales: Scales) -> lang.Effect:
    _one_of(reader, ("alternative", "therapy"), text.therapy, _ids(scales.therapies))
    return lang.Alternative(text.therapy, text.first)


ADVICE_TOPICS = ("comparison", "delivery", "monitoring", "assessment", "safety", "cost")


def _advice(text: _Advice, reader: Reader, _scales: Scales) -> lang.Effect:
    _one_of(reader, ("advice", "topic"), text.topic, ADVICE_TOPICS)
    if (text.topic == "comparison") != (text.favours is not None):
        message = "A comparison, and only a comparison, says which therapy it `favours`."
        reader.fault(("then", "advice"), "effect", message, "Add or remove `favours`.")
    return lang.Advice(text.topic, text.favours)


_EFFECTS: Mapping[str, EffectReader] = {
    "supports": _supports,
    "limits": _limits,
    "urgency": _urgency,
    "derives": _derives,
    "focus": _focus,
    "format": _format,
    "alternative": _alternative,
    "advice": _advice,
}
