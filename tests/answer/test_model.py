"""The answer's type has the keys of the contract, nested, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from triage.answer.model import Answer

_RANGES = {"rating", "settled", "could_become", "exact", "for", "role", "certainty", "limited_by"}
_CITATION = {"id", "claim", "finding"}
_TIE_BREAKER = {"rule", "title", "because"}
KEYS: dict[str, set[str]] = {
    "": {
        "reference", "suitability", "urgency", "reasons", "focus", "formats", "alternatives", "comparison",
        "unanswered", "not_used", "course", "next_step", "ruleset",
    },
    "/suitability": _RANGES,
    "/urgency": {
        "level", "settled", "could_become", "exact", "incomplete", "missing", "respond_within", "action",
    },
    "/urgency/respond_within": {"business_days", "hours", "assess_within"},
    "/reasons": {
        "rule", "effect", "value", "title", "because", "certainty", "facts", "sources",
        "for", "role", "until", "action", "fact", "stance", "topic", "favours",
    },
    "/reasons/sources": _CITATION,
    "/focus": {"area", "proposed", "because", "facts", "rules"},
    "/formats": {"format", "stance", "because", "rules"},
    "/alternatives": {"therapy", "first", "because", "sources", "rules"},
    "/alternatives/sources": _CITATION,
    "/comparison": {"ipt", "cbt"},
    "/comparison/ipt": _TIE_BREAKER,
    "/comparison/cbt": _TIE_BREAKER,
    "/unanswered": {"fact", "question", "can_change", "would"},
    "/unanswered/would": {"answer", "suitability", "urgency"},
    "/unanswered/would/answer": {"from", "to"},
    "/course": {
        "plan", "sessions", "frequency", "minutes", "note", "phases", "assessment_points", "taper", "afterwards",
        "cost_usd", "sources",
    },
    "/course/phases": {"id", "title", "sessions", "aims", "techniques", "note", "sources"},
    "/course/phases/sessions": {"shortest", "longest"},
    "/course/phases/sources": _CITATION,
    "/course/assessment_points": {"id", "sessions", "what", "basis", "sources"},
    "/course/assessment_points/sources": _CITATION,
    "/course/cost_usd": {"low", "high"},
    "/course/sources": _CITATION,
    "/ruleset": {"name", "version", "digest"},
}  # fmt: skip
"""The keys of each part of the answer, by its place (contract §3, first edition)."""


def test_the_answer_has_exactly_the_keys_of_the_contract() -> None:
    assert dict(_keys(Answer, "")) == KEYS


def _keys(type_: type[Struct], place: str) -> Iterator[tuple[str, set[str]]]:
    """The keys of a type and of every type within it, by place; the hours within hours are not followed."""
    yield place, set(type_.__struct_encode_fields__)
    hints = get_type_hints(type_)
    for name, key in zip(type_.__struct_fields__, type_.__struct_encode_fields__, strict=True):
        for part in _structs(hints[name]):
            if part is not type_:
                yield from _keys(part, f"{place}/{key}")


def _structs(hint: Any) -> set[type[Struct]]:
    if isinstance(hint, type) and issubclass(hint, Struct):
        return {hint}
    return {part for each in get_args(hint) for part in _structs(each)}
