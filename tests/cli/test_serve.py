"""``triage serve`` says why it does not start."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from triage.cli import app

NEEDED = {
    "TRIAGE_PUBLIC_URL": ("https://triage.example.org", "the https address where others reach the service"),
    "TRIAGE_CRISIS_LINE": ("555 0100", "texts would name no crisis line to call"),
    "TRIAGE_EMERGENCY_NUMBER": ("555 0100", "texts would name no number to call"),
}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "triage.clinic.example", ""])
@pytest.mark.parametrize("only", [*NEEDED, None])
def test_others_are_served_only_once_everything_is_set(
    host: str, only: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite'}")
    for name in NEEDED:
        monkeypatch.delenv(name, raising=False)
    if only is not None:
        monkeypatch.setenv(only, NEEDED[only][0])
    result = CliRunner().invoke(app, ["serve", "--host", host])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"`{host}` can be reached by others. Before the service starts there, set:",
        *(f"  {name}: {why}" for name, (_, why) in NEEDED.items() if name != only),
        "  triage accounts add: nobody has an account with a password",
        "Or serve on 127.0.0.1.",
    ]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("LARGEST_REQUEST", "abc", "Input should be a valid integer, unable to parse string as an integer"),
        ("LARGEST_REQUEST", "1", "Input should be greater than or equal to 1024"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TRIAGE_{name}", value)
    result = CliRunner().invoke(app, ["serve"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.replace("\n", " ").rstrip() == f"TRIAGE_{name}={value}: {why}."


def test_records_that_can_not_be_opened_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "somewhere")
    result = CliRunner().invoke(app, ["serve", "--rules", str(FIXTURE_RULES)])
    assert result.exit_code == 2
    assert result.stderr == (
        "The records can't be read: TRIAGE_DATABASE_URL is not the address of an SQLite or PostgreSQL database\n"
    )
