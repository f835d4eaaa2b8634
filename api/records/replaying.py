"""Replaying: a stored referral is answered again under the rules of its time, and every difference is named."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from api.actor import Actor
from api.records.reading import row_of
from api.records.refused import not_found
from api.records.rule_sets import unpacked
from api.records.service import Records, settings_with
from api.storage.tables import rule_sets, versions
from api.storage.transaction import Transaction
from triage.answer.assess import Assessor, build_assessor
from triage.model.written import Written, encode
from triage.reading.json_text import parse_json
from triage.settings import Settings

_KEPT_READY = 2
"""How many assessors of older rules are kept ready."""
_MOST_DIFFERENCES = 100
_AT_ONCE = 200


class Difference(Written, frozen=True):
    """Where an answer differs: the JSON pointer, what was stored, and what comes out now."""

    pointer: str
    stored: Any
    now: Any


class Replay(Written, frozen=True):
    """What replaying a version came to. ``same`` says that the answer is the stored one, byte for byte.

    ``failure`` says why there was no answer to compare.
    """

    id: str
    version: int
    ruleset_version: str
    ruleset_digest: str
    made_with: dict[str, Any]
    same: bool
    differences: tuple[Difference, ...] = ()
    failure: str | None = None


@dataclass
class Replayer:
    """Answers stored referrals again. One thread at a time: the engines of older rules are its own."""

    settings: Settings
    _ready: OrderedDict[tuple[str, str], Assessor] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def replay(self, row: Row[Any], files_of: Callable[[str], bytes]) -> Replay:
        """Answer the referral of a version again. ``files_of`` gives the files of a kept rule set."""
        named = (row.record_id, row.number, row.ruleset_version, row.ruleset_digest, json.loads(row.made_with))
        try:
            with self._lock:
                assessor = self._assessor(row, files_of)
                answer = encode(assessor.assess(assessor.reader.read(parse_json(row.referral))))
        except Exception as failure:  # whatever fails, the others are replayed; its text may repeat answers
            return Replay(*named, same=False, failure=type(failure).__name__)
        if answer == row.answer:
            return Replay(*named, same=True)
        return Replay(*named, same=False, differences=differences(json.loads(row.answer), json.loads(answer)))

    def _assessor(self, row: Row[Any], files_of: Callable[[str], bytes]) -> Assessor:
        words = json.dumps(json.loads(row.made_with)["words"], sort_keys=True)
        key = (row.ruleset_digest, words)
        if key not in self._ready:
            ruleset = unpacked(files_of(row.ruleset_digest))
            if ruleset.digest != row.ruleset_digest:
                raise ValueError("the kept rule set is not the one that its digest names")
            self._ready[key] = build_assessor(ruleset, settings_with(self.settings, row.made_with))
        self._ready.move_to_end(key)
        if len(self._ready) > _KEPT_READY:
            self._ready.popitem(last=False)
        return self._ready[key]


def differences(stored: Any, now: Any) -> tuple[Difference, ...]:
    """Where two JSON values differ, each with its pointer."""
    return tuple(_differences("", stored, now))[:_MOST_DIFFERENCES]


def _differences(pointer: str, stored: Any, now: Any) -> Iterator[Difference]:
    if isinstance(stored, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*stored, *now)):
            yield from _differences(f"{pointer}/{name}", stored.get(name), now.get(name))
    elif isinstance(stored, list) and isinstance(now, list):
        for place, (before, after) in enumerate(zip_longest(stored, now)):
            yield from _differences(f"{pointer}/{place}", before, after)
    elif stored != now:
        yield Difference(pointer, stored, now)


def version_to_replay(
    service: Records, actor: Actor, id_: str, number: int | None
) -> Callable[[Transaction], tuple[Row[Any], bytes]]:
    """The write that reads a version to be replayed, with the files of its rules; the audit keeps that it was."""

    def work(transaction: Transaction) -> tuple[Row[Any], bytes]:
        record = row_of(transaction, actor, id_)
        wanted = record.version if number is None else number
        is_one = 0 < wanted <= record.version  # asked first: a database takes no number of any size
        row = transaction.execute(_VERSION, {"id": id_, "number": wanted}).first() if is_one else None
        if row is None:
            raise not_found("version", str(wanted))
        transaction.audit(service.at(), actor, "replayed", id_, version=wanted)
        return row, transaction.execute(_FILES, {"digest": row.ruleset_digest}).scalar_one()

    return work


_VERSION = select(versions).where(versions.c.record_id == bindparam("id"), versions.c.number == bindparam("number"))
_FILES = select(rule_sets.c.files).where(rule_sets.c.digest == bindparam("digest"))


def count_of_all(connection: Connection) -> int:
    """How many versions can be replayed."""
    return int(connection.execute(select(func.count()).where(versions.c.salt.is_not(None))).scalar_one())


def replay_all(connection: Connection, settings: Settings) -> Iterator[Replay]:
    """Replay every version that is kept, those of one rule set after each other."""
    replayer = Replayer(settings)
    files: dict[str, bytes] = {}

    def files_of(digest: str) -> bytes:
        if digest not in files:
            files[digest] = connection.execute(_FILES, {"digest": digest}).scalar_one()
        return files[digest]

    kept = select(versions).where(versions.c.salt.is_not(None))
    order = (versions.c.ruleset_digest, versions.c.made_with, versions.c.record_id, versions.c.number)
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(kept.order_by(*order)):
        yield replayer.replay(row, files_of)
