"""``triage assess``: referrals from files or standard input, an answer for each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from msgspec import UNSET

from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Answer
from triage.answer.problem_urgency import urgency_of_refused, urgency_of_unanswered
from triage.cli.common import RulesFolder, checked_ruleset, err, out, printable, read_settings
from triage.cli.page import print_page
from triage.model.written import encode
from triage.presenting.labels import Labels
from triage.presenting.problems import Unanswered, failed, refusal
from triage.presenting.urgency import urgency_in_one_line
from triage.reading.referral_files import Read, read_referrals
from triage.reading.referral_reader import ReferralReader
from triage.settings import PUBLISHED

LINES_SUFFIXES = (".jsonl", ".ndjson")


def assess(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="JSON or JSON Lines; - is standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON for each referral, in order.")] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Rate referrals and say how soon a clinician must act.

    Exits with 2 if any was refused; the others are answered all the same.
    """
    ruleset = checked_ruleset(rules)
    reader = ReferralReader(ruleset.vocabulary)
    settings = read_settings()
    assessor = build_assessor(ruleset, settings)
    refused = 0
    for name, read in referrals_of(files, reader):
        if read is None:
            refused += 1
            continue
        answer = _answer(read, assessor)
        if isinstance(answer, Unanswered):
            refused += 1
            _tell_refusal(name, read, answer, Labels(ruleset))
        if as_json:
            _print_line(answer)
        elif isinstance(answer, Answer):
            print_page(answer, ruleset, out)
    if refused:
        raise typer.Exit(2)


def _answer(read: Read, assessor: Assessor) -> Answer | Unanswered:
    """The answer, or the problem in its place; a failure of an engine on one referral loses no other."""
    if read.referral is None:
        assert read.refused is not None
        line = UNSET if read.line is None else read.line
        urgency = urgency_of_refused(assessor, read.refused)
        return Unanswered(read.refused.reference, refusal(read.refused, urgency, line=line))
    try:
        return assessor.assess(read.referral)
    except Exception as failure:
        urgency = urgency_of_unanswered(assessor, read.referral, failure)
        return Unanswered(read.referral.reference, failed(failure, urgency))


def referrals_of(files: list[str], reader: ReferralReader) -> Iterator[tuple[str, Read | None]]:
    """Every referral of every file with the file's name; None for a file that can't be read."""
    for name in files:
        text = _text_of(name)
        if text is None:
            yield name, None
        else:
            lines = True if name.endswith(LINES_SUFFIXES) else None
            yield from ((name, read) for read in read_referrals(text, reader, lines=lines))


def _text_of(name: str) -> str | None:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        err.print(f"{name}: the file can't be read: {error.strerror}.", markup=False)
        return None
    return content.decode("utf-8-sig", errors="surrogateescape")


def _tell_refusal(name: str, read: Read, unanswered: Unanswered, labels: Labels) -> None:
    """Say how urgent the referral is, before what was wrong with it."""
    where = "standard input" if name == "-" else name
    if read.line is not None:
        where += f", line {read.line}"
    whose = f" ({unanswered.reference})" if unanswered.reference else ""
    urgency, detail = unanswered.error.urgency, unanswered.error.detail
    first = "" if urgency is UNSET else f"{urgency_in_one_line(urgency, labels)} "
    refused = "refused. " if read.referral is None else ""
    err.print(printable(f"{where}{whose}: {first}{refused.capitalize() if first else refused}{detail}"), markup=False)


def _print_line(answer: Answer | Unanswered) -> None:
    sys.stdout.buffer.write(encode(answer) + b"\n")
    sys.stdout.buffer.flush()
