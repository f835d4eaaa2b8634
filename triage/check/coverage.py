"""What became of the knowledge: which rules, examples and written cases each claim and each row of the evidence has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from triage.model.faults import NOWHERE, Fault
from triage.model.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Covered:
    """A claim or a row of the evidence: its words, the rules that encode it, and where else in the set it stands.

    ``reason`` says why nothing encodes it, where ``sources.yaml`` gives one; ``examples`` counts the examples on which
    its rules fire.
    """

    id: str
    said: str
    rules: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    examples: int = 0
    reason: str = ""

    @property
    def is_covered(self) -> bool:
        """Whether something in the rule set that runs stands on it, or it is said why nothing does."""
        return bool(self.rules or self.elsewhere or self.reason)


def claims(ruleset: RuleSet) -> tuple[Covered, ...]:
    """Every claim of every source that makes claims, in the order of its page. The course plan counts as a place."""
    planned = {ref.claim for ref in ruleset.course.cited} if ruleset.course else set()
    found = []
    for source in ruleset.sources.values():
        for claim, said in source.claims.items():
            rules = [
                rule
                for rule in ruleset.rules
                if any(ref.id == source.id and ref.claim == claim for ref in rule.sources)
            ]
            elsewhere = ("course plan",) if claim in planned else ()
            found.append(Covered(claim, said, _ids(rules), elsewhere, _firing(rules)))
    return tuple(found)


def rows(ruleset: RuleSet) -> tuple[Covered, ...]:
    """Every row of the evidence and every red flag. A built-in reason of the scales counts as a place."""
    found = []
    for row, title in ruleset.evidence_rows.items():
        rules = [rule for rule in ruleset.rules if row in rule.evidence]
        elsewhere = tuple(each.id for each in ruleset.scales.built_in.values() if row in each.evidence)
        reason = ruleset.rows_without_rule.get(row, "")
        found.append(Covered(row, title, _ids(rules), elsewhere, _firing(rules), reason))
    return tuple(found)


def uncovered(ruleset: RuleSet) -> tuple[Covered, ...]:
    """The claims and rows that nothing encodes and that no reason excuses. A published rule set has none."""
    return tuple(each for each in (*claims(ruleset), *rows(ruleset)) if not each.is_covered)


def uncovered_faults(ruleset: RuleSet) -> Iterator[Fault]:
    """The same as faults, each where the claim or row stands. They keep no service from starting."""
    for each in uncovered(ruleset):
        place = ruleset.claim_places.get(each.id, NOWHERE)
        message = f"No rule encodes `{each.id}`: {each.said}"
        yield Fault(place, "coverage", message, "Write a rule that names it, or say why there is none.")


def _ids(rules: Iterable[Any]) -> tuple[str, ...]:
    return tuple(rule.id for rule in rules)


def _firing(rules: Iterable[Any]) -> int:
    return sum(example.fires is True for rule in rules for example in rule.examples)
