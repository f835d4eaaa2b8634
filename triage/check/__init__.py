"""The linter of rule sets: one module a check, each a function from a rule set to faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from triage.check import covering, deriving, duplicates, examples, locked, reachable, sourced, suspicion
from triage.diagnostics import Fault
from triage.ruleset import RuleSet

Check = Callable[[RuleSet], Iterable[Fault]]

CHECKS: tuple[Check, ...] = (
    duplicates.check,
    sourced.check,
    examples.check,
    reachable.check,
    deriving.check,
    suspicion.check,
    covering.check,
    locked.check,
)


def faults_of(ruleset: RuleSet) -> Iterator[Fault]:
    """Run every check over a rule set that could be read."""
    for check in CHECKS:
        yield from check(ruleset)
