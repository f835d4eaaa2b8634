"""``triage diff``: what moves between two versions, in words, and whether the version says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from triage.cli import app


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The small rule set, with felling no longer refused and one level raised."""
    folder = tmp_path / "rules"
    shutil.copytree(FIXTURE_RULES, folder, ignore=shutil.ignore_patterns("lock.json"))
    (folder / "limits" / "felling-as-the-wish.yaml").unlink()
    spreading = folder / "dangers" / "spreading.yaml"
    spreading.write_text(spreading.read_text(encoding="utf-8").replace("level: semi_urgent", "level: urgent"), "utf-8")
    return folder


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", *arguments], env={"COLUMNS": "160"})  # type: ignore[return-value]


def test_the_same_rules_move_nothing() -> None:
    result = _run(str(FIXTURE_RULES), str(FIXTURE_RULES))
    assert result.exit_code == 0
    assert "No outcome moves." in result.stdout


def test_what_moves_is_told_with_the_smallest_referral_and_the_rules(changed: Path) -> None:
    result = _run(str(FIXTURE_RULES), str(changed))
    assert result.exit_code == 1, "the version was not raised"
    assert "raise `version` in ruleset.yaml" in result.stderr
    first, where, by = (line.strip() for line in result.stdout.splitlines()[1:4])
    assert (first, where, by) == (
        "Rating from Not advised to No reason for it:",
        "where main wish: To have it felled",
        "by felling-as-the-wish",
    )
    assert "Urgency from Soon to Today:" in result.stdout
    assert "by spreading" in result.stdout


def test_a_raised_version_lets_outcomes_move(changed: Path) -> None:
    about = changed / "ruleset.yaml"
    about.write_text(about.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.1.0", 1), "utf-8")
    assert _run(str(FIXTURE_RULES), str(changed)).exit_code == 0


def test_moves_are_counted_in_a_file_of_referrals(changed: Path, tmp_path: Path) -> None:
    referrals = [{"facts": {"main_wish": "felling"}}, {"facts": {"age_years": 3}}]
    file = tmp_path / "list.jsonl"
    file.write_text("\n".join(map(json.dumps, referrals)), encoding="utf-8")
    result = _run(str(FIXTURE_RULES), str(changed), "--referrals", str(file))
    assert "1 of 2: rating from Not advised to No reason for it" in result.stdout


def test_a_name_that_is_no_rule_set_is_named() -> None:
    result = _run("nowhere-at-all")
    assert result.exit_code == 2
    assert "`nowhere-at-all` is neither a folder nor a git revision that has the rules." in result.stderr


def test_a_broken_rule_set_is_named_with_its_fault(changed: Path) -> None:
    (changed / "limits" / "broken.yaml").write_text("id: broken\n\ttitle: no\n", encoding="utf-8")
    result = _run(str(FIXTURE_RULES), str(changed))
    assert result.exit_code == 2
    assert "limits/broken.yaml:2:1: There is a tab in the indentation." in result.stderr
