"""What several commands share: where the rules are, and how faults and errors are told."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from triage.check import load_ruleset
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.settings import Settings

RulesFolder = Annotated[
    Path, typer.Option("--rules", help="The folder of the rule set.", envvar="TRIAGE_RULES", show_default="rules/")
]

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """Make text safe to print: a terminal would obey its control characters, so each is shown by its code."""
    return "".join(f"\\x{ord(c):02x}" if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in text)


def checked_ruleset(folder: Path) -> RuleSet:
    """Load and check a rule set, or name every fault on standard error and exit with 1."""
    try:
        return load_ruleset(folder)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty


def read_settings() -> Settings:
    """Read the deployment's settings, or name each that is wrong on standard error and exit with 1."""
    try:
        return Settings()
    except ValidationError as wrong:
        for error in wrong.errors():
            message = error["msg"].removeprefix("Value error, ") if not error["loc"] else error["msg"]
            err.print(f"{_setting(error['loc'], error['input'])}{message}.", markup=False)
        raise typer.Exit(1) from wrong


def _setting(place: tuple[int | str, ...], value: object) -> str:
    """The name of a wrong setting and its value; nothing of what is wrong with several, whose values may be secret."""
    if not place:
        return ""
    name, *within = (str(part) for part in place)
    return f"TRIAGE_{name.upper()}{''.join(f'[{part}]' for part in within)}={value}: "


def tell_faults(faulty: FaultyRuleSet) -> None:
    """Name every fault of a rule set on standard error, a line each."""
    for fault in faulty.faults:
        err.print(str(fault), markup=False)
    err.print(f"{counted(len(faulty.faults), 'fault')} found.", markup=False)


def counted(count: int, of: str) -> str:
    """A count with its noun in the singular or the plural."""
    return f"{count:,} {of}{'' if count == 1 else 's'}"


@contextmanager
def saying_why_unreadable() -> Iterator[None]:
    """Say in a line that the records can't be read, and exit with 2."""
    from api.commands import UnreadableRecords  # here, so that other commands need no database's driver

    try:
        yield
    except UnreadableRecords as error:
        err.print(f"The records can't be read: {error}", markup=False)
        raise typer.Exit(2) from error
