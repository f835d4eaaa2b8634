"""Scaffolding a new rule file: a draft that says what to fill in where."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from triage.check.rule_schema import SCHEMA_COMMENT

KINDS: Mapping[str, tuple[str, str]] = {
    "supports": (
        "indications",
        "supports: {rating: possible, for: major_depression, role: monotherapy, certainty: very_low}",
    ),
    "limits": ("limits", "limits: {to: possible, certainty: very_low}"),
    "urgency": ("safety", "urgency: {level: urgent, action: What to do, whom to call, what not to do.}"),
    "derives": ("scores", "derives: {major_depression: suspected}"),
    "focus": ("focus", "focus: {area: role_transition}"),
    "format": ("delivery", "format: {suited: individual}"),
    "alternative": ("alternatives", "alternative: {therapy: cbt, first: true}"),
    "advice": ("advice", "advice: {topic: monitoring}"),
}

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


def scaffold(folder: Path, kind: str, id_: str) -> Path:
    """Write a draft rule of a kind (a key of KINDS) and give its path. Raises KeyError for a kind that is not one."""
    subfolder, effect = KINDS[kind]
    path = folder / subfolder / f"{id_}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_TEMPLATE.format(schema=SCHEMA_COMMENT, id=id_, effect=effect), encoding="utf-8")
    return path
