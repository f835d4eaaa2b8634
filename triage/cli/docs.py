"""``triage docs``: the rule set as a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.common import RulesFolder, checked_ruleset, err, out, tell_faults
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.presenting.hazard_log import Result
from triage.settings import PUBLISHED


def docs(
    folder: Annotated[Path, typer.Option("--out", help="The folder to write to.")] = Path("rules-document"),
    vignettes: Annotated[
        list[Path] | None,
        typer.Option(
            help="A folder of written cases, shown beside the claims whose rules fire on them. May be repeated."
        ),
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Prove the properties, and say of each control of a hazard what came of it.")
    ] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Write the rule set as a document: a page a rule, the indexes, the sources, and everything on one page to print.

    Exits with 1 if a claim of the service page or a row of the evidence is without a rule and without a reason.
    """
    from triage.check.cases import read_cases
    from triage.check.coverage import uncovered
    from triage.presenting.document import write

    ruleset = checked_ruleset(rules)
    for cases_folder in vignettes or []:
        if not cases_folder.is_dir():
            err.print(f"There is no folder {cases_folder}.", markup=False)
            raise typer.Exit(2)
    try:
        cases = read_cases(vignettes or [], ruleset)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
    try:
        count = write(ruleset, folder, cases, _proved(ruleset, rules) if prove else {})
    except OSError as error:
        err.print(f"{folder} can't be written to: {error.strerror}.", markup=False)
        raise typer.Exit(2) from error
    out.print(f"{count} pages are written. Begin with:\n{folder / 'index.html'}", soft_wrap=True, markup=False)
    lacking = [claim.id for claim in uncovered(ruleset)]
    if lacking:
        err.print(f"Without a rule and without a reason: {', '.join(lacking)}.", markup=False)
        raise typer.Exit(1)


def _proved(ruleset: RuleSet, rules: Path) -> dict[str, Result]:
    from triage.analysis.prove import prove_all

    return {proof.id: Result(proof.sentence, proof.holds) for proof in prove_all(ruleset, rules)}
