"""``triage rules``: the author's loop."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.conftest import FIXTURE_RULES, RULES
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
    (copied / "depression").mkdir()
    result = _run("new", kind, "my-first-rule", "--in", "depression", "--rules", str(copied))
    assert result.exit_code == 0, result.stderr
    assert "triage rules check" in result.stdout
    assert "status: draft" in (copied / "depression" / "my-first-rule.yaml").read_text(encoding="utf-8")
    again = _run("new", kind, "my-first-rule", "--in", "sleep", "--rules", str(copied))
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


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """The small rule set, released as it is."""
    folder = tmp_path / "trees"
    shutil.copytree(FIXTURE_RULES, folder)
    first = _run("bump", "--rules", str(folder), "--date", "2026-01-02")
    assert first.stdout == "Version 1.0.0 is locked, the first.\n"
    return folder


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def _bumped(folder: Path) -> list[str]:
    return _run("bump", "--rules", str(folder), "--date", "2026-02-03").stdout.splitlines()


def _held(folder: Path) -> list[str]:
    return _run("check", "--release", "--rules", str(folder)).stderr.splitlines()


LIMIT = "limits/bark-missing.yaml"
URGENCY = "dangers/steps-of-leaning.yaml"
MEND = "Run `triage rules bump`, then put its entry of the change log in ruleset.yaml into words. [lock]"


def test_what_was_released_is_held_to_be(released: Path) -> None:
    assert _held(released) == []
    assert _bumped(released) == ["Nothing has changed since version 1.0.0."]


def test_an_edited_rule_runs_at_once_and_only_the_release_asks_for_a_version(released: Path) -> None:
    _edit(released / LIMIT, "to: possible", "to: suitable")
    assert _run("check", "--rules", str(released)).exit_code == 0
    assert _run("show", "bark-missing", "--rules", str(released)).exit_code == 0
    assert _held(released) == [
        f"trees/limits/bark-missing.yaml:1:1: Rule `bark-missing` has changed since version 1.0.0 was released. {MEND}",
        "1 fault found.",
    ]


def test_new_gone_and_changed_are_told_apart(released: Path) -> None:
    shutil.copy(released / LIMIT, released / "limits" / "bark-gone.yaml")
    _edit(released / "limits" / "bark-gone.yaml", "id: bark-missing", "id: bark-gone")
    _edit(released / "limits" / "bark-gone.yaml", "to: possible", "to: not_recommended")
    (released / "limits" / "felling-as-the-wish.yaml").unlink()
    _edit(released / URGENCY, "level: very_urgent", "level: emergency")
    assert _held(released) == [
        f"trees/{URGENCY}:18:5: Rule `falling` has changed since version 1.0.0 was released. {MEND}",
        f"trees/limits/bark-gone.yaml:1:1: Rule `bark-gone` is new since version 1.0.0 was released. {MEND}",
        f"trees/lock.json: Rule `felling-as-the-wish` is gone since version 1.0.0 was released. {MEND}",
        "3 faults found.",
    ]
    assert _bumped(released) == [
        "Rule `bark-gone` is new (minor).",
        "Rule `falling` has changed (minor).",
        "Rule `felling-as-the-wish` is gone (major).",
        "Version 2.0.0 (major). Put its entry of the change log in ruleset.yaml into words.",
    ]


@pytest.mark.parametrize(
    ("file", "before", "after", "version"),
    [
        (URGENCY, "because: Invented.", "because: Thought up.", "1.0.1"),
        (LIMIT, "to: possible", "to: not_recommended", "1.1.0"),
        (LIMIT, "to: possible", "to: suitable", "2.0.0"),
        (URGENCY, "level: very_urgent", "level: urgent", "2.0.0"),
        ("indications/mildew.yaml", "status: active", "status: draft", "1.1.0"),
        ("care/no-lift-while-birds-breed.yaml", "status: active", "status: draft", "2.0.0"),
        ("vocabulary.yaml", "max: 120", "max: 121", "2.0.0"),
        ("vocabulary.yaml", "    core_safety: always\n    reassuring: {values: [fledged]}\n", "", "2.0.0"),
        ("vocabulary.yaml", "age_years: {at_most: 2}", "age_years: {at_most: 3}", "2.0.0"),
        ("vocabulary.yaml", "How old is the tree?", "What is the age of the tree?", "1.0.1"),
        ("scales.yaml", "respond_within: {hours: 24}", "respond_within: {hours: 48}", "2.0.0"),
    ],
)
def test_the_version_is_raised_by_the_meaning(released: Path, file: str, before: str, after: str, version: str) -> None:
    _edit(released / file, before, after)
    assert _bumped(released)[-1].startswith(f"Version {version} (")
    about = (released / "ruleset.yaml").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in about
    assert _bumped(released) == [f"Nothing has changed since version {version}."]


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_an_urgency_rule_set_aside_is_a_major_step(released: Path, status: str) -> None:
    _edit(released / "dangers/fire-or-power-line.yaml", "status: active", f"status: {status}")
    _edit(released / "scales.yaml", "fire-or-power-line, ", "")  # the order of urgency rules names those that run
    assert _bumped(released)[-1].startswith("Version 2.0.0 (major)")


def test_a_bump_changes_three_places_of_the_file_and_no_other(released: Path) -> None:
    path = released / "ruleset.yaml"
    _edit(path, "status: awaiting", "# A comment that stays.\nstatus: awaiting")
    before = path.read_text(encoding="utf-8").splitlines()
    _edit(released / LIMIT, "to: possible", "to: not_recommended")
    _bumped(released)
    after = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if line not in after] == ["version: 1.0.0", 'effective_date: "2026-01-02"']
    assert [line for line in after if line not in before] == [
        "version: 1.1.0",
        'effective_date: "2026-02-03"',
        "  - version: 1.1.0",
        '    date: "2026-02-03"',
        "    changes:",
        '      - "Draft: changed: rule bark-missing."',
    ]


def test_a_draft_of_the_change_log_is_to_be_put_into_words(released: Path) -> None:
    _edit(released / LIMIT, "to: possible", "to: not_recommended")
    _bumped(released)
    assert _held(released) == [
        "trees/ruleset.yaml:3:1: The change log's entry for version 1.1.0 is still a draft. Say in words what changed, "
        "without “Draft:”. [change-log]",
        "1 fault found.",
    ]
    _edit(released / "ruleset.yaml", "Draft: changed: rule bark-missing.", "Missing bark forbids pruning.")
    assert _held(released) == []


def test_a_version_raised_by_hand_is_told(released: Path) -> None:
    _edit(released / "ruleset.yaml", "version: 1.0.0\n", "version: 1.1.0\n")
    assert _held(released) == [
        "trees/ruleset.yaml:3:1: The change log has no entry for version 1.1.0. Add one under `change_log` that says "
        "what changed. [change-log]",
        "trees/ruleset.yaml:3:1: The lock file is of version 1.0.0, ruleset.yaml of 1.1.0. Set it back to 1.0.0. "
        + MEND,
        "2 faults found.",
    ]


def test_a_decision_that_names_no_running_rule_holds_the_release(released: Path) -> None:
    _edit(released / "ruleset.yaml", "rules: [canker-beside-paint]", "rules: [canker-beside-pain]")
    assert _run("check", "--rules", str(released)).exit_code == 0
    (fault, _) = _held(released)
    assert fault.endswith(
        "The decision `paint` names `canker-beside-pain`, which is no active rule. Did you mean `canker-beside-paint`? "
        "[decision]"
    )


def test_a_rule_set_never_released_and_a_broken_lock_are_told(released: Path) -> None:
    lock = released / "lock.json"
    lock.write_text('{"version": "1.0.0", "meanings": {}}', encoding="utf-8")
    fault = "trees/lock.json: The lock file can't be read. Restore it from the last release. [lock]"
    assert _held(released) == [fault, "1 fault found."]
    assert _run("bump", "--rules", str(released)).stderr.splitlines() == [fault, "1 fault found."]
    assert _run("check", "--rules", str(released)).exit_code == 0
    lock.unlink()
    fault = "trees/lock.json: Nothing was released yet: there is no lock file. Run `triage rules bump`. [lock]"
    assert _held(released) == [fault, "1 fault found."]


def test_a_date_that_is_none_is_refused(released: Path) -> None:
    result = _run("bump", "--rules", str(released), "--date", "tomorrow")
    assert (result.exit_code, result.stderr) == (2, "`tomorrow` is not a date such as 2026-11-23.\n")


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_what_is_wrong_with_a_rule_that_does_not_run_is_told_and_refuses_nothing(released: Path, status: str) -> None:
    half = released / "limits" / "half-written.yaml"
    half.write_text(f"id: half-written\nstatus: {status}\nwhen: {{age_year: 3}}\n", encoding="utf-8")
    twin = released / "limits" / "twin.yaml"
    shutil.copy(released / LIMIT, twin)
    _edit(twin, "status: active", f"status: {status}")
    _edit(twin, "id: bark-missing", "id: twin")
    _edit(twin, "id: foresters-consensus", "id: foresters-consnsus")
    for command in (("check",), ("check", "--release"), ("list",)):
        assert _run(*command, "--rules", str(released)).exit_code == 0
    output = _run("check", "--rules", str(released)).stderr
    aside = "Does not run, so refuses nothing: trees/limits/half-written.yaml"
    assert f"{aside}:1:1: `title` is missing. [structure]" in output
    assert (
        "Does not run, so refuses nothing: trees/limits/twin.yaml:11:5: The source `foresters-consnsus` is not in "
        "sources.yaml. Did you mean `foresters-consensus`? [source]"
    ) in output


def test_a_draft_takes_no_id_and_no_meaning_from_a_rule_that_runs(released: Path) -> None:
    again = released / "care" / "bark-missing.yaml"
    shutil.copy(released / LIMIT, again)
    _edit(again, "status: active", "status: draft")
    result = _run("check", "--rules", str(released))
    assert result.exit_code == 0
    assert result.stderr == (
        "Does not run, so refuses nothing: trees/care/bark-missing.yaml:1:1: The id `bark-missing` is taken by "
        "trees/limits/bark-missing.yaml. An id is never used twice: choose another. [duplicate-id]\n"
    )


def test_a_new_rule_needs_the_folder_of_its_problem(released: Path) -> None:
    asked = _run("new", "limits", "my-rule", "--rules", str(released))
    folders = "care, dangers, indications, limits, scores"
    question = f"Which problem is the rule about? Name its folder with `--in`: {folders}.\n"
    assert (asked.exit_code, asked.stderr) == (2, question)
    misspelt = _run("new", "limits", "my-rule", "--in", "danger", "--rules", str(released))
    answer = "`danger` is no folder of the rule set. Did you mean `dangers`? Make it for a new problem.\n"
    assert (misspelt.exit_code, misspelt.stderr) == (2, answer)
    assert not [*released.glob("*/my-rule.yaml")]


def test_an_id_that_is_none_is_refused(released: Path) -> None:
    result = _run("new", "limits", "My Rule", "--rules", str(released))
    assert (result.exit_code, result.stderr) == (2, "`My Rule` is not an id: lower-case words joined by hyphens.\n")
