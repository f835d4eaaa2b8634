"""The rule set as a document: a page a rule, the indexes, the bibliography, and everything on one page to print.

Nothing of it is written here: each page comes from the frozen rule set, so the same rules give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, Template

from triage.check.cases import Case
from triage.check.coverage import claims, rows
from triage.model.ruleset import RuleSet
from triage.model.scales import BuiltInReason
from triage.presenting.as_data import describe_instruments, describe_rule, describe_ruleset, describe_source
from triage.presenting.card import card_of
from triage.presenting.descriptions import RuleDescription
from triage.presenting.hazard_log import Proved, hazard_log
from triage.presenting.words import STANDING

PARTS = {
    "index": "Rules",
    "about": "About this rule set",
    "claims": "Claims and rules",
    "evidence": "Evidence, red flags and rules",
    "decisions": "Where sources disagree",
    "safety": "Hazard log",
    "position": "Regulatory position",
    "instruments": "Questionnaires",
    "sources": "Sources",
}
"""The pages beside those of the rules, each with its title."""


_PLACEHOLDER = re.compile(r"{[a-z_]+}")
NOTHING_PROVED: Proved = {}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = PackageLoader("triage.presenting")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals["standing_of_this"] = STANDING
    return environment


def template(name: str) -> Template:
    """The template of this package with this name."""
    return _environment().get_template(name)


class FileLinks:
    """The addresses in the document: a file for each rule and part, or an anchor where everything is on one page."""

    def __init__(self, rules: Iterable[str], *, whole: bool) -> None:
        self.rules = frozenset(rules)
        self.whole = whole

    def rule(self, id_: str) -> str:
        """The address of a rule; none for a built-in reason."""
        return self.part(id_) if id_ in self.rules else ""

    def part(self, id_: str) -> str:
        """The address of a part, or of a rule."""
        return f"#{id_}" if self.whole else f"{id_}.html"

    def source(self, id_: str) -> str:
        """The address of a source."""
        return self._inside("sources", f"source-{id_}")

    def claim(self, id_: str) -> str:
        """The address of a claim of the service page."""
        return self._inside("claims", f"claim-{id_}")

    def row(self, id_: str) -> str:
        """The address of a row of the evidence."""
        return self._inside("evidence", f"row-{id_}")

    def instrument(self, id_: str) -> str:
        """The address of a questionnaire."""
        return self._inside("instruments", f"instrument-{id_}")

    def _inside(self, part: str, anchor: str) -> str:
        return f"#{anchor}" if self.whole else f"{part}.html#{anchor}"


def pages(ruleset: RuleSet, cases: Iterable[Case] = (), proved: Proved = NOTHING_PROVED) -> dict[str, str]:
    """The document's pages by file name.

    ``cases`` adds to each claim the written cases on which its rules fire; ``proved`` says to each control of a hazard
    whether its property holds.
    """
    described = [describe_rule(rule, ruleset) for rule in ruleset.all_rules]
    shared: dict[str, Any] = {
        "ruleset": ruleset,
        "about": describe_ruleset(ruleset),
        "parts": PARTS,
        "rules": described,
        "folders": _by_folder(described),
        "built_in": [_built_in(reason, ruleset) for reason in ruleset.scales.built_in.values()],
        "claims": claims(ruleset),
        "rows": rows(ruleset),
        "sources": [describe_source(source, ruleset) for source in ruleset.sources.values()],
        "instruments": describe_instruments(ruleset),
        "cases": tuple(cases),
        "card": card_of(ruleset),
        "hazards": hazard_log(ruleset, proved),
    }
    texts = {
        f"{part}.html": _page("part.html.jinja", shared, part=part, title=title, whole=False)
        for part, title in PARTS.items()
    }
    texts |= {
        f"{rule.id}.html": _page("rule.html.jinja", shared, rule=rule, title=rule.title, whole=False)
        for rule in described
    }
    title = ruleset.about.title if ruleset.about else ruleset.name
    return texts | {"all.html": _page("all.html.jinja", shared, title=title, whole=True)}


def write(ruleset: RuleSet, folder: Path, cases: Iterable[Case] = (), proved: Proved = NOTHING_PROVED) -> int:
    """Write the document into ``folder``, which may be new, and give the number of pages."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages(ruleset, cases, proved)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(texts)


def _page(template: str, shared: Mapping[str, Any], **own: Any) -> str:
    links = FileLinks((rule.id for rule in shared["ruleset"].all_rules), whole=own["whole"])
    return _environment().get_template(template).render({**shared, **own, "links": links})


def _by_folder(described: Iterable[RuleDescription]) -> dict[str, list[RuleDescription]]:
    by_folder: dict[str, list[RuleDescription]] = {}
    for rule in sorted(described, key=lambda rule: rule.folder):
        by_folder.setdefault(rule.folder, []).append(rule)
    return by_folder


def _built_in(reason: BuiltInReason, ruleset: RuleSet) -> dict[str, Any]:
    sources = [ruleset.sources[ref.id] for ref in reason.sources]
    # What a reason names stands in the answer; apart from one, dots stand in its place.
    title, because = (_PLACEHOLDER.sub("…", text) for text in (reason.title, reason.because))
    return {"id": reason.id, "title": title, "because": because, "sources": sources}
