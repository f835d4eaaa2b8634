"""``triage restore FILE``: a backup put in the place of the records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import commands
from triage.cli.backup import saying_why_not
from triage.cli.common import err, out, read_settings, saying_why_unreadable


def restore(file: Annotated[Path, typer.Argument(help="A backup that `triage backup` made.")]) -> None:
    """Put a backup in the place of the records, once the service is stopped. What was there stays in another file."""
    settings = read_settings()
    with saying_why_not(), saying_why_unreadable():
        restored = commands.restore(settings, file)
    head = restored.head
    out.print(f"Restored {head.seq} entries of the audit. Head: {head.seq}:{head.hash}", markup=False, soft_wrap=True)
    if restored.aside is not None:
        err.print(f"What was there is in {restored.aside}.", markup=False)
    err.print("Erase again what was erased, and disable again what was disabled, since the backup was made.")
