"""``triage backup FILE``: a copy of all records, made while the service runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api import commands
from api.storage.backup import NoBackup
from triage.cli.common import err, out, read_settings, saying_why_unreadable


def backup(file: Annotated[Path, typer.Argument(help="The new file that is written.")]) -> None:
    """Copy all records to a file while the service runs, and verify the copy. Keep it as safe as the records."""
    settings = read_settings()
    with saying_why_not(), saying_why_unreadable():
        head = commands.back_up(settings, file)
    out.print(
        f"{file}: {head.seq} entries of the audit, none changed or missing. Head: {head.seq}:{head.hash}",
        markup=False,
        soft_wrap=True,
    )


@contextmanager
def saying_why_not() -> Iterator[None]:
    """Say in a line why there is no backup, or none is put back, and exit with 2."""
    try:
        yield
    except NoBackup as error:
        err.print(str(error), markup=False)
        raise typer.Exit(2) from error
