"""A rule's meaning does not change without a new version: ``rules/lock.json`` holds a digest of each meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from triage.check.rule_digest import meaning_digest
from triage.model.faults import Fault, Place
from triage.model.ruleset import RuleSet
from triage.reading.folder import LOCK_FILE

_MEND = "Raise `version` in ruleset.yaml, add to its change log, then run `triage rules lock`."


def lock_of(ruleset: RuleSet) -> dict[str, Any]:
    """What the lock file of this rule set holds."""
    return {"version": ruleset.version, "meanings": {rule.id: meaning_digest(rule) for rule in ruleset.all_rules}}


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Compare the meanings with the lock file, which may lack where the rule set is new."""
    lock: Mapping[str, Any] | None = ruleset.about.get("lock")
    if lock is None:
        return
    now = lock_of(ruleset)
    if now == lock:
        return
    if now["version"] != lock["version"]:
        message = f"The lock file is of version {lock['version']}, the rule set of {now['version']}."
        yield Fault(Place(LOCK_FILE), "lock", message, "Run `triage rules lock`.")
        return
    places = {rule.id: rule.place for rule in ruleset.all_rules}
    for id_ in sorted({*now["meanings"], *lock["meanings"]}):
        if now["meanings"].get(id_) != lock["meanings"].get(id_):
            message = f"The meaning of `{id_}` has changed since version {now['version']} was locked."
            yield Fault(places.get(id_, Place(LOCK_FILE)), "lock", message, _MEND)
