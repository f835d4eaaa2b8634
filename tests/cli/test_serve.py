"""``triage serve`` says why it does not start."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

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
