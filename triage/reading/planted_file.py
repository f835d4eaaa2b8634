"""Read and write ``planted.json``: for each proved property, a fault planted in the rules that it catches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from triage.model.faults import Fault, FaultyRuleSet, Place

FILE = "planted.json"
MAKE_ANEW = "Run `triage prove --plant`."
_PLANTED = TypeAdapter(dict[str, str])


def read_planted(folder: Path) -> Mapping[str, str]:
    """The fault that each property catches, by the property's id. Raises FaultyRuleSet where it can't be read."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        return _PLANTED.validate_json(path.read_bytes())
    except ValidationError as error:
        fault = Fault(Place(f"{folder.name}/{FILE}"), "planted", "The planted faults can't be read.", MAKE_ANEW)
        raise FaultyRuleSet([fault]) from error


def write_planted(planted: Mapping[str, str], folder: Path) -> Path:
    """Write the planted faults into ``folder`` and return the file's path."""
    path = folder / FILE
    path.write_text(json.dumps(dict(planted), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
