"""Check the shape of a YAML file with pydantic, naming every mistake with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from triage.model.faults import Fault, FaultyRuleSet, KeyPath, did_you_mean, near_match
from triage.reading.yaml_text import Document, yaml_words


class Strict(BaseModel):
    """The base of shapes: a mapping with the declared keys only, whose values are not converted to other types."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


def _kebab(text: str) -> str:
    if not KEBAB.match(text):
        raise ValueError("must be lower-case words joined by hyphens")
    return text


KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
Id = Annotated[str, AfterValidator(_kebab)]
"""An id: lower-case words joined by hyphens."""

Shape = TypeVar("Shape", bound=Strict)

_MISTAKES: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that belongs here",
    "too_short": "is empty",
    "string_too_short": "is empty",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be `true` or `false`",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "list_type": "must be a list",
    "none_required": "must be `null`",
    "literal_error": "is not one of the values that belong here",
}
_MUST_BE = "must be "
_QUOTED = re.compile(r"'([^']*)'|(True|False|None)")


def shaped(document: Document, shape: type[Shape]) -> Shape:
    """Check a document's data against a shape, and give the checked data.

    Raises FaultyRuleSet with every mistake of the file.
    """
    try:
        return shape.model_validate(document.data)
    except ValidationError as error:
        raise FaultyRuleSet(_faults(error, document, shape)) from error


def _faults(error: ValidationError, document: Document, shape: type[Strict]) -> list[Fault]:
    """One fault for each place. Where all branches of a union refuse a value, they share one sentence."""
    by_path: dict[KeyPath, list[ErrorDetails]] = {}
    for details in error.errors():
        by_path.setdefault(_in_data(details["loc"], details["type"], document.data), []).append(details)
    return [_fault(path, errors, document, shape) for path, errors in by_path.items() if not _deeper(path, by_path)]


def _deeper(path: KeyPath, paths: Iterable[KeyPath]) -> bool:
    """Whether there is an error inside ``path``. That one is reported, since it is more precise."""
    return any(len(other) > len(path) and other[: len(path)] == path for other in paths)


def _fault(path: KeyPath, errors: list[ErrorDetails], document: Document, shape: type[Strict]) -> Fault:
    subject = f"`{_subject(path, errors[0])}`" if path else "The file"
    mistake = " or ".join(dict.fromkeys(map(_mistake, errors))).replace(f" or {_MUST_BE}", " or ")
    return Fault(document.place(path), "structure", f"{subject} {mistake}.", _fix(path, errors, shape))


def _subject(path: KeyPath, error: ErrorDetails) -> str:
    """The key, followed by the value where that is the mistake; in a list, only the value."""
    if error["type"] != "literal_error":
        return str(path[-1])
    value = yaml_words(error["input"])
    return value if isinstance(path[-1], int) else f"{path[-1]}: {value}"


def _mistake(error: ErrorDetails) -> str:
    message = str(error.get("ctx", {}).get("error", error["msg"]))
    return _MISTAKES.get(error["type"], message[0].lower() + message[1:])


def _fix(path: KeyPath, errors: list[ErrorDetails], shape: type[Strict]) -> str:
    first = errors[0]
    if first["type"] == "extra_forbidden":
        return did_you_mean(str(path[-1]), _keys(shape, path[:-1]))
    allowed = tuple(word for error in errors if error["type"] == "literal_error" for word in _allowed(error))
    return one_of(first["input"], allowed) if allowed else ""


def _allowed(error: ErrorDetails) -> list[str]:
    return [text or yaml_words(word == "True") for text, word in _QUOTED.findall(error["ctx"]["expected"])]


def one_of(value: object, allowed: tuple[str, ...]) -> str:
    """The fix for a value that is not allowed: a similar allowed word, and all of them if there are 12 at most."""
    words = yaml_words(value)
    truth = {"yes": "true", "no": "false"}.get(words)
    match = truth if truth in allowed else near_match(words, allowed)
    if match and words in match.split("_"):
        match = None  # `recommended` is no misspelling of `not_recommended`
    meant = f"Did you mean `{match}`? " if match else ""
    listed = f"Allowed: {', '.join(allowed)}." if len(allowed) <= _FEW else ""
    return (meant + listed).strip()


_FEW = 12


def _in_data(loc: tuple[str | int, ...], kind: str, data: Any) -> KeyPath:
    """Pydantic's path without the names of branches of a union."""
    path: list[str | int] = []
    for part in loc:
        if _has(data, part):
            data = data[part]
        elif not (kind == "missing" and part == loc[-1]):
            continue
        path.append(part)
    return tuple(path)


def _has(data: Any, part: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def _keys(shape: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The allowed keys at ``path`` of a shape; empty where its fields do not say."""
    current: type[BaseModel] = shape
    for part in path:
        if isinstance(part, int):
            continue
        annotation = current.model_fields[str(part)].annotation if str(part) in current.model_fields else None
        nested = [class_ for class_ in _classes(annotation) if issubclass(class_, BaseModel)]
        if not nested:
            return ()
        current = nested[0]
    return tuple(field.alias or name for name, field in current.model_fields.items())


def _classes(annotation: object) -> list[type]:
    if isinstance(annotation, type):
        return [annotation]
    return [class_ for part in getattr(annotation, "__args__", ()) for class_ in _classes(part)]
