"""The command line: ``triage assess``, ``serve``, ``rules …`` and what asks questions of all referrals."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from triage.model.collector import collector_paused

if TYPE_CHECKING:
    from typer._click import Command, Context

COMMANDS = (
    "accounts", "assess", "cohort", "diff", "docs", "explain", "serve", "prove", "replay", "audit", "backup",
    "restore", "rules",
)  # fmt: skip
"""Each command stands in the module of its name: a function of that name, or a group of commands called ``app``."""


class _Commands(TyperGroup):
    """The commands; only the one that is called is imported, since each needs other engines."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - the parameters are Typer's
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        for name in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:  # for another word, all that it could mean
            if name not in self.commands:
                self.add_command(_command(name))
        return super().get_command(ctx, cmd_name)


def _command(name: str) -> Command:
    with collector_paused():
        module = import_module(f"triage.cli.{name}")
    group: typer.Typer | None = getattr(module, "app", None)
    if group is None:
        group = typer.Typer(add_completion=False)
        group.command(name)(getattr(module, name))
    command = typer.main.get_command(group)
    command.name = name
    return command


app = typer.Typer(
    cls=_Commands,
    name="triage",
    help="Suitability and triage for interpersonal psychotherapy: decision support for clinicians, not a diagnosis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _triage() -> None:
    """Take no options of its own: each command has them."""


def main() -> None:
    """Run the command line."""
    app()
