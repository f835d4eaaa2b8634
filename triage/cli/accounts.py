"""``triage accounts …``: who may sign in to the service of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from triage.cli.common import err, out, printable, read_settings

if TYPE_CHECKING:
    from api.people.commands import Desk
    from api.people.model import AccountDescription

# The imports of accounts stand within the functions, so that the other commands start without a database's driver.

app = typer.Typer(help="The accounts that may sign in, and their API keys.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="The login, 2 to 100 characters without a space.")]
Tenant = Annotated[str, typer.Option(help="The clinic whose records the account sees.")]
SHORTEST_PASSWORD = 12
LOCAL = "local"


class Role(StrEnum):
    """The roles that an account can have."""

    coordinator = "coordinator"
    clinician = "clinician"
    provider = "provider"
    auditor = "auditor"
    admin = "admin"


@app.command("add")
def add(
    login: Login,
    role: Annotated[Role, typer.Option(help="What the account may do.")],
    tenant: Tenant = LOCAL,
    password: Annotated[bool, typer.Option(help="Ask for a password. Without, the account has keys or links.")] = True,
) -> None:
    """Make an account. Asks for its password, which is not shown."""
    chosen = _asked_password() if password else None
    with _open_desk(tenant) as desk:
        account = desk.add(_login(login), role.value, chosen)
    out.print(f"Made the account {account.login} ({account.role}, {account.tenant}).", markup=False)


@app.command("list")
def list_(tenant: Tenant = LOCAL) -> None:
    """List the accounts of a clinic."""
    with _open_desk(tenant) as desk:
        accounts = desk.all()
    table = Table("Login", "Role", "Made", "State")
    for account in accounts:
        table.add_row(printable(account.login), account.role, account.created_at[:10], _state(account))
    out.print(table)


def _state(account: AccountDescription) -> str:
    if account.disabled:
        return "disabled"
    if account.has_openid:
        return "OpenID Connect"
    return "password" if account.has_password else "keys or links alone"


@app.command("disable")
def disable(login: Login, tenant: Tenant = LOCAL) -> None:
    """Disable an account: its sessions and its API keys end at once. What it did stays in the audit."""
    with _open_desk(tenant) as desk:
        changed = desk.disable(login)
    out.print(f"{changed.login} is disabled.", markup=False)


@app.command("match")
def match(
    login: Login,
    subject: Annotated[str, typer.Option(help="What the provider calls the person in the claim `sub`.")],
    tenant: Tenant = LOCAL,
) -> None:
    """Have an account sign in by OpenID Connect from now on, and keep what is its own. Its password ends."""
    settings = read_settings()
    if not settings.openid_issuer:
        err.print("TRIAGE_OPENID_ISSUER is not set: there is no provider to sign in by.", markup=False)
        raise typer.Exit(2)
    with _open_desk(tenant) as desk:
        matched = desk.match(login, f"{settings.openid_issuer} {subject}")
    out.print(f"{matched.login} signs in by {settings.openid_is_called} from now on.", markup=False)


@app.command("link")
def link(login: Login, tenant: Tenant = LOCAL) -> None:
    """Print an address that signs an account in once, within thirty minutes."""
    settings = read_settings()
    with _open_desk(tenant) as desk:
        token = desk.link(login)
    base = settings.public_url or "http://127.0.0.1:8000"
    out.print(f"{base}/sign-in/link/{token}", markup=False, soft_wrap=True)


@app.command("key")
def key(
    login: Login,
    name: Annotated[str, typer.Option(help="What the key is for.")],
    read_only: Annotated[bool, typer.Option(help="The key may read, and change nothing.")] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="Days until it expires.")] = 90,
    tenant: Tenant = LOCAL,
) -> None:
    """Make an API key and print it, this once."""
    from api.people.model import NewKey

    with _open_desk(tenant) as desk:
        given = desk.key(login, NewKey(name, ("read",) if read_only else ("read", "write"), days))
    err.print(f"The key of {given.key.account} until {given.key.expires_at[:10]}. It is shown this once.", markup=False)
    out.print(given.secret, markup=False, soft_wrap=True)


def _login(login: str) -> str:
    if not 2 <= len(login) <= 100 or any(character.isspace() or not character.isprintable() for character in login):
        err.print("A login has 2 to 100 characters and no space.", markup=False)
        raise typer.Exit(2)
    return login


def _asked_password() -> str:
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not SHORTEST_PASSWORD <= len(password) <= 128:
        err.print("A password has 12 to 128 characters. Nothing else is asked of it.", markup=False)
        raise typer.Exit(2)
    return password


@contextmanager
def _open_desk(tenant: str) -> Iterator[Desk]:
    """Open the accounts, or say in a line what is wrong and exit with 2."""
    from api.people.commands import desk
    from api.records.refused import RecordProblem
    from api.storage.database import StorageUnavailable
    from api.storage.schema import NewerDatabase

    try:
        with desk(read_settings(), tenant) as open_desk:
            yield open_desk
    except RecordProblem as refused:
        errors = refused.problem.errors or ()
        err.print(" ".join(fault.message for fault in errors) or refused.problem.detail, markup=False)
        raise typer.Exit(2) from refused
    except (StorageUnavailable, NewerDatabase) as error:
        err.print(f"The accounts can't be read: {error}", markup=False)
        raise typer.Exit(2) from error
