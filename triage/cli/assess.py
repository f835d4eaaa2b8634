"""``triage assess``: referrals from files or standard input, an answer for each."""

from __future__ import annotations

from typing import Annotated

import typer

from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Answer
from triage.cli.common import RulesFolder, checked_ruleset, out, read_settings
from triage.cli.page import print_page
from triage.cli.referrals import failed_referral, print_line, referrals_of, refused_referral, tell_unanswered
from triage.presenting.labels import Labels
from triage.presenting.problems import Unanswered
from triage.reading.referral_files import Read
from triage.settings import PUBLISHED


def assess(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="JSON or JSON Lines; - is standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON for each referral, in order.")] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Rate referrals and say how soon a clinician must act.

    Exits with 2 if any was refused; the others are answered all the same.
    """
    ruleset = checked_ruleset(rules)
    assessor = build_assessor(ruleset, read_settings())
    refused = 0
    for name, read in referrals_of(files, assessor.reader):
        if read is None:
            refused += 1
            continue
        answer = _answer(read, assessor)
        if isinstance(answer, Unanswered):
            refused += 1
            tell_unanswered(name, read, answer, Labels(ruleset))
        if as_json:
            print_line(answer)
        elif isinstance(answer, Answer):
            print_page(answer, ruleset, out)
    if refused:
        raise typer.Exit(2)


def _answer(read: Read, assessor: Assessor) -> Answer | Unanswered:
    """The answer, or the problem in its place; a failure of an engine on one referral loses no other."""
    if read.referral is None:
        assert read.refused is not None
        return refused_referral(read.refused, read.line, assessor)
    try:
        return assessor.assess(read.referral)
    except Exception as failure:
        return failed_referral(read.referral, failure, assessor)
