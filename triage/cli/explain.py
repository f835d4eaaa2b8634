"""``triage explain``: what would change a rating, and why it is not another."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from triage.analysis.explained import Explained, OtherRating, WhyNot
from triage.cli.assess import referrals_of
from triage.cli.common import RulesFolder, checked_ruleset, err, out, printable
from triage.model.written import encode
from triage.presenting.labels import Labels
from triage.presenting.problems import refusal
from triage.reading.referral_reader import ReferralReader
from triage.settings import PUBLISHED

SHOWN = 3


def explain(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="JSON or JSON Lines; - is standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON for each referral, in order.")] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Say what would change a rating and why it is not another.

    Varies only unanswered facts and those that can be changed: treatment, delivery, focus.
    """
    from triage.analysis.counterfactual import Explorer  # here, so that the other commands start without the solver

    ruleset = checked_ruleset(rules)
    explorer = Explorer(ruleset)
    refused = 0
    for name, read in referrals_of(files, ReferralReader(ruleset.vocabulary)):
        if read is None or read.referral is None:
            refused += 1
            if read is not None and read.refused is not None:
                err.print(printable(f"{name}: refused. {refusal(read.refused).detail}"), markup=False)
            continue
        explained = explorer.explain(read.referral)
        if as_json:
            sys.stdout.buffer.write(encode(explained) + b"\n")
        else:
            _print(explained, Labels(ruleset))
    if refused:
        raise typer.Exit(2)


def _print(explained: Explained, labels: Labels) -> None:
    _line(printable(explained.reference or "Referral without a reference"), 0)
    if explained.held:
        _line("On hold: safety first. What would change the rating is told when the person is safe.", 2)
        return
    _line(f"Rating so far: {labels.term(explained.rating_so_far)}", 0)
    for other in explained.other_ratings:
        _line(f"{labels.term(other.rating)}: {_changes(other, labels)}", 1)
        for reason in _why_not(other.why_not):
            _line(reason, 4)


def _changes(other: OtherRating, labels: Labels) -> str:
    if not other.proved:
        return "the solver had no time to say."
    if not other.possible:
        return "nothing that could still be answered or changed gives this."
    changes = []
    for change in other.changes:
        before = "" if change.from_ is None else f"from {labels.answer(change.fact, change.from_)} "
        changes.append(f"{labels.fact(change.fact)} {before}to {labels.answer(change.fact, change.to)}")
    return "with " + "; ".join(changes) + ". No fewer changes do."


def _why_not(why: WhyNot) -> list[str]:
    reasons = [f"Held by {limit.rule}" + (f", until {limit.until}" if limit.until else "") for limit in why.held_by]
    reasons += [f"Carried above it by {support.rule}" for support in why.carried_by[:SHOWN]]
    for rule in why.lacking[:SHOWN]:
        needs = "; ".join(condition.needs for condition in rule.conditions)
        reasons.append(f"{rule.title} would need {needs}")
    return reasons


def _line(text: str, indent: int) -> None:
    out.print(Padding(Text(text), (0, 0, 0, indent)))
