"""The base of types that are written as JSON, with their encoder and their JSON schemas.

The attributes ``for_`` and ``from_`` are written as `for` and `from`, which are keywords in Python. An attribute that
is UNSET is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any

from msgspec import Struct, json


class Written(Struct, frozen=True, forbid_unknown_fields=True, rename={"for_": "for", "from_": "from"}):
    """A struct that is written as JSON, with its keys in the order of its attributes."""


encode = json.Encoder().encode
"""Encode a struct as JSON text (bytes)."""


def schemas(types: Iterable[type[Struct]]) -> dict[str, Any]:
    """The JSON schemas of these structs and of all structs in them, by name, for an OpenAPI description."""
    _, by_name = json.schema_components(types, ref_template="#/components/schemas/{name}")
    for schema in by_name.values():
        schema["description"] = cleandoc(schema["description"])
    return by_name
