"""``triage replay``: stored referrals answered again under the rules of their time."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import Progress

from api import commands
from api.records.replaying import Replay
from triage.cli.common import err, out, read_settings, saying_why_unreadable


def replay(
    all_: Annotated[bool, typer.Option("--all", help="Replay every version of every record.")] = False,
) -> None:
    """Answer stored referrals again under the rules of their time. Exits with 1 where an answer differs."""
    if not all_:
        err.print("Say which: --all replays every record. One alone: GET /v1/assessments/{id}/replay.", markup=False)
        raise typer.Exit(2)
    count, differing = 0, []
    with saying_why_unreadable(), Progress(console=err, transient=True) as progress:
        total, replays = commands.replays(read_settings())
        task = progress.add_task("Replaying", total=total)
        for result in replays:
            count += 1
            progress.advance(task)
            if not result.same:
                differing.append(result)
    for result in differing:
        out.print(_line(result), markup=False, soft_wrap=True)
    out.print(f"{count} replayed, {len(differing)} differ.", markup=False)
    if differing:
        raise typer.Exit(1)


def _line(result: Replay) -> str:
    why = result.failure or ", ".join(difference.pointer for difference in result.differences)
    return f"{result.id} version {result.version} ({result.ruleset_version}): {why}"
