"""``triage explain``: what would change a rating, and why it is not another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from triage.analysis.explained import Explained, OtherRating, WhyNot
from triage.answer.assess import Assessor, build_assessor
from triage.cli.common import RulesFolder, checked_ruleset, out, printable, read_settings
from triage.cli.referrals import failed_referral, print_line, referrals_of, refused_referral, tell_unanswered
from triage.presenting.labels import Labels
from triage.presenting.problems import Unanswered
from triage.reading.referral_files import Read
from triage.settings import PUBLISHED

if TYPE_CHECKING:
    from triage.analysis.counterfactual import Explorer

SHOWN = 3


def explain(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="JSON or JSON Lines; - is standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON for each referral, in order.")] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Say what would change a rating and why it is not another.

    Varies only unanswered facts and those that can be changed: treatment, delivery, focus. Exits with 2 if any referral
    was refused; the others are explained all the same.
    """
    from triage.analysis.counterfactual import Explorer  # here, so that the other commands start without the solver

    ruleset = checked_ruleset(rules)
    assessor, explorer, labels = build_assessor(ruleset, read_settings()), Explorer(ruleset), Labels(ruleset)
    refused = 0
    for name, read in referrals_of(files, assessor.reader):
        if read is None:
            refused += 1
            continue
        explained = _explained(read, explorer, assessor)
        if isinstance(explained, Unanswered):
            refused += 1
            tell_unanswered(name, read, explained, labels)
        if as_json:
            print_line(explained)
        elif isinstance(explained, Explained):
            _print(explained, labels)
    if refused:
        raise typer.Exit(2)


def _explained(read: Read, explorer: Explorer, assessor: Assessor) -> Explained | Unanswered:
    """What would change the rating, or the problem in its place; a failure on one referral loses no other."""
    if read.referral is None:
        assert read.refused is not None
        return refused_referral(read.refused, read.line, assessor)
    try:
        return explorer.explain(read.referral)
    except Exception as failure:
        return failed_referral(read.referral, failure, assessor)


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
