"""The answer's type has the keys of the contract, nested, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from triage.answer.model import Answer

_CITATION = {"id", "claim", "finding"}
_TIE_BREAKER = {"rule", "title", "because"}
_RATED = {"rating", "role", "certainty", "limited_by"}
_CAN_BECOME = {"settled", "could_become", "exact"}
KEYS: dict[str, set[str]] = {
    "": {
        "reference", "urgency", "suitability", "next_step", "reasons", "alternatives", "focus", "formats", "comparison",
        "course", "unanswered", "not_used", "not_counted", "outside", "ruleset",
    },
    "/urgency": {"level", "state", *_CAN_BECOME, "missing", "respond_within", "action"},
    "/urgency/respond_within": {"business_days", "hours", "assess_within"},
    "/urgency/action": {"first", "do", "ask", "never", "also", "more"},
    "/suitability": {*_RATED, *_CAN_BECOME, "for", "targets"},
    "/suitability/targets": {"target", "leading", *_RATED},
    "/reasons": {
        "rule", "effect", "value", "target", "title", "because", "certainty", "decides", "facts", "sources",
    },
    "/reasons/sources": _CITATION,
    "/alternatives": {"therapy", "offer", "for", "because", "sources"},
    "/alternatives/sources": _CITATION,
    "/focus": {"area", "proposed", "because", "facts"},
    "/formats": {"format", "stance", "because"},
    "/comparison": {"ipt", "cbt"},
    "/comparison/ipt": _TIE_BREAKER,
    "/comparison/cbt": _TIE_BREAKER,
    "/course": {"kind", "sessions", "phases", "cost_usd"},
    "/course/phases": {
        "id", "title", "sessions", "frequency", "minutes", "aims", "techniques", "reviews", "notes", "sources",
    },
    "/course/phases/sessions": {"shortest", "longest"},
    "/course/phases/reviews": {"id", "sessions", "what", "basis", "sources"},
    "/course/phases/reviews/sources": _CITATION,
    "/course/phases/sources": _CITATION,
    "/course/cost_usd": {"low", "high"},
    "/unanswered": {"fact", "question", "can_change", "pivotal", "would"},
    "/unanswered/would": {"answer", "suitability", "urgency"},
    "/unanswered/would/answer": {"from", "to"},
    "/not_counted": {"fact", "why"},
    "/ruleset": {"name", "version", "digest"},
}  # fmt: skip
"""The keys of each part of the answer, by its place (contract §3)."""


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
    return {part for argument in get_args(hint) for part in _structs(argument)}
