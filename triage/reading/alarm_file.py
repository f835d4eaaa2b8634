"""Read and write ``alarm.json``: the last report of alarms, stored in the folder of the rule set."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from triage.model.alarm import StoredAlarm
from triage.model.faults import Fault, FaultyRuleSet, Place

FILE = "alarm.json"
_STORED = TypeAdapter(StoredAlarm)


def read_alarm(folder: Path) -> StoredAlarm | None:
    """The report stored in ``folder``; None where there is none. Raises FaultyRuleSet where it can't be read."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return _STORED.validate_json(path.read_bytes())
    except ValidationError as error:
        fault = Fault(alarm_place(folder), "alarm", "The report of alarms can't be read.", MAKE_ANEW)
        raise FaultyRuleSet([fault]) from error


def write_alarm(stored: StoredAlarm, folder: Path) -> Path:
    """Write the report into ``folder`` and return its path."""
    path = folder / FILE
    path.write_text(json.dumps(_STORED.dump_python(stored, mode="json"), indent=1) + "\n", encoding="utf-8")
    return path


def alarm_place(folder: Path) -> Place:
    """The place of the report in messages."""
    return Place(f"{folder.name}/{FILE}")


MAKE_ANEW = "Run `triage rules alarm --store`."
