"""``triage assess``: referrals from files or standard input, an answer for each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from triage.answer.assess import Assessor
from triage.answer.service import build_assessor
from triage.cli.common import RulesFolder, checked_ruleset, err, out, read_settings
from triage.cli.page import print_page
from triage.presenting.problems import failed, problem
from triage.reading.referral import ReferralReader
from triage.reading.referral_files import Read, read_referrals
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
        if "error" in answer:
            refused += 1
            _tell_refusal(name, read, answer["error"])
        if as_json:
            _print_line(answer)
        elif "error" not in answer:
            print_page(answer, ruleset, out)
    if refused:
        raise typer.Exit(2)


def _answer(read: Read, assessor: Assessor) -> dict[str, Any]:
    """The answer, or the problem in its place; a failure of an engine on one referral loses no other."""
    if read.referral is None:
        assert read.refused is not None
        return {"reference": read.refused.reference, "error": problem(read.refused, read.line)}
    try:
        return assessor.assess(read.referral)
    except Exception as failure:
        return {"reference": read.referral.reference, "error": failed(failure)}


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


def _tell_refusal(name: str, read: Read, said: dict[str, Any]) -> None:
    where = "standard input" if name == "-" else name
    if read.line is not None:
        where += f", line {read.line}"
    reference = read.referral.reference if read.referral else read.refused.reference if read.refused else None
    whose = f" ({reference})" if reference else ""
    said_of_it = (
        f"{said['detail']} {said['hand_over']['action']}" if "hand_over" in said else f"refused. {said['detail']}"
    )
    err.print(f"{where}{whose}: {said_of_it}", markup=False)


def _print_line(data: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(data) + b"\n")
    sys.stdout.buffer.flush()
