"""Referrals from files: JSON or JSON Lines, each read by itself so that a bad one loses no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from triage.reading.json_text import parse_json
from triage.reading.referral import Referral, RefusedReferral
from triage.reading.referral_reader import ReferralReader


@dataclass(frozen=True, slots=True)
class Read:
    """One referral of a file, or why it was refused; ``line`` is its line in a file of JSON Lines."""

    referral: Referral | None
    refused: RefusedReferral | None
    line: int | None = None


def read_referrals(text: str, reader: ReferralReader, *, lines: bool | None = None) -> Iterator[Read]:
    """Read every referral of a text, in order.

    ``lines`` says whether it is JSON Lines; None finds out: text that is one JSON value is JSON, text whose first line
    is JSON by itself is JSON Lines.
    """
    if lines is None:
        lines = _looks_like_lines(text)
    if not lines:
        yield from _read_document(text, reader)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _read_one(line, reader, number)


def _looks_like_lines(text: str) -> bool:
    filled = [line for line in text.split("\n") if line.strip()]
    if len(filled) < 2:
        return False
    return any(_parses(line) for line in filled[:2]) and not _parses(text)


def _parses(text: str) -> bool:
    try:
        return isinstance(parse_json(text), dict)
    except RefusedReferral:
        return False


def _read_document(text: str, reader: ReferralReader) -> Iterator[Read]:
    try:
        data = parse_json(text)
    except RefusedReferral as refused:
        yield Read(None, refused)
        return
    if isinstance(data, list):
        for each in data:
            yield _admitted(each, reader, None)
        return
    yield _admitted(data, reader, None)


def _read_one(line: str, reader: ReferralReader, number: int) -> Read:
    try:
        return _admitted(parse_json(line), reader, number)
    except RefusedReferral as refused:
        return Read(None, refused, number)


def _admitted(data: Any, reader: ReferralReader, number: int | None) -> Read:
    try:
        return Read(reader.read(data), None, number)
    except RefusedReferral as refused:
        return Read(None, refused, number)
