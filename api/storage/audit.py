"""The audit: entries chained by digests over canonical JSON, so that a changed or missing one is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from api.storage.tables import audit, versions

BEGINNING = "sha256:" + "0" * 64
"""What the first entry names as the digest before it."""
_READ_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the number, time and digest of the last entry."""

    seq: int = 0
    at: str = ""
    hash: str = BEGINNING


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold, and why."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the chain holds. ``broken`` is None where all of it does; ``head`` is its last sound entry."""

    head: Head
    broken: Broken | None = None


def canonical(data: Mapping[str, Any]) -> str:
    """Write data as canonical JSON: sorted keys, no spaces, ASCII only."""
    return _canonical(data)


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def digest(*parts: bytes) -> str:
    """The SHA-256 digest of parts, each with its length before it, so that no two lists of parts are alike."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return f"sha256:{whole.hexdigest()}"


def entry_after(head: Head, at: str, **entry: Any) -> dict[str, Any]:
    """The row of the entry that follows ``head``. Its time is never before that of the entry before it."""
    row = {**entry, "seq": head.seq + 1, "at": max(at, head.at), "previous": head.hash}
    return {**row, "hash": digest(canonical(row).encode())}


def read_head(connection: Connection) -> Head:
    """The end of the chain."""
    last = connection.execute(_LAST).first()
    return Head() if last is None else Head(*last)


_LAST = select(audit.c.seq, audit.c.at, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)


def verify(connection: Connection, expected: Head | None = None) -> Verified:
    """Follow the chain from its beginning, and name the first broken link.

    ``expected`` is a head noted before: an entry with its number and digest must still be there, so that entries cut
    off at the end are missed. Each version that is still kept must have the digest that its entry names.
    """
    head = Head()
    digests = _digests_of_versions(connection)
    with connection.execution_options(yield_per=_READ_AT_ONCE).execute(select(audit).order_by(audit.c.seq)) as rows:
        for row in rows:
            entry = dict(row._mapping)
            why = _fault(entry, head) or _fault_of_version(entry, digests)
            if why:
                return Verified(head, Broken(int(entry["seq"]), why))
            head = Head(entry["seq"], entry["at"], entry["hash"])
            if expected is not None and head.seq == expected.seq and head.hash != expected.hash:
                return Verified(head, Broken(head.seq, "its digest is not the one that was noted"))
    if expected is not None and head.seq < expected.seq:
        return Verified(head, Broken(head.seq + 1, "it is missing, and so is every entry up to the one noted"))
    if digests:
        record, number = next(iter(digests))
        return Verified(head, Broken(head.seq, f"no entry names version {number} of record {record}"))
    return Verified(head)


def _fault(entry: Mapping[str, Any], head: Head) -> str:
    if entry["seq"] != head.seq + 1:
        return f"entry {head.seq + 1} is missing before it"
    if entry["previous"] != head.hash:
        return "it does not follow the entry before it"
    without_hash = {name: value for name, value in entry.items() if name != "hash"}
    if digest(canonical(without_hash).encode()) != entry["hash"]:
        return "its content was changed"
    return ""


Digests = dict[tuple[str, int], tuple[str, str | None]]
"""Of each version by record and number: the digest in its row, and the digest of what it holds, None once erased."""


def _digests_of_versions(connection: Connection) -> Digests:
    rows = connection.execution_options(yield_per=_READ_AT_ONCE).execute(select(versions))
    return {(row.record_id, row.number): (row.digest, _held(row)) for row in rows}


def _held(row: Any) -> str | None:
    return None if row.salt is None else digest(row.salt, row.referral, row.answer)


def _fault_of_version(entry: Mapping[str, Any], digests: Digests) -> str:
    """What is wrong with the version that an entry names; the version is taken out of ``digests``."""
    named = json.loads(entry["details"])
    if "digest" not in named:
        return ""
    kept = digests.pop((entry["record_id"], named["version"]), None)
    if kept is None:
        return f"version {named['version']} of record {entry['record_id']} is missing"
    if any(value not in (None, named["digest"]) for value in kept):
        return f"version {named['version']} of record {entry['record_id']} was changed"
    return ""
