"""``triage audit verify``: the audit of who did what with the records, followed from its beginning."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from api import commands
from api.storage.audit import Head
from triage.cli.common import err, out, read_settings, saying_why_unreadable

app = typer.Typer(help="The audit of who did what with the records.", no_args_is_help=True)


@app.callback()
def _audit() -> None:
    """Take no options of its own."""


@app.command("verify")
def verify(
    expect: Annotated[str, typer.Option(help="A head that was noted before, as NUMBER:DIGEST.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Follow the chain of the audit and name the first broken link. Exits with 1 where there is one.

    Note the head that is printed, somewhere else: with --expect, entries that were cut off at the end are missed too.
    """
    settings = read_settings()
    with saying_why_unreadable():
        verified = commands.verified(settings, _head(expect) if expect else None)
    head, broken = verified.head, verified.broken
    if as_json:
        result = {"entries": head.seq, "head": f"{head.seq}:{head.hash}", "broken": None}
        result["broken"] = None if broken is None else {"entry": broken.seq, "why": broken.why}
        out.print(json.dumps(result), markup=False, soft_wrap=True)
    elif broken is None:
        out.print(f"{head.seq} entries, none changed or missing. Head: {head.seq}:{head.hash}", soft_wrap=True)
    else:
        err.print(f"The audit is broken at entry {broken.seq}: {broken.why}.", markup=False)
    if broken is not None:
        raise typer.Exit(1)


def _head(text: str) -> Head:
    number, _, digest = text.partition(":")
    if not number.isdigit() or not digest.startswith("sha256:"):
        err.print("--expect takes a head as it was printed, such as 120:sha256:….", markup=False)
        raise typer.Exit(2)
    return Head(int(number), "", digest)
