"""``triage rules examples``, ``mutate`` and ``alarm`` as read at a terminal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.conftest import FIXTURE_RULES
from triage.cli import app
from triage.reading.alarm_file import read_alarm


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rules", *arguments], env={"COLUMNS": "200"})


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURE_RULES, tmp_path / "rules")
    return tmp_path / "rules"


def test_the_examples_that_are_lacking_are_proposed_as_a_file_holds_them(copied: Path) -> None:
    result = _run("examples", "mildew", "--rules", str(copied))
    assert result.stdout.splitlines() == [
        "  mildew:",
        '    - {name: "Mildew: Suspected, all else as before", given: {mildew: suspected}, fires: false}',
        '    - {name: "Mildew: Remitted, all else as before", given: {mildew: remitted}, fires: false}',
    ]


def test_examples_that_are_written_leave_no_change_uncaught_and_no_fault(copied: Path) -> None:
    rule = copied / "limits" / "severe-and-dry.yaml"
    lines = rule.read_text(encoding="utf-8").splitlines(keepends=True)
    rule.write_text("".join(line for line in lines if "as before" not in line), encoding="utf-8")
    before = _run("mutate", "--rules", str(copied))
    assert "severe-and-dry: `severity` dropped: no example notices." in before.stdout
    written = _run("examples", "--write", "--rules", str(copied))
    assert written.exit_code == 0
    assert f"severe-and-dry: 5 added to {copied}/limits/severe-and-dry.examples.yaml." in written.stdout
    after = _run("mutate", "--rules", str(copied))
    assert "no example notices" not in after.stdout
    assert "canker-without-paint: `canker` with absent: no referral tells it from the rule." in after.stdout
    assert "changes with an effect are caught (100.0%); 2 have none." in after.stdout
    assert _run("check", "--rules", str(copied)).exit_code == 0


def test_a_condition_that_no_example_shows_fails_the_check_and_loads(copied: Path) -> None:
    rule = copied / "limits" / "bark-missing.yaml"
    text = rule.read_text(encoding="utf-8")
    rule.write_text(text[: text.index('  - {name: "Bark missing: Most')], encoding="utf-8")
    check = _run("check", "--rules", str(copied))
    assert check.exit_code == 1
    assert check.stderr == (
        "rules/limits/bark-missing.yaml:6:3: No example of `bark-missing` has `bark: most`, which it lists. "
        "`triage rules examples bark-missing` proposes examples. [example-shows]\n1 fault found.\n"
    )
    assert _run("show", "bark-missing", "--rules", str(copied)).exit_code == 0


def test_a_rule_that_is_not_there_is_named(copied: Path) -> None:
    for command in ("examples", "mutate"):
        result = _run(command, "mildw", "--rules", str(copied))
        assert result.exit_code == 2
        assert result.stderr == "There is no rule `mildw`. Did you mean `mildew`?\n"


def test_alarm_needs_frequencies_of_every_fact(copied: Path, tmp_path: Path) -> None:
    file = tmp_path / "frequencies.yaml"
    file.write_text("facts: {lean: {guess: true, of_1000: {none: 1000, slight: 0, falling: 0}}}\n", encoding="utf-8")
    result = _run("alarm", "--frequencies", str(file), "--rules", str(copied))
    assert result.exit_code == 2
    assert "`hazards` has no frequencies. Every fact needs them: add it." in result.stderr
    assert read_alarm(copied) is None
