"""Scaffold a new rule file: a draft with placeholders to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from triage.check.rule_schema import SCHEMA_COMMENT
from triage.reading.folder import INSTRUMENTS

KINDS: Mapping[str, str] = {
    "supports": "supports: {rating: possible, for: major_depression, role: monotherapy, certainty: very_low}",
    "limits": "limits: {to: possible, certainty: very_low}",
    "urgency": "urgency: {level: urgent, danger: support, action: {first: The one thing to do now.}}",
    "derives": "derives: {major_depression: suspected}",
    "focus": "focus: {area: role_transition}",
    "format": "format: {suited: individual}",
    "alternative": "alternative: {therapy: cbt, offer: first}",
    "advice": "advice: {topic: monitoring}",
    "table": "limits: {to: possible}",
}
"""What a new rule may do, each with an effect to begin with."""

_TEMPLATE = """\
{schema}
id: {id}
title: What this rule says, in a few words
status: draft                        # active once `triage rules check` is content
review: {{by: null, on: null}}
when:                                # all must hold; a list under a fact means any of these values
  age_years: {{at_least: 18}}
then:
  {effect}
because: >-
  One or two sentences in our words, naming the page's and the literature's position where they differ.
sources:
  - {{id: service-page, claim: S13}}
not_covered: []
examples:
  - {{name: just old enough, given: {{age_years: 18}}, fires: true}}
  - {{name: just too young, given: {{age_years: 17}}, fires: false}}
  - {{name: age not asked, given: {{}}, fires: unknown}}
"""


_TABLE = """\
{schema}
id: {id}
title: What the rules of this table say, in a few words
status: draft                        # active once `triage rules check` is content
review: {{by: null, on: null}}
then:                                # shared by all rows; a row may have its own over it, key by key
  {effect}
because: >-
  One or two sentences in our words, unless a row has its own.
sources:
  - {{id: service-page, claim: S13}}
rows:
  - id: {id}-first
    title: What this row says
    when: {{age_years: {{at_least: 18}}}}
    examples:
      - {{name: just old enough, given: {{age_years: 18}}, fires: true}}
      - {{name: just too young, given: {{age_years: 17}}, fires: false}}
      - {{name: age not asked, given: {{}}, fires: unknown}}
"""


def problems(folder: Path) -> tuple[str, ...]:
    """The folders of a rule set that hold the rules of one problem, by name."""
    names = (path.name for path in folder.iterdir() if path.is_dir() and path.name != INSTRUMENTS)
    return tuple(sorted(name for name in names if not name.startswith((".", "_"))))


def scaffold(folder: Path, kind: str, id_: str, problem: str) -> Path:
    """Write a draft of a kind (a key of KINDS) into the folder of its problem and give its path.

    Raises KeyError for an unknown kind.
    """
    template = _TABLE if kind == "table" else _TEMPLATE
    path = folder / problem / f"{id_}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(template.format(schema=SCHEMA_COMMENT, id=id_, effect=KINDS[kind]), encoding="utf-8")
    return path
