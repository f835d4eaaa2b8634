"""Raise the version by a step computed from the changes in meaning since the last release."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from triage.check.lock import Change, Kind, Step, changes_since, read_lock, words_digest, write_lock
from triage.check.release import DRAFT
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset
from triage.reading.ruleset_file import FILE

_STEPS: tuple[Step, ...] = ("patch", "minor", "major")
_VERSION_LINE = re.compile(r"^version:[ ]*\S+", re.MULTILINE)
_DATE_LINE = re.compile(r"^effective_date:[ ]*\S+", re.MULTILINE)
_LOG_LINE = re.compile(r"^change_log:[ ]*(\[\])?[ ]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bump:
    """A version to be released, its step from the last one (None for the first), and the changes."""

    version: str
    step: Step | None
    changes: tuple[Change, ...] = ()


def plan_bump(ruleset: RuleSet, folder: Path) -> Bump | None:
    """Compute the next version from the lock; None where nothing changed since the last release."""
    lock = read_lock(folder)
    if lock is None:
        return Bump(ruleset.version, None)
    changes = changes_since(lock, ruleset, folder)
    if not changes and lock["words"] == words_digest(folder):
        return None
    steps: list[Step] = [change.step for change in changes]
    step = max(steps, key=_STEPS.index) if steps else "patch"
    return Bump(_raised(lock["version"], step), step, changes)


def write_bump(bump: Bump, folder: Path, date: str) -> None:
    """Write the version and a draft of its change log entry into ruleset.yaml, and write the lock."""
    path = folder / FILE
    text = path.read_text(encoding="utf-8")
    if bump.step is not None:
        text = _VERSION_LINE.sub(f"version: {bump.version}", text, count=1)
        text = _DATE_LINE.sub(f'effective_date: "{date}"', text, count=1)
        text = _with_entry(text, bump, date)
        path.write_text(text, encoding="utf-8")
    write_lock(read_ruleset(folder), folder)


def _with_entry(text: str, bump: Bump, date: str) -> str:
    changes = "".join(f'      - "{line}"\n' for line in _draft(bump))
    entry = f'change_log:\n  - version: {bump.version}\n    date: "{date}"\n    changes:\n{changes.rstrip()}'
    if _LOG_LINE.search(text):
        return _LOG_LINE.sub(lambda _: entry, text, count=1)
    return f"{text.rstrip()}\n\n{entry}\n"


def _draft(bump: Bump) -> Iterable[str]:
    """Draft the entry's lines: what is new, what has changed and what is gone, for the author to reword."""
    kinds: tuple[Kind, ...] = ("is new", "has changed", "is gone")
    for kind in kinds:
        named = [f"{change.what} {change.id}" for change in bump.changes if change.kind == kind]
        if named:
            yield f"{DRAFT} {kind.removeprefix('is ').removeprefix('has ')}: {', '.join(named)}."
    if not bump.changes:
        yield f"{DRAFT} words only."


def _raised(version: str, step: Step) -> str:
    major, minor, patch = (int(part) for part in version.split("."))
    if step == "major":
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if step == "minor" else f"{major}.{minor}.{patch + 1}"
