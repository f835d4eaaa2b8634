"""Coverage: which rules and examples implement each claim and each row of the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from triage.model.faults import NOWHERE, Fault
from triage.model.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Covered:
    """A claim or a row of the evidence: its text, the rules that encode it, and where else it is used.

    ``reason`` says why nothing encodes it, where ``sources.yaml`` gives one; ``examples`` counts the examples on which
    its rules fire.
    """

    id: str
    text: str
    rules: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    examples: int = 0
    reason: str = ""

    @property
    def is_covered(self) -> bool:
        """Whether an active rule or another part uses it, or a reason says why none does."""
        return bool(self.rules or self.elsewhere or self.reason)


def claims(ruleset: RuleSet) -> tuple[Covered, ...]:
    """List every claim of every source, in the source's order; the course plan counts as a use."""
    planned = {ref.claim for ref in ruleset.course.cited} if ruleset.course else set()
    covered = []
    for source in ruleset.sources.values():
        for claim, words in source.claims.items():
            rules = [
                rule
                for rule in ruleset.rules
                if any(ref.id == source.id and ref.claim == claim for ref in rule.sources)
            ]
            elsewhere = ("course plan",) if claim in planned else ()
            covered.append(Covered(claim, words, _ids(rules), elsewhere, _firing(rules)))
    return tuple(covered)


def rows(ruleset: RuleSet) -> tuple[Covered, ...]:
    """List every row of the evidence and every red flag; a built-in reason of the scales counts as a use."""
    covered = []
    for row, title in ruleset.evidence_rows.items():
        rules = [rule for rule in ruleset.rules if row in rule.evidence]
        elsewhere = tuple(built_in.id for built_in in ruleset.scales.built_in.values() if row in built_in.evidence)
        reason = ruleset.rows_without_rule.get(row, "")
        covered.append(Covered(row, title, _ids(rules), elsewhere, _firing(rules), reason))
    return tuple(covered)


def uncovered(ruleset: RuleSet) -> tuple[Covered, ...]:
    """List the claims and rows that nothing encodes, without a reason for it; a published rule set has none."""
    return tuple(entry for entry in (*claims(ruleset), *rows(ruleset)) if not entry.is_covered)


def uncovered_faults(ruleset: RuleSet) -> Iterator[Fault]:
    """Report them as faults at the place of the claim or row; a service starts all the same."""
    for entry in uncovered(ruleset):
        place = ruleset.claim_places.get(entry.id, NOWHERE)
        message = f"No rule encodes `{entry.id}`: {entry.text}"
        yield Fault(place, "coverage", message, "Write a rule that names it, or say why there is none.")


def _ids(rules: Iterable[Any]) -> tuple[str, ...]:
    return tuple(rule.id for rule in rules)


def _firing(rules: Iterable[Any]) -> int:
    return sum(example.fires is True for rule in rules for example in rule.examples)
