"""The page of what was measured of the knowledge: its counted tables are those of the rules as they are."""

from __future__ import annotations

import runpy

from tests.conftest import RULES
from triage.model.ruleset import RuleSet

ROOT = RULES.parent


def test_the_counted_tables_are_of_the_rules_as_they_are(ruleset: RuleSet) -> None:
    path = ROOT / "docs" / "knowledge.md"
    counted = runpy.run_path(str(ROOT / "tools" / "knowledge_tables.py"))["page"](ruleset, path)
    assert path.read_text(encoding="utf-8") == counted, "`python tools/knowledge_tables.py` writes it anew"
