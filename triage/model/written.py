"""What is written as JSON: frozen structs of msgspec, their JSON and their schemas.

``for_`` and ``from_`` are written `for` and `from`, two words that Python keeps for itself. An attribute that is UNSET
is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any

from msgspec import Struct, json


class Written(Struct, frozen=True, forbid_unknown_fields=True, rename={"for_": "for", "from_": "from"}):
    """A struct that is written as JSON, its keys in the order of its attributes."""


encode = json.Encoder().encode
"""Write a struct as JSON."""


def schemas(types: Iterable[type[Struct]]) -> dict[str, Any]:
    """The JSON schemas of these structs and of all their parts, by name, as an OpenAPI description holds them."""
    _, made = json.schema_components(types, ref_template="#/components/schemas/{name}")
    for schema in made.values():
        schema["description"] = cleandoc(schema["description"])
    return made
