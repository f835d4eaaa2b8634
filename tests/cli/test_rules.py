"""``triage rules``: the author's loop."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.conftest import RULES
from triage.check.new_rule import KINDS
from triage.cli import app
from triage.model.ruleset import RuleSet


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rules", *arguments], env={"COLUMNS": "200"})


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    for path in RULES.glob("*.yaml"):
        shutil.copy(path, folder)
    return folder


def test_the_published_rules_have_no_fault(ruleset: RuleSet) -> None:
    result = _run("check")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{len(ruleset.all_rules)} rules, ")


def test_every_fault_is_told_with_its_place(copied: Path) -> None:
    (copied / "limits").mkdir()
    (copied / "limits" / "one.yaml").write_text("id: two\n", encoding="utf-8")
    (copied / "limits" / "three.yaml").write_text("- a\n", encoding="utf-8")
    result = _run("check", "--rules", str(copied))
    assert result.exit_code == 1
    assert "rules/limits/one.yaml:1:1: `title` is missing. [structure]" in result.stderr
    assert "rules/limits/three.yaml:1:1: The file must be a mapping. [structure]" in result.stderr
    assert result.stderr.splitlines()[-1].endswith("faults found.")


@pytest.mark.parametrize("kind", KINDS)
def test_a_scaffolded_rule_is_a_draft_that_reads(kind: str, copied: Path) -> None:
    result = _run("new", kind, "my-first-rule", "--rules", str(copied))
    assert result.exit_code == 0, result.stderr
    assert "triage rules check" in result.stdout
    (written,) = copied.glob("*/my-first-rule.yaml")
    assert "status: draft" in written.read_text(encoding="utf-8")
    again = _run("new", kind, "my-first-rule", "--rules", str(copied))
    assert again.exit_code == 2
    assert "The id `my-first-rule` is taken by" in again.stderr


def test_a_kind_that_is_not_one_is_answered_with_the_near_one() -> None:
    result = _run("new", "suport", "x")
    assert result.exit_code == 2
    assert "`suport` is not a kind of rule. Did you mean `" in result.stderr


def test_rules_are_listed_and_shown_in_words(ruleset: RuleSet) -> None:
    assert "substance-use-as-the-problem" in _run("list", "--effect", "limits").stdout
    shown = _run("show", "substance-use-as-the-problem").stdout
    assert "When main problem: " in shown
    assert "Awaiting clinical review." in shown
    near = _run("show", "substance-use-as-the-problm")
    assert near.exit_code == 2
    assert "Did you mean `substance-use-as-the-problem`?" in near.stderr


def test_a_misspelt_effect_is_answered_with_the_near_one() -> None:
    result = _run("list", "--effect", "limit")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "`limit` is not an effect. Did you mean `limits`?\n"
