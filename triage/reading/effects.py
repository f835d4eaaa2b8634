"""Read the ``then`` of a rule: its effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from triage.model import rule as lang
from triage.model.fact import SUSPECTED
from triage.model.faults import KeyPath
from triage.model.scales import NO_LIMIT, NO_SUPPORT, Scales
from triage.reading.action_text import RuleActionText, line
from triage.reading.conditions import Reader
from triage.reading.scales_file import check_action
from triage.reading.schema_words import (
    AreaWord,
    CertaintyWord,
    DangerWord,
    Derived,
    FormatWord,
    LevelWord,
    RatingWord,
    RoleWord,
    SourceWord,
    TargetWord,
    TherapyWord,
    TopicWord,
)
from triage.reading.shape import Strict, one_of

ADVICE_TOPICS = ("comparison", "delivery", "monitoring", "assessment", "safety", "cost")


class _OneInTheSchema:
    """Makes the JSON Schema of a list allow its only entry without brackets."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        listed = handler(core)
        return {"anyOf": [listed["items"], listed]}


def as_list(data: Any) -> Any:
    """The data as a list: an entry by itself becomes a list of one."""
    return data if isinstance(data, list) or data is None else [data]


Item = TypeVar("Item")
OneOrMore = Annotated[list[Item], BeforeValidator(as_list), _OneInTheSchema()]
"""A list, or its one entry without brackets."""


class _Supports(Strict):
    rating: RatingWord
    targets: OneOrMore[TargetWord] = Field(alias="for", min_length=1)
    role: RoleWord
    certainty: CertaintyWord


class _AdultsOnly(Strict):
    because: str = Field(min_length=1)
    source: SourceWord


class _Limits(Strict):
    to: RatingWord
    targets: OneOrMore[TargetWord] = Field(alias="for", default_factory=list)
    certainty: CertaintyWord | None = None
    role: RoleWord | None = None
    until: str | None = None
    adults_only: _AdultsOnly | None = None


class _Urgency(Strict):
    level: LevelWord
    danger: DangerWord
    action: RuleActionText
    covers: list[str] = Field(default_factory=list)


class _Focus(Strict):
    area: AreaWord


class _Format(Strict):
    suited: FormatWord | None = None
    unsuited: FormatWord | None = None


class _Alternative(Strict):
    therapy: TherapyWord
    offer: Literal["first", "beside"]
    targets: OneOrMore[TargetWord] = Field(alias="for", default_factory=list)
    because: str = ""


class _Advice(Strict):
    topic: TopicWord
    favours: lang.Compared | None = None


class ThenText(Strict):
    """The effects of a rule by kind. Kinds of which a rule may have several effects are lists."""

    supports: OneOrMore[_Supports] = Field(default_factory=list)
    limits: OneOrMore[_Limits] = Field(default_factory=list)
    urgency: _Urgency | None = None
    derives: Derived | None = None
    focus: _Focus | None = None
    format: OneOrMore[_Format] = Field(default_factory=list)
    alternative: OneOrMore[_Alternative] = Field(default_factory=list)
    advice: OneOrMore[_Advice] = Field(default_factory=list)


def read_effects(then: ThenText, reader: Reader, scales: Scales) -> tuple[lang.Effect, ...]:
    """Read all effects of a rule, adding every fault to ``reader``. An effect that can't be built is left out."""
    named = [name for name in ThenText.model_fields if name in then.model_fields_set]
    entries = [(name, index, entry) for name in named for index, entry in enumerate(as_list(getattr(then, name)) or ())]
    if not entries:
        reader.fault(("then",), "effect", "`then` has no effect.", f"Known: {', '.join(ThenText.model_fields)}.")
    if "derives" in named and len(entries) > 1:
        others = ", ".join(f"`{name}`" for name in named if name != "derives")
        message = f"A rule that derives has no other effect; found {others}."
        reader.fault(("then",), "effect", message, "Make a rule of its own for what it derives.")
    effects = []
    for name, index, entry in entries:
        path = ("then", name, index) if isinstance(reader.document.data["then"].get(name), list) else ("then", name)
        effects.append(_EFFECTS[name](entry, _Part(reader, path, scales)))
    return tuple(effect for effect in effects if effect is not None)


class _Part:
    """The path of one effect in a rule file, with the scales whose values it may name."""

    def __init__(self, reader: Reader, path: KeyPath, scales: Scales) -> None:
        self.reader, self.path, self.scales = reader, path, scales

    @property
    def name(self) -> str:
        """The name of the effect in messages: its kind, with a number where the file has a list of that kind."""
        kind, *place = self.path[1:]
        return f"`{kind}` {int(place[0]) + 1}" if place else f"`{kind}`"

    def fault(self, key: str | None, check: str, message: str, fix: str = "") -> None:
        self.reader.fault(self.path if key is None else (*self.path, key), check, message, fix)

    def one_of(self, key: str, value: str, terms: Iterable[str]) -> None:
        allowed = tuple(terms)
        if value not in allowed:
            message = f"`{value}` does not belong in `{key}` of {self.name}."
            self.fault(key, "unknown-value", message, one_of(value, allowed))

    def all_targets(self, targets: Iterable[str]) -> tuple[str, ...]:
        conditions = (fact.name for fact in self.reader.facts.values() if fact.type == "condition")
        known = (*conditions, *_ids(self.scales.targets))
        for target in targets:
            self.one_of("for", target, known)
        return tuple(targets)


def _ids(terms: Iterable[Any]) -> tuple[str, ...]:
    return tuple(term.id for term in terms)


def _supports(text: _Supports, part: _Part) -> lang.Effect:
    scales = part.scales
    part.one_of("rating", text.rating, scales.rating_ids[scales.rating_rank(NO_SUPPORT) + 1 :])
    part.one_of("role", text.role, _ids(scales.roles))
    part.one_of("certainty", text.certainty, _ids(scales.certainties))
    return lang.Supports(text.rating, part.all_targets(text.targets), text.role, text.certainty)


def _limits(text: _Limits, part: _Part) -> lang.Effect:
    scales = part.scales
    part.one_of("to", text.to, (rating for rating in scales.rating_ids if rating not in (NO_SUPPORT, NO_LIMIT)))
    if text.certainty is not None:
        part.one_of("certainty", text.certainty, _ids(scales.certainties))
    if text.role is not None:
        part.one_of("role", text.role, _ids(scales.roles))
    adults = None
    if text.adults_only is not None:
        adults = lang.AdultsOnly(line(text.adults_only.because), text.adults_only.source)
    return lang.Limits(text.to, part.all_targets(text.targets), text.certainty, text.role, text.until, adults)


def _urgency(text: _Urgency, part: _Part) -> lang.Effect:
    part.one_of("level", text.level, part.scales.urgency_ids)
    part.one_of("danger", text.danger, _ids(part.scales.dangers))
    action = text.action.action()
    if text.level == part.scales.urgency_ids[0]:
        if action.first or action.do or action.ask or action.more:
            message = f"A rule at `{text.level}` gives its reason and additive lines only."
            part.fault("action", "effect", message, "Leave out `first`, `do`, `ask` and `more`.")
    elif not action.first:
        part.fault("action", "effect", f"The action of {part.name} has no `first`.", "Say the one thing to do now.")
    for inside, message, fix in check_action(action, _ids(part.scales.lines)):
        part.reader.fault((*part.path, "action", *inside), "unknown-value", message, fix)
    return lang.Urgency(text.level, text.danger, action, tuple(text.covers))


def _derives(text: dict[str, str], part: _Part) -> lang.Effect | None:
    if len(text) != 1:
        part.fault(None, "effect", "A rule derives one fact.", "Make a rule of each.")
        return None
    ((name, value),) = text.items()
    fact = part.reader.fact(name, (*part.path, name))
    if fact is None:
        return None
    if fact.type != "condition":
        part.fault(name, "effect", f"`{name}` is not a condition, so nothing derives it.")
    elif value != SUSPECTED:
        message = f"A score can make `{name}` {SUSPECTED}, not `{value}`."
        part.fault(name, "effect", message, f"Write `{SUSPECTED}`.")
    return lang.Derives(name, value)


def _focus(text: _Focus, part: _Part) -> lang.Effect:
    part.one_of("area", text.area, _ids(part.scales.foci))
    return lang.Focus(text.area)


def _format(text: _Format, part: _Part) -> lang.Effect | None:
    if (text.suited is None) == (text.unsuited is None):
        part.fault(None, "effect", "A format is `suited` or `unsuited`.", "Write one of the two.")
        return None
    format_ = text.suited if text.suited is not None else text.unsuited
    assert format_ is not None
    part.one_of("suited" if text.suited is not None else "unsuited", format_, _ids(part.scales.formats))
    return lang.Format(format_, text.suited is not None)


def _alternative(text: _Alternative, part: _Part) -> lang.Effect:
    part.one_of("therapy", text.therapy, _ids(part.scales.therapies))
    return lang.Alternative(text.therapy, text.offer, part.all_targets(text.targets), text.because)


def _advice(text: _Advice, part: _Part) -> lang.Effect:
    part.one_of("topic", text.topic, ADVICE_TOPICS)
    if (text.topic == "comparison") != (text.favours is not None):
        message = "A comparison, and only a comparison, says which therapy it `favours`."
        part.fault(None, "effect", message, "Add or remove `favours`.")
    return lang.Advice(text.topic, text.favours)


_EFFECTS: Mapping[str, Callable[[Any, _Part], lang.Effect | None]] = {
    "supports": _supports,
    "limits": _limits,
    "urgency": _urgency,
    "derives": _derives,
    "focus": _focus,
    "format": _format,
    "alternative": _alternative,
    "advice": _advice,
}
