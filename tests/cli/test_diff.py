"""``triage diff``: what moves between two versions, in words, and whether the version says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.conftest import RULES
from triage.cli import app


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The published rules, with substance use no longer refused and one level lowered."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("lock.json"))
    (folder / "limits" / "substance-use-as-the-problem.yaml").unlink()
    bulimia = folder / "safety" / "bulimia-nervosa-current.yaml"
    bulimia.write_text(bulimia.read_text(encoding="utf-8").replace("level: semi_urgent", "level: urgent"), "utf-8")
    return folder


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", *arguments], env={"COLUMNS": "160"})  # type: ignore[return-value]


def test_the_same_rules_move_nothing() -> None:
    result = _run(str(RULES), str(RULES))
    assert result.exit_code == 0
    assert "No outcome moves." in result.stdout


def test_what_moves_is_told_with_the_smallest_referral_and_the_rules(changed: Path) -> None:
    result = _run(str(RULES), str(changed))
    assert result.exit_code == 1, "the version was not raised"
    assert "raise `version` in ruleset.yaml" in result.stderr
    first, where, by = (line.strip() for line in result.stdout.splitlines()[1:4])
    assert (first, where, by) == (
        "Rating from Not recommended to No indication:",
        "where main problem: Alcohol or drugs",
        "by substance-use-as-the-problem",
    )
    assert "Urgency from Semi-urgent to Urgent:" in result.stdout
    assert "by bulimia-nervosa-current" in result.stdout


def test_a_raised_version_lets_outcomes_move(changed: Path) -> None:
    about = changed / "ruleset.yaml"
    about.write_text(about.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.1.0", 1), "utf-8")
    assert _run(str(RULES), str(changed)).exit_code == 0


def test_moves_are_counted_in_a_file_of_referrals(changed: Path, tmp_path: Path) -> None:
    referrals = [{"facts": {"primary_problem": "substance_use"}}, {"facts": {"age_years": 3}}]
    file = tmp_path / "list.jsonl"
    file.write_text("\n".join(map(json.dumps, referrals)), encoding="utf-8")
    result = _run(str(RULES), str(changed), "--referrals", str(file))
    assert "1 of 2: rating from Not recommended to No indication" in result.stdout


def test_a_name_that_is_no_rule_set_is_named() -> None:
    result = _run("nowhere-at-all")
    assert result.exit_code == 2
    assert "`nowhere-at-all` is neither a folder nor a git revision that has the rules." in result.stderr


def test_a_broken_rule_set_is_named_with_its_fault(changed: Path) -> None:
    (changed / "limits" / "broken.yaml").write_text("id: broken\n\ttitle: no\n", encoding="utf-8")
    result = _run(str(RULES), str(changed))
    assert result.exit_code == 2
    assert "limits/broken.yaml:2:1: There is a tab in the indentation." in result.stderr
