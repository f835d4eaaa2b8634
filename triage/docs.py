"""The rule set as a document: which rules a claim or a row of the evidence became, and the pages written from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from triage.ruleset import RuleSet

SERVICE_PAGE = "service-page"


@dataclass(frozen=True, slots=True)
class Covered:
    """A claim of the service page: its words, the rules that cite it, and the other files of the set that do."""

    id: str
    said: str
    rules: tuple[str, ...]
    elsewhere: tuple[str, ...]

    @property
    def is_covered(self) -> bool:
        """Whether anything in the rule set stands on the claim."""
        return bool(self.rules or self.elsewhere)


def coverage(ruleset: RuleSet) -> tuple[Covered, ...]:
    """Every claim of the service page with what became of it, in order of the page."""
    places = {"course.yaml": _claims_in(ruleset.course), "ruleset.yaml": _claims_in(ruleset.about)}
    return tuple(
        Covered(
            claim,
            said,
            tuple(rule.id for rule in ruleset.rules if any(source.claim == claim for source in rule.sources)),
            tuple(name for name, claims in places.items() if claim in claims),
        )
        for claim, said in ruleset.sources[SERVICE_PAGE].claims.items()
    )


def evidence_index(ruleset: RuleSet) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Every row of the evidence and every red flag: its title and the rules, or built-in reasons, that encode it."""
    return {
        row: (
            title,
            tuple(rule.id for rule in ruleset.rules if row in rule.evidence)
            + tuple(reason.id for reason in ruleset.scales.built_in.values() if row in reason.evidence),
        )
        for row, title in ruleset.evidence_rows.items()
    }


def _claims_in(data: Any) -> set[str]:
    if isinstance(data, dict):
        own = {str(data["claim"])} if "claim" in data else set[str]()
        return own.union(*(_claims_in(each) for each in data.values()))
    if isinstance(data, list | tuple):
        return set[str]().union(*(_claims_in(each) for each in data))
    return set()
