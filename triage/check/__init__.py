"""The linter of rule sets: one module a check, each a function from a rule set to faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from triage.check import covering, deriving, duplicates, examples, reachable, size, sourced, suspicion
from triage.check import lock as locked
from triage.model.faults import Fault, FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset

Check = Callable[[RuleSet], Iterable[Fault]]

CHECKS: tuple[Check, ...] = (
    duplicates.check,
    sourced.check,
    examples.check,
    reachable.check,
    deriving.check,
    suspicion.check,
    covering.check,
    size.check,
    locked.check,
)


def faults_of(ruleset: RuleSet) -> Iterator[Fault]:
    """Run every check over a rule set that could be read."""
    for check in CHECKS:
        yield from check(ruleset)


def load_ruleset(folder: Path) -> RuleSet:
    """Read and check the rule set in ``folder``: what a service starts with.

    Raises FaultyRuleSet with every fault that reading or any check finds.
    """
    ruleset = read_ruleset(folder)
    faults = list(faults_of(ruleset))
    if faults:
        raise FaultyRuleSet(faults)
    return ruleset
