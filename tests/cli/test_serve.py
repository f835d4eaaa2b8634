"""``triage serve`` says why it does not start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from triage.cli import app
from triage.settings import Settings

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


def test_an_openid_provider_is_as_good_as_an_account_with_a_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite'}")
    for name, value in OPENID.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0"])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[1:-1] == [f"  {name}: {why}" for name, (_, why) in NEEDED.items()]


OPENID = {
    "TRIAGE_OPENID_ISSUER": "https://login.example.org/realms/clinic",
    "TRIAGE_OPENID_CLIENT_ID": "ipt",
    "TRIAGE_OPENID_CLIENT_SECRET": "planted-secret",
    "TRIAGE_OPENID_ROLES": '{"CN=Triage,OU=Groups": "clinician"}',
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ISSUER": "http://login.example.org"}, "TRIAGE_OPENID_ISSUER=http://login.example.org: Value error, "
         "`http://login.example.org` is no OpenID issuer. Give its https address, without `?` and `#`."),
        ({"ISSUER": "https://login.example.org/?a=b"}, "TRIAGE_OPENID_ISSUER=https://login.example.org/?a=b: Value "
         "error, `https://login.example.org/?a=b` is no OpenID issuer. Give its https address, without `?` and `#`."),
        ({"ISSUER": "login.example.org"}, "TRIAGE_OPENID_ISSUER=login.example.org: Value error, `login.example.org` is "
         "no OpenID issuer. Give its https address, without `?` and `#`."),
        ({"CLIENT_SECRET": ""}, "Set TRIAGE_OPENID_CLIENT_SECRET or TRIAGE_OPENID_CLIENT_SECRET_FILE, one of them."),
        ({"CLIENT_SECRET_FILE": __file__}, "Set TRIAGE_OPENID_CLIENT_SECRET or TRIAGE_OPENID_CLIENT_SECRET_FILE, one "
         "of them."),
        ({"CLIENT_SECRET_FILE": "/nowhere"}, "TRIAGE_OPENID_CLIENT_SECRET_FILE=/nowhere: Path does not point to a "
         "file."),
        ({"CLIENT_ID": ""}, "TRIAGE_OPENID_ISSUER is set, so set TRIAGE_OPENID_CLIENT_ID as well."),
        ({"CLIENT_ID": "", "ROLES": "{}"}, "TRIAGE_OPENID_ISSUER is set, so set TRIAGE_OPENID_CLIENT_ID and "
         "TRIAGE_OPENID_ROLES as well."),
        ({"ROLES": "clinician"}, "TRIAGE_OPENID_ROLES=clinician: Value error, Give JSON with a role for each value, "
         'such as {"ipt-clinicians": "clinician"}.'),
        ({"ROLES": '{"a": "boss"}'}, "TRIAGE_OPENID_ROLES[a]=boss: Input should be 'coordinator', 'clinician', "
         "'provider', 'auditor' or 'admin'."),
        ({"SCOPE": "profile"}, r"TRIAGE_OPENID_SCOPE=profile: String should match pattern '^openid( \S+)*$'."),
    ],
)  # fmt: skip
def test_half_a_sign_in_by_openid_is_refused_without_the_secret(
    changed: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (OPENID | {f"TRIAGE_OPENID_{name}": value for name, value in changed.items()}).items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["serve"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.replace("\n", " ").rstrip() == message
    with pytest.raises(ValidationError) as wrong:
        Settings()
    assert "planted-secret" not in str(wrong.value)


def test_a_provider_on_this_machine_needs_no_https_unless_others_reach_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (OPENID | {"TRIAGE_OPENID_ISSUER": "http://127.0.0.1:8080"}).items():
        monkeypatch.setenv(name, value)
    assert Settings().openid_is_called == "127.0.0.1"
    monkeypatch.setenv("TRIAGE_PUBLIC_URL", "https://triage.example.org")
    result = CliRunner().invoke(app, ["serve"])
    assert (result.exit_code, result.stderr.replace("\n", " ").rstrip()) == (
        1, "TRIAGE_OPENID_ISSUER is not https: where others reach the service, it has to be.",
    )  # fmt: skip


def test_somebody_can_always_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_PASSWORD_SIGN_IN", "false")
    result = CliRunner().invoke(app, ["serve"])
    assert (result.exit_code, result.stderr.replace("\n", " ").rstrip()) == (
        1, "TRIAGE_PASSWORD_SIGN_IN is off and TRIAGE_OPENID_ISSUER is not set: nobody could sign in.",
    )  # fmt: skip


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
