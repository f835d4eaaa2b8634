"""Check that a rule set may be released; one that may not still runs, so that its author can try changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from triage.check.lock import changes_since, lock_place, read_lock
from triage.model.faults import Fault, Place, did_you_mean
from triage.model.ruleset import RuleSet
from triage.reading.alarm_file import MAKE_ANEW, alarm_place

DRAFT = "Draft:"
"""The beginning of an entry of the change log that its author has not put into words yet."""

_MEND = "Run `triage rules bump`, then put its entry of the change log in ruleset.yaml into words."


def release_faults(ruleset: RuleSet, folder: Path) -> Iterator[Fault]:
    """Find changes without a new version, a version without its entry, and other bars to a release."""
    lock = read_lock(folder)
    if lock is None:
        message = "Nothing was released yet: there is no lock file."
        yield Fault(lock_place(folder), "lock", message, "Run `triage rules bump`.")
    elif lock["version"] != ruleset.version:
        message = f"The lock file is of version {lock['version']}, ruleset.yaml of {ruleset.version}."
        yield Fault(_version_place(ruleset, folder), "lock", message, f"Set it back to {lock['version']}. {_MEND}")
    else:
        for change in changes_since(lock, ruleset, folder):
            yield Fault(change.place, "lock", f"{change} since version {lock['version']} was released.", _MEND)
    yield from _entry_faults(ruleset, folder)
    yield from _decisions(ruleset)
    yield from _alarm_faults(ruleset, folder)


def _alarm_faults(ruleset: RuleSet, folder: Path) -> Iterator[Fault]:
    """Find an alarm report that was made of other rules."""
    if ruleset.alarm is not None and ruleset.alarm.digest != ruleset.digest:
        message = "The report of alarms was made of other rules."
        yield Fault(alarm_place(folder), "alarm", message, MAKE_ANEW)


def _entry_faults(ruleset: RuleSet, folder: Path) -> Iterator[Fault]:
    entries = ruleset.about.change_log if ruleset.about else ()
    entry = next((candidate for candidate in entries if candidate.version == ruleset.version), None)
    place = _version_place(ruleset, folder)
    if entry is None:
        message = f"The change log has no entry for version {ruleset.version}."
        yield Fault(place, "change-log", message, "Add one under `change_log` that says what changed.")
    elif any(text.startswith(DRAFT) for text in entry.changes):
        message = f"The change log's entry for version {ruleset.version} is still a draft."
        yield Fault(place, "change-log", message, f"Say in words what changed, without “{DRAFT}”.")


def _decisions(ruleset: RuleSet) -> Iterator[Fault]:
    """Find decisions between sources that name a rule which is not active."""
    ids = tuple(rule.id for rule in ruleset.rules)
    for decision in ruleset.about.disagreements if ruleset.about else ():
        for id_ in decision.rules:
            if id_ not in ruleset.by_id:
                message = f"The decision `{decision.id}` names `{id_}`, which is no active rule."
                yield Fault(decision.place, "decision", message, did_you_mean(id_, ids))


def _version_place(ruleset: RuleSet, folder: Path) -> Place:
    return ruleset.about.place if ruleset.about else Place(f"{folder.name}/ruleset.yaml")
