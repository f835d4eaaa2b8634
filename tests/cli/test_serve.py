"""``triage serve`` says why it does not start."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from triage.cli import app


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "triage.clinic.example", ""])
@pytest.mark.parametrize("only", ["TRIAGE_CRISIS_LINE", "TRIAGE_EMERGENCY_NUMBER", None])
def test_others_are_served_only_once_both_numbers_are_set(
    host: str, only: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIAGE_CRISIS_LINE", raising=False)
    monkeypatch.delenv("TRIAGE_EMERGENCY_NUMBER", raising=False)
    if only is not None:
        monkeypatch.setenv(only, "555 0100")
    result = CliRunner().invoke(app, ["serve", "--host", host])
    assert result.exit_code == 2
    assert result.stderr == (
        f"`{host}` can be reached by others, and the texts would name no number to call. Set TRIAGE_CRISIS_LINE and "
        "TRIAGE_EMERGENCY_NUMBER, or serve on 127.0.0.1.\n"
    )


def test_records_that_can_not_be_opened_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "somewhere")
    result = CliRunner().invoke(app, ["serve", "--rules", str(FIXTURE_RULES)])
    assert result.exit_code == 2
    assert result.stderr == (
        "The records can't be read: TRIAGE_DATABASE_URL is not the address of an SQLite or PostgreSQL database\n"
    )
