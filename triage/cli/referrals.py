"""What the commands about referrals share: reading files of them, and telling those that got no answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import UNSET

from triage.answer.assess import Assessor
from triage.answer.problem_urgency import urgency_of_refused, urgency_of_unanswered
from triage.cli.common import err, printable
from triage.model.written import Written, encode
from triage.presenting.labels import Labels
from triage.presenting.problems import Unanswered, failed, refusal
from triage.presenting.urgency import urgency_in_one_line
from triage.reading.referral import Referral, RefusedReferral
from triage.reading.referral_files import Read, read_referrals
from triage.reading.referral_reader import ReferralReader

LINES_SUFFIXES = (".jsonl", ".ndjson")


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


def refused_referral(refused: RefusedReferral, line: int | None, assessor: Assessor) -> Unanswered:
    """What is returned for a refused referral: the problem, with the urgency where its text could be read."""
    urgency = urgency_of_refused(assessor, refused)
    return Unanswered(refused.reference, refusal(refused, urgency, line=UNSET if line is None else line))


def failed_referral(referral: Referral, failure: Exception, assessor: Assessor) -> Unanswered:
    """What is returned for a referral on which an engine failed: the problem, with the urgency found so far."""
    return Unanswered(referral.reference, failed(failure, urgency_of_unanswered(assessor, referral, failure)))


def tell_unanswered(name: str, read: Read, unanswered: Unanswered, labels: Labels) -> None:
    """Say on standard error how urgent the referral is, before what was wrong with it."""
    where = "standard input" if name == "-" else name
    if read.line is not None:
        where += f", line {read.line}"
    whose = f" ({unanswered.reference})" if unanswered.reference else ""
    urgency, detail = unanswered.error.urgency, unanswered.error.detail
    first = "" if urgency is UNSET else f"{urgency_in_one_line(urgency, labels)} "
    refused = "refused. " if read.referral is None else ""
    err.print(printable(f"{where}{whose}: {first}{refused.capitalize() if first else refused}{detail}"), markup=False)


def print_line(answer: Written) -> None:
    """Print an answer as one line of JSON."""
    sys.stdout.buffer.write(encode(answer) + b"\n")
    sys.stdout.buffer.flush()
