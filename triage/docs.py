"""The rule set as a document: which rules a claim or a row of the evidence became, and the pages written from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from triage.describe import describe_rule
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


def write(ruleset: RuleSet, folder: Path) -> int:
    """Write the document into ``folder`` and give the number of pages; the same rules give the same bytes."""
    loader = PackageLoader("triage")
    template = Environment(loader=loader, autoescape=True, trim_blocks=True).get_template("document.html.jinja")
    described = [describe_rule(rule, ruleset) for rule in ruleset.all_rules]
    by_effect: dict[str, list[dict[str, Any]]] = {}
    for rule in described:
        by_effect.setdefault(rule["effect"], []).append(rule)
    common = {
        "ruleset": ruleset,
        "described": described,
        "by_effect": by_effect,
        "coverage": coverage(ruleset),
        "rows": evidence_index(ruleset),
    }
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "index": ("Rules", {}),
        "claims": ("Claims and rules", {}),
        "decisions": ("Where sources disagree", {}),
        "sources": ("Sources", {}),
        "all": (str(ruleset.about.get("title", ruleset.name)), {}),
    }
    pages |= {rule["id"]: (rule["title"], {"rule": rule, "part": "rule"}) for rule in described}
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, more) in pages.items():
        text = template.render({"part": name, "whole": name == "all", "title": title} | common | more)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return len(pages)
