"""``triage cohort``: a table rated at a terminal, its summary, and how it ends."""

from __future__ import annotations

from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from triage.cli import app

TABLE = "reference,site,lean,blight\nA,north,falling,\nB,north,,current\nB,south,none,absent\n"


def _run(*arguments: str) -> Result:
    rules = ("--rules", str(FIXTURE_RULES))
    return CliRunner().invoke(app, ["cohort", *arguments, *rules], env={"COLUMNS": "200"})  # type: ignore[return-value]


def test_a_table_is_rated_and_summed_up(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(TABLE, encoding="utf-8")
    result = _run(str(tmp_path / "list.csv"), "--out", str(tmp_path / "out.csv"), "--by", "site")
    assert result.exit_code == 0, result.output
    assert "3 rows rated, 0 of them complete." in result.stdout
    assert "Of the others, level and rating are so far; --range says what each can still become." in result.stdout
    assert "1 reference stands in several rows, each of which is rated: B." in result.stdout
    assert "questions have no column, so they are not asked.\nSafety questions among them: " in result.stdout
    assert [line for line in (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines() if "falling" in line]
    assert not (tmp_path / "out.refused.csv").exists()


def test_refused_rows_have_a_file_of_their_own_and_the_command_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(TABLE + "C,north,fallen,\n", encoding="utf-8")
    result = _run(str(tmp_path / "list.csv"), "--out", str(tmp_path / "out.csv"), "--keep", "site")
    assert result.exit_code == 2
    assert (
        result.stderr.splitlines()[-1]
        == "1 row refused, with the reasons in out.refused.csv: correct them and rate them again."
    )
    refused = (tmp_path / "out.refused.csv").read_text(encoding="utf-8").splitlines()
    assert refused[0] == "row,reference,level,column,given,reason"
    assert refused[1].startswith("5,C,urgent,lean,fallen,")


def test_the_rules_are_printed_as_sql_for_an_engine_that_is_known() -> None:
    result = _run("--sql", "trino")
    assert result.exit_code == 0
    assert 'FROM "referrals"' in result.stdout
    assert _run("--sql", "oracle").stderr.strip() == (
        "No SQL is printed for `oracle`, only for bigquery, clickhouse, duckdb, postgres, snowflake, trino."
    )


def test_a_table_that_cannot_be_rated_leaves_what_was_there_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("before", encoding="utf-8")
    (tmp_path / "list.csv").write_text("lean,site\nnone,north\n", encoding="utf-8")
    result = _run(str(tmp_path / "list.csv"), "--out", str(tmp_path / "out.csv"))
    assert result.exit_code == 1
    assert result.stderr.strip() == (
        "This column is no fact: `site`. Correct the name, or keep the column beside the outcomes: --keep NAME, or "
        "`Columns to keep` on the page."
    )
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "before"
    missing = _run(str(tmp_path / "nowhere.csv"), "--out", str(tmp_path / "out.csv"))
    assert missing.stderr.strip().endswith("nowhere.csv: the file can't be read: No such file or directory.")
    assert _run(str(tmp_path / "list.csv")).stderr.strip() == (
        "Name the file of referrals, and the file of outcomes with --out."
    )


def test_no_file_that_is_written_is_the_table_itself_or_another_of_them(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text(TABLE, encoding="utf-8")
    for options, message in (
        (("--out", str(table)), "--out and the table are one file, list.csv: name another one."),
        (
            ("--out", str(tmp_path / "out.csv"), "--refused", str(tmp_path / "." / "list.csv")),
            "--refused and the table are one file, list.csv: name another one.",
        ),
        (
            ("--out", str(tmp_path / "out.csv"), "--refused", str(tmp_path / "out.csv")),
            "--refused and --out are one file, out.csv: name another one.",
        ),
        (("--out", "nowhere/out.csv"), "There is no folder nowhere: make it first."),
    ):
        result = _run(str(table), *options, "--by", "site")
        assert (result.exit_code, result.stderr.strip()) == (1, message)
    assert table.read_text(encoding="utf-8") == TABLE


def test_refused_rows_are_counted_by_the_urgency_that_could_be_read_and_stand_in_the_order_of_the_table(
    tmp_path: Path,
) -> None:
    (tmp_path / "LIST.CSV").write_text(TABLE + "C,north,none\nD,north,fallen,\nE,north,none,\n", encoding="utf-8")
    result = _run(str(tmp_path / "LIST.CSV"), "--out", str(tmp_path / "out.CSV"), "--by", "site")
    assert result.exit_code == 2
    counted = result.stdout.partition("Refused rows, by the answers that could be read")[2].splitlines()[2:4]
    assert [line.strip("│ ").split("│") for line in counted] == [
        ["Today                 ", " 1"], ["Nothing could be read ", " 1"],
    ]  # fmt: skip
    assert "The outcomes are in out.CSV, a row each." in result.stdout
    refused = (tmp_path / "out.refused.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in refused] == ["row", "5", "6"]


def test_a_question_can_be_counted_by_and_kept(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(TABLE, encoding="utf-8")
    options = ("--by", "lean", "--keep", "reference", "--keep", "site")
    result = _run(str(tmp_path / "list.csv"), "--out", str(tmp_path / "out.csv"), *options)
    assert result.exit_code == 0, result.output
    assert "Urgency so far by lean" in result.stdout
    written = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:5] for line in written[:2]] == [
        ["row", "reference", "site", "lean", "complete"], ["2", "A", "north", "falling", "false"],
    ]  # fmt: skip
