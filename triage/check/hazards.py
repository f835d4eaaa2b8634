"""Check that each control in the hazard log exists, unless it is marked as planned.

Tests are looked for beside the rules' folder; where there are none, as in an installation, they are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from triage.model.faults import Fault, did_you_mean
from triage.model.hazard import Control, ControlKind
from triage.model.ruleset import RuleSet
from triage.reading.planted_file import MAKE_ANEW

_CHECK_NAME = re.compile(r'"([a-z]+(?:-[a-z]+)*)"')
_TEST = re.compile(r"^(?:    )?def (test_\w+)\(", re.MULTILINE)


def check(ruleset: RuleSet, folder: Path, properties: Collection[str]) -> Iterator[Fault]:
    """Find controls that do not exist, and planned ones that do; ``properties`` are those proved."""
    known: Mapping[ControlKind, Collection[str]] = {
        "property": properties,
        "rule": ruleset.by_id,
        "check": frozenset(check_names()),
        "test": frozenset(test_names(folder.resolve().parent)),
    }
    for hazard in ruleset.hazards:
        for control in hazard.controls:
            if known[control.kind] or control.kind != "test":
                yield from _of(hazard.id, control, known[control.kind])
            if control.kind == "property" and ruleset.planted and control.id not in ruleset.planted:
                message = f"No planted fault is known that the property `{control.id}` catches."
                yield Fault(control.place, "hazard", message, MAKE_ANEW)


def _of(hazard: str, control: Control, known: Collection[str]) -> Iterator[Fault]:
    if control.planned and control.id in known:
        message = f"The {control.kind} `{control.id}` exists, and the log calls it planned."
        yield Fault(control.place, "hazard", message, "Take `planned` away.")
    elif not control.planned and control.id not in known:
        message = f"A control of `{hazard}` names a {control.kind} that does not exist: `{control.id}`."
        fix = did_you_mean(control.id, tuple(known)) or "Name one that does, or write `planned: true`."
        yield Fault(control.place, "hazard", message, fix)


def check_names() -> Iterator[str]:
    """List the names of checks, as faults carry them: every quoted name in the modules of this package."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        yield from _CHECK_NAME.findall(path.read_text(encoding="utf-8"))


def test_names(root: Path) -> Iterator[str]:
    """List the tests in the folder ``tests`` of ``root``, as file::name."""
    for path in sorted((root / "tests").rglob("test_*.py")):
        file = path.relative_to(root).as_posix()
        yield from (f"{file}::{name}" for name in _TEST.findall(path.read_text(encoding="utf-8")))
