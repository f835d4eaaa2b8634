"""``triage rules``: the author's loop."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Annotated

import typer
from rich.table import Table

from triage.check import load_ruleset
from triage.check.coverage import uncovered
from triage.check.lock import lock_of
from triage.check.new_rule import KINDS, scaffold
from triage.cli.common import RulesFolder, checked_ruleset, err, out, tell_faults
from triage.model.faults import FaultyRuleSet, did_you_mean
from triage.model.rule import EFFECTS, effect_name
from triage.presenting.words import rule_in_words
from triage.reading.folder import LOCK_FILE, read_ruleset, rule_paths
from triage.settings import PUBLISHED

app = typer.Typer(help="Check, scaffold and read rules.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def check(rules: RulesFolder = PUBLISHED) -> None:
    """Find everything that is wrong with the rule set: each fault with its place and its fix, each claim unencoded."""
    started = perf_counter()
    try:
        ruleset = load_ruleset(rules)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
    lacking = uncovered(ruleset)
    for each in lacking:
        err.print(f"{each.id}: {each.said} No rule encodes it, and no reason is given. [coverage]", markup=False)
    if lacking:
        raise typer.Exit(1)
    examples = sum(len(rule.examples) for rule in ruleset.all_rules)
    took = perf_counter() - started
    out.print(f"{len(ruleset.all_rules)} rules, {examples} examples, no fault ({took:.2f} s).")


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="What the rule does: " + ", ".join(KINDS) + ".")],
    id_: Annotated[str, typer.Argument(metavar="ID", help="The rule's id, which is also its file's name.")],
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
    path = scaffold(rules, kind, id_)
    out.print(f"{path} is written as a draft. Fill it in, set `status: active`, and run `triage rules check`.")


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
    for heading in ("Rule", "Effect", "Title", "Status"):
        table.add_column(heading, overflow="fold")
    for rule in ruleset.all_rules:
        if effect is None or effect_name(rule.effect) == effect:
            table.add_row(rule.id, effect_name(rule.effect), rule.title, rule.status)
    out.print(table)


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id.")], rules: RulesFolder = PUBLISHED
) -> None:
    """Show one rule in words: what it asks for, what it does, why, its sources and examples."""
    ruleset = checked_ruleset(rules)
    rule = next((each for each in ruleset.all_rules if each.id == id_), None)
    if rule is None:
        known = tuple(each.id for each in ruleset.all_rules)
        err.print(f"There is no rule `{id_}`. {did_you_mean(id_, known)}", markup=False)
        raise typer.Exit(2)
    out.print(rule_in_words(rule, ruleset), markup=False)


@app.command()
def lock(rules: RulesFolder = PUBLISHED) -> None:
    """Record each rule's meaning for this version; refused where a meaning changed and the version did not."""
    ruleset = read_ruleset(rules)
    before = ruleset.about.get("lock")
    now = lock_of(ruleset)
    if before is not None and before["version"] == now["version"] and before != now:
        err.print(
            "A meaning has changed: raise `version` in ruleset.yaml and add to its change log first.", markup=False
        )
        raise typer.Exit(1)
    (rules / LOCK_FILE).write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    out.print(f"{len(now['meanings'])} meanings are locked for version {now['version']}.")
