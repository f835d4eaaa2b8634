"""`triage accounts` and what `triage serve` asks for before others can reach the service."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.people.accounts import Hashed, add
from api.people.commands import desk
from api.records.times import stored
from tests.cli.test_serve import OPENID
from triage.cli import app
from triage.settings import Settings

runner = CliRunner()


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "records.sqlite"
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{file}")
    return file


def run(*arguments: str, typed: str = "", code: int = 0) -> str:
    result = runner.invoke(app, ["accounts", *arguments], input=typed)
    assert result.exit_code == code, result.output
    return result.output


def test_an_account_is_made_listed_and_disabled() -> None:
    output = run("add", "Clara", "--role", "coordinator", typed="a long password\na long password\n")
    assert output.splitlines()[-1] == "Made the account clara (coordinator, local)."
    assert "a long password" not in output
    assert run("add", "harbour", "--role", "provider", "--no-password") == (
        "Made the account harbour (provider, local).\n"
    )
    assert "keys or links alone" in run("list")
    assert run("disable", "clara") == "clara is disabled.\n"
    assert "disabled" in run("list")


def test_an_account_of_an_openid_provider_is_listed_as_such() -> None:
    with desk(Settings()) as open_desk:
        new = Hashed("clara", "coordinator", "local", subject="https://login.example.org subject-of-clara")
        add(open_desk.transaction, stored(open_desk.at), open_desk.by, new)
    listed = run("list")
    assert "OpenID Connect" in listed
    assert "subject-of-clara" not in listed


def test_an_account_is_matched_with_a_person_of_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "clara", "--role", "coordinator", typed="a long password\na long password\n")
    run("add", "nora", "--role", "coordinator", "--no-password")
    unset = run("match", "clara", "--subject", "8f2c", code=2)
    assert unset == "TRIAGE_OPENID_ISSUER is not set: there is no provider to sign in by.\n"
    for name, value in OPENID.items():
        monkeypatch.setenv(name, value)
    assert run("match", "Clara", "--subject", "8f2c") == "clara signs in by login.example.org from now on.\n"
    assert run("match", "nora", "--subject", "8f2c", code=2) == "This is `clara` already. One person has one account.\n"
    with desk(Settings()) as open_desk:
        assert [(one.login, one.has_password, one.has_openid) for one in open_desk.all()] == [
            ("clara", False, True), ("nora", False, False),
        ]  # fmt: skip


def test_a_key_is_printed_once() -> None:
    run("add", "harbour", "--role", "provider", "--no-password")
    line, secret = run("key", "harbour", "--name", "practice").splitlines()
    assert line.startswith("The key of harbour until ")
    assert line.endswith(". It is shown this once.")
    assert secret.startswith("ipt_")


def test_a_link_is_an_address() -> None:
    run("add", "harbour", "--role", "provider", "--no-password")
    assert run("link", "harbour").startswith("http://127.0.0.1:8000/sign-in/link/")


@pytest.mark.parametrize(
    ("arguments", "typed", "message"),
    [
        (("disable", "nobody"), "", "There is no account `nobody`."),
        (("add", "a b", "--role", "admin", "--no-password"), "", "A login has 2 to 100 characters and no space."),
        (("add", "al", "--role", "admin"), "short\nshort\n", "A password has 12 to 128 characters. "
         "Nothing else is asked of it."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_line(arguments: tuple[str, ...], typed: str, message: str) -> None:
    assert run(*arguments, typed=typed, code=2).splitlines()[-1] == message


def test_a_login_is_taken_once() -> None:
    run("add", "clara", "--role", "admin", "--no-password")
    output = run("add", "CLARA", "--role", "auditor", "--no-password", code=2)
    assert output == "There is an account `clara` already. Choose another login.\n"


def test_an_address_without_https_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_PUBLIC_URL", "http://triage.example.org")
    result = runner.invoke(app, ["serve"])
    assert result.exit_code == 1
    assert "Give one such as https://triage.example.org" in result.output
