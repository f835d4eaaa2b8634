"""The checks of rule sets: one module for each, with a function from a rule set to faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from triage.check import (
    actions,
    adults,
    covering,
    deriving,
    duplicates,
    examples,
    reachable,
    scores,
    shown,
    signed,
    size,
    sourced,
    suspicion,
    urgency,
    wording,
)
from triage.model.collector import collector_paused
from triage.model.faults import Fault, FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset
from triage.reading.properties_file import FILE as PROPERTIES
from triage.reading.properties_file import read_properties

Check = Callable[[RuleSet], Iterable[Fault]]

CHECKS: tuple[Check, ...] = (
    duplicates.check,
    sourced.check,
    examples.check,
    reachable.check,
    deriving.check,
    suspicion.check,
    covering.check,
    scores.check,
    urgency.check,
    wording.check,
    actions.check,
    size.check,
    adults.check,
    signed.check,
)
HELD_BEFORE_HAND_IN: tuple[Check, ...] = (shown.check,)
"""Checks that `rules check` holds and loading does not: a new rule runs before its examples are whole."""


def faults_of(ruleset: RuleSet) -> Iterator[Fault]:
    """Find every fault of a rule set that could be read, in drafts and retired rules too."""
    yield from ruleset.draft_faults
    for check in CHECKS:
        yield from check(ruleset)


def hand_in_faults(ruleset: RuleSet) -> Iterator[Fault]:
    """Find what `rules check` refuses in the running rules although a service loads them."""
    for check in HELD_BEFORE_HAND_IN:
        yield from check(ruleset)


@collector_paused()
def check_ruleset(ruleset: RuleSet, folder: Path) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Give the faults that refuse a rule set, and those only reported, which are in rules that do not run."""
    set_aside = {rule.place.file for rule in ruleset.all_rules if rule.status != "active"}
    set_aside |= {fault.place.file for fault in ruleset.draft_faults}
    faults = sorted({*faults_of(ruleset), *_faults_of_properties(folder, ruleset)})
    return (
        tuple(fault for fault in faults if fault.place.file not in set_aside),
        tuple(fault for fault in faults if fault.place.file in set_aside),
    )


def _faults_of_properties(folder: Path, ruleset: RuleSet) -> tuple[Fault, ...]:
    """Find the faults of the properties to be proved, if the rule set has a file of them."""
    if not (folder / PROPERTIES).is_file():
        return ()
    try:
        read_properties(folder, ruleset)
    except FaultyRuleSet as faulty:
        return faulty.faults
    return ()


def load_ruleset(folder: Path) -> RuleSet:
    """Read and check the rule set in ``folder``; services start with this.

    Raises FaultyRuleSet with every fault that reading or any check finds in what runs. A draft or a retired rule
    refuses nothing, and neither does a meaning that was not released yet.
    """
    ruleset = read_ruleset(folder)
    faults, _ = check_ruleset(ruleset, folder)
    if faults:
        raise FaultyRuleSet(faults)
    return ruleset
