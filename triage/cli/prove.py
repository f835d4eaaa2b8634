"""``triage prove``: what holds of every referral, asked of the solver."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from triage.analysis.property_names import names
from triage.cli.common import RulesFolder, checked_ruleset, err, out, tell_faults
from triage.model.faults import FaultyRuleSet, did_you_mean
from triage.model.ruleset import RuleSet
from triage.reading.planted_file import write_planted
from triage.settings import PUBLISHED

_SAID = {True: "holds", False: "DOES NOT HOLD", None: "not settled"}


def prove(
    only: Annotated[list[str] | None, typer.Option(help="Only this property; may be given again.")] = None,
    timeout: Annotated[float, typer.Option(min=0.001, help="Seconds the solver has for one question.")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="The proofs as one JSON object.")] = False,
    plant: Annotated[
        bool, typer.Option("--plant", help="Plant a fault for each property and store which it catches. Takes minutes.")
    ] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Prove the properties of the rule set over all referrals.

    Exits with 1 unless all of them hold; each that fails comes with the smallest referral that breaks it.
    """
    from triage.analysis.prove import prove_all  # here, so that the other commands start without the solver

    ruleset = checked_ruleset(rules)
    try:
        properties = names(ruleset, rules)
        for name in only or ():
            if name not in properties:
                err.print(f"There is no property `{name}`. {did_you_mean(name, properties)}", markup=False)
                raise typer.Exit(2)
        if plant:
            _plant(ruleset, rules, [name for name in properties if not only or name in only])
            return
        proofs = prove_all(ruleset, rules, timeout, only or ())
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
    if as_json:
        header = {"ruleset": {"version": ruleset.version, "digest": ruleset.digest}}
        sys.stdout.write(json.dumps(header | {"proofs": [proof.as_json(ruleset) for proof in proofs]}, indent=1) + "\n")
    else:
        for proof in proofs:
            out.print(Text(f"{_SAID[proof.holds]:<14} {proof.id}  ({proof.seconds:.2f} s)"))
            if proof.holds is not True:
                out.print(Padding(Text(f"{proof.sentence} {proof.note}"), (0, 0, 0, 15)))
            for referral in proof.as_json(ruleset)["counterexamples"]:
                out.print(Padding(Text(json.dumps(referral)), (0, 0, 0, 15)))
        holding = sum(proof.holds is True for proof in proofs)
        out.print(f"{holding} of {len(proofs)} properties hold, {sum(proof.seconds for proof in proofs):.1f} s.")
    if not all(proof.holds for proof in proofs):
        raise typer.Exit(1)


def _plant(ruleset: RuleSet, folder: Path, properties: list[str]) -> None:
    """Find for each property a planted fault that it catches, and store it. Exits with 1 where one catches none."""
    from triage.analysis.planted import first_caught  # the solver, as above

    plants = {name: first_caught(name, ruleset, folder) for name in properties}
    for name, planted in plants.items():
        out.print(Text(f"{name}: {planted.fault if planted else 'catches no fault of those planted'}"))
    caught = {name: planted.fault for name, planted in plants.items() if planted}
    out.print(f"Stored in {write_planted({**ruleset.planted, **caught}, folder)}.", soft_wrap=True)
    if len(caught) < len(plants):
        raise typer.Exit(1)
