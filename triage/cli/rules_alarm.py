"""``triage rules alarm``: how often each level and rating is given, and which rules alone make it so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from triage.check.alarm import REFERRALS, SEED, alarm_report
from triage.cli.common import RulesFolder, checked_ruleset, out, tell_faults
from triage.model.alarm import AlarmReport, StoredAlarm
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.presenting.labels import Labels
from triage.reading.alarm_file import write_alarm
from triage.reading.frequencies_file import read_frequencies
from triage.settings import PUBLISHED

FREQUENCIES = Path("examples/frequencies.yaml")


def alarm(
    frequencies: Annotated[Path, typer.Option(help="A file of how often each answer is given.")] = FREQUENCIES,
    count: Annotated[int, typer.Option(min=1, help="How many referrals are drawn.")] = REFERRALS,
    seed: Annotated[int, typer.Option(help="The seed of the draw.")] = SEED,
    store: Annotated[
        bool, typer.Option("--store", help="Keep the report beside the rules, where /about reads it.")
    ] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Say how often each level and rating is given where everything is asked, and which rules alone make it so."""
    ruleset = checked_ruleset(rules)
    try:
        frequent = read_frequencies(frequencies, ruleset.vocabulary)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(2) from faulty
    report = alarm_report(ruleset, frequent, count, seed)
    labels = Labels(ruleset)
    out.print(f"{report.count} referrals, drawn from {frequencies.name}; everything is asked.", markup=False)
    _tell_shares("Urgency", report.levels, report.count, labels)
    _tell_shares("Rating, as if nothing were held back", report.ratings, report.count, labels)
    _tell_dangers(report, ruleset, labels)
    _tell_causes(report, ruleset, labels)
    if store:
        day = datetime.now(UTC).date().isoformat()
        stored = StoredAlarm(day, ruleset.version, ruleset.digest, frequencies.name, seed, report)
        out.print(f"Stored in {write_alarm(stored, rules)}.", markup=False, soft_wrap=True)


def _tell_shares(title: str, counts: Mapping[str, int], whole: int, labels: Labels) -> None:
    out.print(f"\n{title}:")
    for id_, number in counts.items():
        out.print(f"  {labels.term(id_):<16} {number / whole:6.1%}")


def _tell_dangers(report: AlarmReport, ruleset: RuleSet, labels: Labels) -> None:
    """Of each danger: the share of referrals that its rules put at a level or above, and that no other danger does."""
    out.print("\nDangers: makes it so or above / alone does:")
    levels = ruleset.scales.urgency_ids[2:]
    table = Table("", *map(labels.term, levels), box=None, pad_edge=False)
    for share in report.dangers:
        shares = (
            f"{share.any_from[level] / report.count:.1%} / {share.alone_from[level] / report.count:.1%}"
            for level in levels
        )
        table.add_row(Text(labels.term(share.danger), no_wrap=True), *shares)
    out.print(table, soft_wrap=True)


def _tell_causes(report: AlarmReport, ruleset: RuleSet, labels: Labels) -> None:
    """Of each urgency rule that fired: its level, and the referrals where no other rule is as urgent."""
    out.print("\nRules: fired, only cause of the level; alone makes it so or above:")
    levels = ruleset.scales.urgency_ids[2:]
    table = Table("", "", "fired", "only", *map(labels.term, levels), box=None, pad_edge=False)
    for cause in report.causes:
        counts = (cause.fired, cause.only_cause, *(cause.alone_from[level] for level in levels))
        table.add_row(Text(cause.rule, no_wrap=True), Text(labels.term(cause.level), no_wrap=True), *map(str, counts))
    out.print(table, soft_wrap=True)
