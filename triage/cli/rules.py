"""``triage rules``: the author's loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from triage.analysis.property_names import names
from triage.check import check_ruleset, hand_in_faults, hazards
from triage.check.bump import plan_bump, write_bump
from triage.check.coverage import uncovered_faults
from triage.check.new_rule import KINDS, problems, scaffold
from triage.check.release import release_faults
from triage.check.rule_schema import SCHEMA_COMMENT, write_schema
from triage.cli.common import RulesFolder, checked_ruleset, err, out, tell_faults
from triage.cli.rule_examples import conformance, examples, mutate
from triage.cli.rules_alarm import alarm
from triage.cli.rules_sign import sign
from triage.model.faults import Fault, FaultyRuleSet, did_you_mean
from triage.model.rule import EFFECTS, effect_name
from triage.model.ruleset import RuleSet
from triage.presenting.rule_text import rule_in_words
from triage.reading.folder import read_ruleset, rule_paths
from triage.reading.ruleset_file import DATE
from triage.reading.ruleset_file import FILE as ABOUT
from triage.reading.shape import KEBAB
from triage.settings import PUBLISHED

LIST_WIDTH = 132
"""How wide a list of rules is at least: no id is broken, and titles stay readable."""

app = typer.Typer(
    help="Check, scaffold and read rules.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def check(
    rules: RulesFolder = PUBLISHED,
    release: Annotated[
        bool,
        typer.Option("--release", help="Also hold that every meaning was released: version, lock and change log."),
    ] = False,
) -> None:
    """Find everything that is wrong with the rule set: each fault with its place and its fix, each claim unencoded.

    What is wrong with a draft or a retired rule is told and refuses nothing.
    """
    started = perf_counter()
    try:
        ruleset = read_ruleset(rules)
        faults, of_drafts = check_ruleset(ruleset, rules)
        faults = (*faults, *hand_in_faults(ruleset), *_hazard_faults(ruleset, rules))
        if release:
            faults = (*faults, *release_faults(ruleset, rules))
        if faults:
            raise FaultyRuleSet(faults)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
    for fault in of_drafts:
        err.print(f"Does not run, so refuses nothing: {fault}", markup=False)
    lacking = tuple(uncovered_faults(ruleset))
    if lacking:
        tell_faults(FaultyRuleSet(lacking))
        raise typer.Exit(1)
    count = sum(len(rule.examples) for rule in ruleset.all_rules)
    took = perf_counter() - started
    out.print(f"{len(ruleset.all_rules)} rules, {count} examples, no fault ({took:.2f} s).")


def _hazard_faults(ruleset: RuleSet, folder: Path) -> Iterator[Fault]:
    if ruleset.hazards:
        yield from hazards.check(ruleset, folder, names(ruleset, folder))


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="What the rule does, or a table of rules: " + ", ".join(KINDS) + ".")],
    id_: Annotated[str, typer.Argument(metavar="ID", help="The rule's id, which is also its file's name.")],
    problem: Annotated[
        str, typer.Option("--in", metavar="PROBLEM", help="The problem that it is about: a folder of the rule set.")
    ] = "",
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Write a new rule file to fill in, as a draft that does not run."""
    if kind not in KINDS:
        err.print(f"`{kind}` is not a kind of rule. {did_you_mean(kind, tuple(KINDS))}", markup=False)
        raise typer.Exit(2)
    taken = {path.stem: path for path in rule_paths(rules)}
    if id_ in taken:
        err.print(f"The id `{id_}` is taken by {taken[id_]}.", markup=False)
        raise typer.Exit(2)
    if not KEBAB.match(id_):
        err.print(f"`{id_}` is not an id: lower-case words joined by hyphens.", markup=False)
        raise typer.Exit(2)
    if problem not in problems(rules):
        err.print(_which_problem(problem, problems(rules)), markup=False, soft_wrap=True)
        raise typer.Exit(2)
    path = scaffold(rules, kind, id_, problem)
    _refresh_schema(rules)
    out.print(f"{path} is written as a draft. Fill it in, set `status: active`, and run `triage rules check`.")


def _which_problem(problem: str, known: tuple[str, ...]) -> str:
    if not problem:
        return f"Which problem is the rule about? Name its folder with `--in`: {', '.join(known)}."
    near = did_you_mean(problem, known)
    return " ".join(filter(None, (f"`{problem}` is no folder of the rule set.", near, "Make it for a new problem.")))


@app.command("list")
def list_(
    effect: Annotated[str | None, typer.Option(help="Only rules with this effect.")] = None,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """List the rules: id, effect, title."""
    if effect is not None and effect not in EFFECTS:
        err.print(f"`{effect}` is not an effect. {did_you_mean(effect, EFFECTS)}", markup=False)
        raise typer.Exit(2)
    ruleset = checked_ruleset(rules)
    table = Table(box=None, pad_edge=False)
    table.add_column("Rule", no_wrap=True, min_width=max((len(rule.id) for rule in ruleset.all_rules), default=0))
    for heading in ("Effect", "Title", "Status"):
        table.add_column(heading, overflow="fold")
    for rule in ruleset.all_rules:
        effects = [effect_name(effect) for effect in rule.effects]
        if effect is None or effect in effects:
            table.add_row(rule.id, ", ".join(dict.fromkeys(effects)), rule.title, rule.status)
    Console(width=max(out.width, LIST_WIDTH), file=out.file).print(table)


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id.")], rules: RulesFolder = PUBLISHED
) -> None:
    """Show one rule in words: what it asks for, what it does, why, its sources and examples."""
    ruleset = checked_ruleset(rules)
    rule = next((rule for rule in ruleset.all_rules if rule.id == id_), None)
    if rule is None:
        ids = tuple(rule.id for rule in ruleset.all_rules)
        err.print(f"There is no rule `{id_}`. {did_you_mean(id_, ids)}", markup=False)
        raise typer.Exit(2)
    out.print(rule_in_words(rule, ruleset), markup=False)


@app.command()
def bump(
    rules: RulesFolder = PUBLISHED,
    date: Annotated[
        str | None, typer.Option(help="The date of the release, YYYY-MM-DD; today where none is given.")
    ] = None,
) -> None:
    """Raise the version by what changed in meaning, lock the meanings, and draft the entry of the change log.

    Major: an urgency, a limit or an unsuited format is gone, weaker or asks for something else; a fact is gone or has
    changed; the scales or the constraints have changed. Minor: any other change of meaning. Patch: words only.
    """
    day = date or datetime.now(UTC).date().isoformat()
    if not DATE.match(day):
        err.print(f"`{day}` is not a date such as 2026-11-23.", markup=False)
        raise typer.Exit(2)
    ruleset = checked_ruleset(rules)
    try:
        planned = plan_bump(ruleset, rules)
        if planned is None:
            out.print(f"Nothing has changed since version {ruleset.version}.")
            return
        write_bump(planned, rules, day)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
    for change in planned.changes:
        out.print(f"{change} ({change.step}).", markup=False)
    if planned.step is None:
        out.print(f"Version {planned.version} is locked, the first.")
    else:
        sentence = f"Version {planned.version} ({planned.step}). Put its entry of the change log in {ABOUT} into words."
        out.print(sentence, soft_wrap=True)


def _refresh_schema(rules: Path) -> None:
    """Write the schema that a new rule names, where the rule set can be read: an editor needs it at once."""
    with suppress(FaultyRuleSet):
        write_schema(read_ruleset(rules), rules)


@app.command()
def schema(rules: RulesFolder = PUBLISHED) -> None:
    """Write the JSON Schema of rule files, from which an editor completes facts, values, sources and effects."""
    path = write_schema(checked_ruleset(rules), rules)
    out.print(f"{path} is written. A rule file names it: {SCHEMA_COMMENT}", markup=False, soft_wrap=True)


app.command("alarm")(alarm)
app.command("examples")(examples)
app.command("mutate")(mutate)
app.command("conformance")(conformance)
app.command("sign")(sign)
