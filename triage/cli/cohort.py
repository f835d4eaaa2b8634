"""``triage cohort``: a whole waiting list or population from a file, to a table of outcomes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from triage.answer.assess import build_assessor
from triage.cli.common import RulesFolder, checked_ruleset, counted, err, out, read_settings
from triage.cli.progress import progress_of
from triage.model.ruleset import RuleSet
from triage.presenting.labels import Labels
from triage.settings import PUBLISHED

if TYPE_CHECKING:
    from triage.population.summary import Summary

MOST = 10
"""How many lines a part of the summary has."""
GROUPS = 50
"""How many values of a column are shown."""


def cohort(
    file: Annotated[Path | None, typer.Argument(help="Referrals: CSV, Parquet, or JSON Lines (.ndjson).")] = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="The file of outcomes to write: .csv, .parquet or .ndjson.")
    ] = None,
    refused: Annotated[
        Path | None, typer.Option(help="The file of refused rows.", show_default="beside --out, .refused.csv")
    ] = None,
    by: Annotated[str | None, typer.Option(help="A column to count by in the summary; it is kept.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A column to carry along to the outcomes.")] = None,
    ranges: Annotated[
        bool, typer.Option("--range", help="Say also what each incomplete referral can still become.")
    ] = False,
    sql: Annotated[
        str | None, typer.Option(help="Print the rules as SQL instead, for a table `referrals` of this engine.")
    ] = None,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Rate a table of referrals, a row each, as the form does it.

    A column is a fact, `reference`, or `said_by.` with a fact. Refused rows go to a file of their own, with the reason.
    Exits with 2 if any was refused; the others are rated all the same.
    """
    from triage.population.cohort import (
        Rating,
        check_out,
        rate_to_files,
    )  # here, so that only this command needs Polars
    from triage.population.ranges import Ranges
    from triage.population.refusals import BadTable
    from triage.population.sources import source_of
    from triage.population.targets import check_targets

    if sql is not None:
        _print_sql(sql, checked_ruleset(rules))
        return
    if file is None or to is None:
        err.print("Name the file of referrals, and the file of outcomes with --out.", markup=False)
        raise typer.Exit(1)
    ruleset, settings = checked_ruleset(rules), read_settings()
    bad = refused or to.with_name(f"{to.stem}.refused.csv")
    try:
        check_out(to)
        check_targets(file, {"--out": to, "--refused": bad})
        source = source_of(file, ruleset, dict.fromkeys([*(keep or []), *([by] if by else [])]))
        with ExitStack() as stack:
            processes = stack.enter_context(Ranges(ruleset, os.cpu_count() or 1)) if ranges else None
            rating = Rating(ruleset, source, lambda: build_assessor(ruleset, settings), by, processes)
            progress = stack.enter_context(progress_of(err))
            task = progress.add_task(file.name, total=1.0)
            summary = rate_to_files(rating, to, bad, lambda done: progress.update(task, completed=done))
    except BadTable as fault:
        err.print(str(fault), markup=False)
        raise typer.Exit(1) from fault
    _print_summary(summary, ruleset, ranges=ranges)
    out.print(f"The outcomes are in {to.name}, a row each.", markup=False)
    if summary.refused:
        err.print(
            f"{counted(summary.refused, 'row')} refused, with the reasons in {bad.name}: "
            "correct them and rate them again.",
            markup=False,
        )
        raise typer.Exit(2)


def _print_sql(dialect: str, ruleset: RuleSet) -> None:
    try:
        from triage.population import on_ibis
    except ImportError as missing:
        err.print("SQL needs Ibis: pip install 'ipt-triage[population]' installs it.", markup=False)
        raise typer.Exit(1) from missing
    if dialect not in on_ibis.DIALECTS:
        err.print(f"No SQL is printed for `{dialect}`, only for {', '.join(on_ibis.DIALECTS)}.", markup=False)
        raise typer.Exit(1)
    sys.stdout.write(
        on_ibis.sql(ruleset, dialect, [fact.name for fact in ruleset.vocabulary if fact.can_be_core]) + "\n"
    )


def _print_summary(summary: Summary, ruleset: RuleSet, *, ranges: bool) -> None:
    """Print what the table comes to."""
    labels, scales = Labels(ruleset), ruleset.scales
    out.print(f"{counted(summary.rated, 'row')} rated, {summary.complete:,} of them complete.", markup=False)
    if summary.complete < summary.rated and not ranges:
        out.print("Of the others, level and rating are so far; --range says what each can still become.", markup=False)
    if summary.not_asked:
        _print_not_asked(summary.not_asked, ruleset)
    if summary.repeated_count:
        first = ", ".join(summary.repeated)
        out.print(
            f"{summary.repeated_count:,} reference{' stands' if summary.repeated_count == 1 else 's stand'} "
            f"in several rows, each of which is rated: {first}"
            f"{' and others' if summary.repeated_count > len(summary.repeated) else ''}.",
            markup=False,
        )
    _print_counts(
        "Refused rows, by the answers that could be read",
        {
            labels.term(level) if level else "Nothing could be read": summary.refused_levels[level]
            for level in (*reversed(scales.urgency_ids), "")
        },
    )
    levels = [(level, state) for level in reversed(scales.urgency_ids) for state in ("sorted", "not_sorted")]
    _print_counts(
        "Urgency so far",
        {
            labels.term(level) + ("" if state == "sorted" else ", not sorted"): summary.levels.get((level, state), 0)
            for level, state in levels
        },
    )
    ratings = [*(term.id for term in scales.reported), *reversed(scales.rating_ids)]
    _print_counts("Suitability so far", {labels.term(id_): summary.ratings.get(id_, 0) for id_ in ratings})
    if summary.possible_levels:
        _print_possible(summary, labels, ruleset)
    _print_counts("Safety questions most often missing", _most(summary.missing, labels.fact))
    titles = {rule.id: rule.title for rule in ruleset.rules}
    _print_counts("Rules most often kept open by blanks", _most(summary.silent, titles.__getitem__))
    _print_counts("Other therapies to offer", _most(summary.alternatives, labels.term))
    if summary.by:
        _print_groups(summary, labels, ruleset)


def _print_not_asked(names: Sequence[str], ruleset: RuleSet) -> None:
    """Name the facts without a column; of many, only the safety questions, which are the first to add."""
    if len(names) <= MOST:
        out.print(f"Without a column, so not asked: {', '.join(names)}.", markup=False)
        return
    safety = [name for name in names if ruleset.vocabulary[name].can_be_core]
    out.print(f"{len(names)} questions have no column, so they are not asked.", markup=False)
    if safety:
        out.print(f"Safety questions among them: {', '.join(safety)}.", markup=False)


def _print_possible(summary: Summary, labels: Labels, ruleset: RuleSet) -> None:
    """Print how many incomplete referrals can still become each level and rating."""
    incomplete = counted(summary.rated - summary.complete, "incomplete referral")
    out.print(
        f"For {summary.settled:,} of {incomplete} no open question can change urgency or suitability. "
        "A referral counts at each step that it can still reach.",
        markup=False,
    )
    for title, ids, counts in (
        ("Urgency that incomplete referrals can still become", ruleset.scales.urgency_ids, summary.possible_levels),
        ("Suitability that they can still become", ruleset.scales.rating_ids, summary.possible_ratings),
    ):
        _print_counts(title, {labels.term(id_): counts[id_] for id_ in reversed(ids)})


def _print_groups(summary: Summary, labels: Labels, ruleset: RuleSet) -> None:
    out.print(f"Urgency so far by {summary.by}", style="table.title", markup=False)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    levels = [*reversed(ruleset.scales.urgency_ids)]
    for heading in (str(summary.by), *map(labels.term, levels), "Of these not sorted"):
        table.add_column(heading, justify="left" if heading == summary.by else "right", overflow="fold")
    groups = sorted(summary.groups.items(), key=lambda group: (-group[1].total(), group[0]))
    for name, outcomes in groups[:GROUPS]:
        by_level = {level: sum(n for (of, *_), n in outcomes.items() if of == level) for level in levels}
        unsorted = sum(count for (_, state, _), count in outcomes.items() if state == "not_sorted")
        table.add_row(name or "(empty)", *(f"{count:,}" for count in (*by_level.values(), unsorted)))
    out.print(table)
    if len(groups) > GROUPS:
        out.print(f"{len(groups) - GROUPS:,} more values of {summary.by} are not shown.", markup=False)


def _most(counts: Mapping[str, int], label: Callable[[str], str]) -> dict[str, int]:
    """The highest counts, by label."""
    most = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))[:MOST]
    return {label(id_): count for id_, count in most}


def _print_counts(title: str, counts: dict[str, int]) -> None:
    shown = {name: count for name, count in counts.items() if count}
    if not shown:
        return
    out.print(title, style="table.title")
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in shown.items():
        table.add_row(name, f"{count:,}")
    out.print(table)
