"""The shape of a YAML file, checked by pydantic, each mistake told with its place in the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from triage.model.faults import Fault, FaultyRuleSet, did_you_mean
from triage.reading.yaml_text import Document, KeyPath


class Strict(BaseModel):
    """A mapping that has the named keys and no others, each of just the named type."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


Shape = TypeVar("Shape", bound=Strict)

_SAID: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that belongs here",
    "too_short": "is empty",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "must be lower-case words joined by hyphens",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "list_type": "must be a list",
    "literal_error": "is not one of the values that belong here",
}


def shaped(document: Document, shape: type[Shape]) -> Shape:
    """Check a document's data against a shape.

    Raises FaultyRuleSet with every mistake of the file.
    """
    try:
        return shape.model_validate(document.data)
    except ValidationError as error:
        raise FaultyRuleSet(_faults(error, document, shape)) from error


def _faults(error: ValidationError, document: Document, shape: type[Strict]) -> list[Fault]:
    faults = []
    for each in error.errors():
        path = _in_document(each["loc"], document)
        name = str(path[-1]) if path else ""
        subject = f"`{name}`" if path else "The file"
        said = _SAID.get(each["type"], each["msg"][0].lower() + each["msg"][1:])
        fix = ""
        if each["type"] == "extra_forbidden":
            fix = did_you_mean(name, _keys(shape, path[:-1]))
        elif each["type"] == "literal_error":
            fix = f"Allowed: {each['ctx']['expected']}."
        faults.append(Fault(document.place(path), "structure", f"{subject} {said}.", fix))
    return faults


def _in_document(loc: tuple[str | int, ...], document: Document) -> KeyPath:
    """The path that pydantic names, without the places in lists that were made of a single entry."""
    path: KeyPath = ()
    for part in loc:
        if _in_data(part) and (isinstance(part, str) or (*path, part) in document.places):
            path = (*path, part)
    return path


def _in_data(part: str | int) -> bool:
    """Leave out the names that pydantic gives to the branches of a union."""
    return isinstance(part, int) or not part.startswith(("dict[", "list[", "literal[", "str", "int"))


def _keys(shape: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that belong at ``path`` of a shape, where they can be told from the shape's fields."""
    current: type[BaseModel] = shape
    for part in path:
        if isinstance(part, int):
            continue
        annotation = current.model_fields[str(part)].annotation if str(part) in current.model_fields else None
        nested = [each for each in _classes(annotation) if issubclass(each, BaseModel)]
        if not nested:
            return ()
        current = nested[0]
    return tuple(field.alias or name for name, field in current.model_fields.items())


def _classes(annotation: object) -> list[type]:
    if isinstance(annotation, type):
        return [annotation]
    return [found for each in getattr(annotation, "__args__", ()) for found in _classes(each)]
