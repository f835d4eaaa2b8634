"""``triage rules examples`` and ``triage rules mutate``: do a rule's examples show that each condition matters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from triage.check.conformance import conformance_lines
from triage.check.mutants import Tried, tried
from triage.check.proposed_examples import proposed
from triage.cli.common import RulesFolder, checked_ruleset, err, out, tell_faults
from triage.model.faults import FaultyRuleSet, did_you_mean
from triage.model.rule import Rule
from triage.model.ruleset import RuleSet
from triage.presenting.example_text import add_examples, example_lines
from triage.reading.folder import EXAMPLES, read_ruleset
from triage.settings import PUBLISHED

Ids = Annotated[list[str] | None, typer.Argument(metavar="[RULE]…", help="Ids of rules; all where none is given.")]


def examples(
    ids: Ids = None,
    write: Annotated[bool, typer.Option("--write", help="Add them to the file of examples beside the rule's.")] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Propose the examples that are lacking: each condition shown to matter, each listed value and bound in one.

    Read them before they are kept: each says what the rule does now, not what it ought to do.
    """
    ruleset = _read(rules)
    for rule in _named(ids, ruleset):
        lines = example_lines(proposed(rule, ruleset.vocabulary), ruleset.vocabulary)
        if lines and write:
            path = rules / Path(rule.place.file).relative_to(rules.name)
            beside = path.with_name(path.stem + EXAMPLES)
            add_examples(beside, rule.id, lines)
            out.print(f"{rule.id}: {len(lines)} added to {beside}.", markup=False, soft_wrap=True)
        elif lines:
            typer.echo("\n".join([f"  {rule.id}:", *lines]))


def mutate(ids: Ids = None, rules: RulesFolder = PUBLISHED) -> None:
    """Say which share of small changes to the rules their examples catch: a value more or less, a bound moved by one,
    a condition dropped. A change that no referral tells from the rule is counted apart.
    """
    ruleset = _read(rules)
    results = [tried(rule, ruleset.vocabulary) for rule in _named(ids, ruleset)]
    for result in results:
        for missed in result.missed:
            out.print(f"{result.rule}: {missed.change}: no example notices.", markup=False, soft_wrap=True)
    for result in results:
        for same in result.equivalent:
            out.print(
                f"{result.rule}: {same.change}: no referral tells it from the rule.", markup=False, soft_wrap=True
            )
    _tell_share(results)


def conformance(
    out_: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("tests/conformance/cases.jsonl"),
    cases: Annotated[list[Path] | None, typer.Option(help="A folder of written cases. May be repeated.")] = None,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Write the conformance cases: a referral a line, the rules that fire on it, rating and level so far."""
    ruleset = checked_ruleset(rules)
    try:
        lines = list(conformance_lines(ruleset, cases or ()))
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
    out_.parent.mkdir(parents=True, exist_ok=True)
    out_.write_text("\n".join(lines) + "\n", encoding="utf-8")
    out.print(f"{len(lines)} cases are written to {out_}.", markup=False, soft_wrap=True)


def _tell_share(results: list[Tried]) -> None:
    caught, missed, equivalent = (
        sum(len(part) for part in parts)
        for parts in zip(*((result.caught, result.missed, result.equivalent) for result in results), strict=True)
    )
    share = caught / (caught + missed) if caught + missed else 1.0
    out.print(
        f"{caught} of {caught + missed} changes with an effect are caught ({share:.1%}); {equivalent} have none.",
        soft_wrap=True,
    )


def _read(folder: Path) -> RuleSet:
    """Read a rule set without checking it, because the rules that need examples would fail the check."""
    try:
        return read_ruleset(folder)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty


def _named(ids: list[str] | None, ruleset: RuleSet) -> tuple[Rule, ...]:
    by_id = {rule.id: rule for rule in ruleset.all_rules}
    for id_ in ids or ():
        if id_ not in by_id:
            err.print(f"There is no rule `{id_}`. {did_you_mean(id_, tuple(by_id))}", markup=False)
            raise typer.Exit(2)
    return tuple(by_id[id_] for id_ in ids) if ids else ruleset.rules
