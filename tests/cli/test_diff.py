"""``triage diff``: what moves between two versions, in words, and whether the version says so."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from triage.check import load_ruleset
from triage.cli import app
from triage.cli.diff import _rounded
from triage.model.ruleset import RuleSet


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


def test_complete_referrals_that_move_are_counted_exactly_by_direction(changed: Path) -> None:
    rounded, exact = (_counts(_run(str(FIXTURE_RULES), str(changed), *options)) for options in ((), ("--exact",)))
    assert exact == [
        "Of all 331,163,901,100,032,000 complete referrals:",
        "rating from Not advised to No reason for it: 7,164,603,629,568,000 (2.16 %)",
        "rating from Not advised to Possible: 45,773,856,522,240,000 (13.82 %)",
        "rating from Not advised to Suitable: 8,703,539,970,048,000 (2.63 %)",
        "rating from Not advised to Advised: 8,411,902,033,920,000 (2.54 %)",
        "urgency from Soon to Today: 1,494,288,187,392,000 (0.45 %)",
    ]
    assert rounded == [
        "Of all 3.31 × 10^17 complete referrals:",
        "rating from Not advised to No reason for it: 7.16 × 10^15 (2.16 %)",
        "rating from Not advised to Possible: 4.58 × 10^16 (13.82 %)",
        "rating from Not advised to Suitable: 8.70 × 10^15 (2.63 %)",
        "rating from Not advised to Advised: 8.41 × 10^15 (2.54 %)",
        "urgency from Soon to Today: 1.49 × 10^15 (0.45 %)",
    ]


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0"), (999_999_999, "999,999,999"), (10**9, "1.00 × 10^9"), (124 * 10**47 + 1, "1.24 × 10^49")],
)
def test_a_count_is_rounded_from_a_billion_on(count: int, written: str) -> None:
    assert _rounded(count) == written


def _counts(result: Result) -> list[str]:
    lines = [line.strip() for line in result.stdout.splitlines()]
    return lines[next(n for n, line in enumerate(lines) if line.startswith("Of all")) :]


def test_with_frequencies_the_share_that_is_expected_to_move_is_told(changed: Path, tmp_path: Path) -> None:
    """Felling is wished for by one in ten, and nothing else is answered but neutrally."""
    frequencies = tmp_path / "frequencies.yaml"
    frequencies.write_text(_neutral(load_ruleset(FIXTURE_RULES), felling=100), encoding="utf-8")
    result = _run(str(FIXTURE_RULES), str(changed), "--frequencies", str(frequencies))
    lines = [line.strip() for line in result.stdout.splitlines()]
    moved = next(n for n, line in enumerate(lines) if line.startswith("rating from Not advised to No reason"))
    assert lines[moved + 1] == "expected of 10.00 % of referrals"
    assert lines[-1] == "expected of 0.00 % of referrals", "no tree has beetles"


def test_rows_that_stay_on_hold_are_counted_beside_those_that_move(changed: Path, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("lean,hazards,main_wish\nfalling,power_line,felling\nnone,[],felling\n", encoding="utf-8")
    lines = _run(str(FIXTURE_RULES), str(changed), "--over", str(table)).stdout.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("Of 2 rows"))
    assert [line.strip() for line in lines[first : first + 2]] == [
        "Of 2 rows of list.csv, 1 move (50.00 %).",
        "1 row stays on hold, so that no change of their rating shows.",
    ]


def _neutral(ruleset: RuleSet, felling: int) -> str:
    """Frequencies by which everyone gives the first answer to each fact, and some wish to have the tree felled."""
    lines = ["facts:"]
    for fact in ruleset.vocabulary:
        counts = ", ".join(
            f"{value}: {0 if number or fact.is_set else 1000}" for number, value in enumerate(fact.values)
        )
        of_1000 = f"{{{counts}}}"
        if fact.is_integer:
            rest = f", {{from: {fact.minimum + 1}, to: {fact.maximum}, count: 0}}"
            of_1000 = f"[{{from: {fact.minimum}, to: {fact.minimum}, count: 1000}}{rest}]"
        if fact.name == "main_wish":
            of_1000 = f"{{shade: {1000 - felling}, more_fruit: 0, felling: {felling}, nothing: 0}}"
        lines.append(f"  {fact.name}: {{guess: true, of_1000: {of_1000}}}")
    return "\n".join(lines) + "\n"


def test_frequencies_by_which_every_referral_contradicts_itself_are_refused(changed: Path, tmp_path: Path) -> None:
    """Birds breed in every tree, and every tree is a year old."""
    text = _neutral(load_ruleset(FIXTURE_RULES), felling=100)
    text = text.replace("{none: 1000, breeding: 0, fledged: 0}", "{none: 0, breeding: 1000, fledged: 0}")
    frequencies = tmp_path / "frequencies.yaml"
    frequencies.write_text(text, encoding="utf-8")
    result = _run(str(FIXTURE_RULES), str(changed), "--frequencies", str(frequencies))
    assert result.exit_code == 2
    assert "With these frequencies every referral contradicts itself: no share can be given." in result.stderr


def test_a_mistake_in_the_frequencies_is_named(changed: Path, tmp_path: Path) -> None:
    frequencies = tmp_path / "frequencies.yaml"
    frequencies.write_text("facts: {lean: {guess: true, of_1000: {none: 1}}}\n", encoding="utf-8")
    result = _run(str(FIXTURE_RULES), str(changed), "--frequencies", str(frequencies))
    assert result.exit_code == 2
    assert "`lean` has no count for `slight`. Write 0 where nobody gives this answer." in result.stderr


def test_a_raised_version_lets_outcomes_move(changed: Path) -> None:
    about = changed / "ruleset.yaml"
    about.write_text(re.sub(r"(?m)^version: .*", "version: 999.0.0", about.read_text(encoding="utf-8")), "utf-8")
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
