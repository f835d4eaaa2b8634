"""Read referrals from JSON or JSON Lines. A faulty referral does not keep the others from being read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any

from triage.reading.json_text import parse_json
from triage.reading.referral import Referral, RefusedReferral
from triage.reading.referral_reader import ReferralReader


@dataclass(frozen=True, slots=True)
class Read:
    """One referral of a file, or why it was refused. ``line`` is its line in JSON Lines, counted from 1."""

    referral: Referral | None
    refused: RefusedReferral | None
    line: int | None = None


def read_referrals(text: str, reader: ReferralReader, *, lines: bool | None = None) -> Iterator[Read]:
    """Read every referral of a text, in order.

    ``lines`` says whether the text is JSON Lines. With None, it is JSON Lines if the whole is not JSON and one of its
    first two filled lines is a JSON object; otherwise it is JSON, one referral or a list of them.
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
    return any(_parses(line, dict) for line in filled[:2]) and not _parses(text, dict | list)


def _parses(text: str, kind: type | UnionType) -> bool:
    try:
        return isinstance(parse_json(text), kind)
    except RefusedReferral:
        return False


def _read_document(text: str, reader: ReferralReader) -> Iterator[Read]:
    try:
        data = parse_json(text)
    except RefusedReferral as refused:
        yield Read(None, refused)
        return
    if isinstance(data, list):
        for entry in data:
            yield _checked(entry, reader, None)
        return
    yield _checked(data, reader, None)


def _read_one(line: str, reader: ReferralReader, number: int) -> Read:
    try:
        return _checked(parse_json(line), reader, number)
    except RefusedReferral as refused:
        return Read(None, refused, number)


def _checked(data: Any, reader: ReferralReader, number: int | None) -> Read:
    try:
        return Read(reader.read(data), None, number)
    except RefusedReferral as refused:
        return Read(None, refused, number)
