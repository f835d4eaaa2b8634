"""``triage docs``: the rule set as a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.common import RulesFolder, checked_ruleset, err, out
from triage.deployment import PUBLISHED


def docs(
    folder: Annotated[Path, typer.Option("--out", help="The folder to write to.")] = Path("rules-document"),
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Write the rule set as a document: a page a rule, the indexes, the sources, and everything on one page to print.

    Exits with 1 if a claim of the service page is without a rule.
    """
    from triage.docs import coverage, write

    ruleset = checked_ruleset(rules)
    count = write(ruleset, folder)
    out.print(f"{count} pages are written to {folder}; begin with {folder / 'index.html'}.")
    lacking = [each.id for each in coverage(ruleset) if not each.is_covered]
    if lacking:
        err.print(f"Claims of the service page without a rule: {', '.join(lacking)}.", markup=False)
        raise typer.Exit(1)
