"""Rated tables that someone asked to keep: what they come to and their outcomes, for whoever kept them alone."""

from __future__ import annotations

import csv
import gzip
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select

from api.actor import Actor
from api.records.refused import not_found, wrong_field
from api.records.service import Records
from api.records.times import stored
from api.storage.tables import kept_tables
from api.storage.transaction import Transaction
from triage.model.ruleset import RuleSet

LARGEST_KEPT = 20_000_000
"""The most bytes of outcomes, compressed: those of some hundred thousand referrals."""
LONGEST_NAME = 200
_LISTED = [kept_tables.c[name] for name in ("id", "name", "kept_at", "expires_at", "ruleset_version", "rated")]
_FILES = {"outcomes.csv": "outcomes", "refused.csv": "refusals"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be kept of a table: a name, what the page shows of it, its files, and the references in them."""

    name: str
    summary: dict[str, Any]
    outcomes: bytes
    refusals: bytes | None
    reference_list: bytes


def packed(name: str, summary: dict[str, Any], outcomes: Path, refusals: Path) -> Kept:
    """What is to be kept of a table, compressed. Raises a RecordProblem where it has no name or is too large."""
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        raise wrong_field("/name", "wrong-value", f"Give the table a name of 1 to {LONGEST_NAME} characters.")
    files = [path for path in (outcomes, refusals) if path.exists()]
    references = sorted({reference for path in files for reference in _references(path)})
    compressed = list(map(_compressed, files))
    if sum(map(len, compressed)) > LARGEST_KEPT:
        raise wrong_field("/name", "too-large", "The outcomes are too large to be kept: download them instead.")
    listed = gzip.compress(json.dumps(references).encode(), mtime=0)
    return Kept(name, summary, compressed[0], compressed[1] if len(files) > 1 else None, listed)


def _compressed(path: Path) -> bytes:
    target = BytesIO()
    with path.open("rb") as file, gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6, mtime=0) as packing:
        copyfileobj(file, packing)
    return target.getvalue()


def _references(path: Path) -> Sequence[str]:
    with path.open(encoding="utf-8", newline="") as file:
        cells = [row["reference"] for row in csv.DictReader(file) if row["reference"]]
    return [*cells, *(cell[1:] for cell in cells if cell[0] == "'" and cell[1:])]  # as sent: see without_formulas


def keep(service: Records, actor: Actor, table: Kept, ruleset: RuleSet) -> Callable[[Transaction], str]:
    """The write that keeps a table; it gives its id."""
    id_ = str(uuid.uuid4())

    def work(transaction: Transaction) -> str:
        now, summary = service.now(), table.summary
        transaction.insert(
            kept_tables,
            id=id_,
            tenant=actor.tenant,
            kept_by=actor.id,
            name=table.name,
            kept_at=stored(now),
            expires_at=stored(now + timedelta(days=service.settings.table_days)),
            ruleset_version=ruleset.version,
            ruleset_digest=ruleset.digest,
            rated=summary["rated"],
            refused=summary["refused"],
            summary=json.dumps(summary).encode(),
            outcomes=table.outcomes,
            refusals=table.refusals,
            reference_list=table.reference_list,
        )
        transaction.audit(stored(now), actor, "table-kept", id_, rated=summary["rated"], refused=summary["refused"])
        return id_

    return work


def own_tables(service: Records, actor: Actor) -> Callable[[Connection], Sequence[Row[Any]]]:
    """The read that lists what someone kept, the newest first."""
    wanted = select(*_LISTED).where(_of(actor), kept_tables.c.expires_at > service.at())
    return lambda connection: connection.execute(wanted.order_by(kept_tables.c.kept_at.desc())).all()


def read_table(service: Records, actor: Actor, id_: str) -> Callable[[Transaction], Row[Any]]:
    """The write that reads a kept table, without its files. Raises a RecordProblem where the actor kept none such."""
    columns = [*_LISTED, kept_tables.c.summary, kept_tables.c.refusals.is_not(None).label("has_refused")]
    return lambda transaction: _read(service, transaction, actor, id_, columns, "table-read")


def read_file(service: Records, actor: Actor, id_: str, name: str) -> Callable[[Transaction], bytes]:
    """The write that reads a file of a kept table, compressed by gzip. Raises a RecordProblem where there is none."""

    def work(transaction: Transaction) -> bytes:
        if name not in _FILES:
            raise not_found("file", name)
        row = _read(service, transaction, actor, id_, [kept_tables.c[_FILES[name]].label("file")], "table-downloaded")
        if row.file is None:
            raise not_found("file", name)
        return bytes(row.file)

    return work


def _read(
    service: Records, transaction: Transaction, actor: Actor, id_: str, columns: Sequence[Any], action: str
) -> Row[Any]:
    wanted = select(*columns).where(_of(actor), kept_tables.c.id == id_, kept_tables.c.expires_at > service.at())
    row = transaction.execute(wanted).first()
    if row is None:
        raise not_found("kept table", id_)
    transaction.audit(service.at(), actor, action, id_)
    return row


def delete_table(service: Records, actor: Actor, id_: str) -> Callable[[Transaction], None]:
    """The write that deletes a kept table. Raises a RecordProblem where the actor kept none such."""

    def work(transaction: Transaction) -> None:
        _read(service, transaction, actor, id_, [kept_tables.c.id], "table-deleted")
        _delete(transaction, id_)

    return work


def expire_tables(service: Records, actor: Actor) -> Callable[[Transaction], int]:
    """The write that deletes the tables whose time is over."""

    def work(transaction: Transaction) -> int:
        old = select(kept_tables.c.id).where(kept_tables.c.expires_at <= service.at())
        ids = list(transaction.execute(old).scalars())
        for id_ in ids:
            _delete(transaction, id_)
            transaction.audit(service.at(), actor, "table-expired", id_)
        return len(ids)

    return work


def erase_from_tables(service: Records, transaction: Transaction, actor: Actor, reference: str) -> int:
    """Delete the kept tables of a clinic that hold a reference; gives how many."""
    own = select(kept_tables.c.id, kept_tables.c.reference_list).where(kept_tables.c.tenant == actor.tenant)
    holding = [
        row.id for row in transaction.execute(own) if reference in json.loads(gzip.decompress(row.reference_list))
    ]
    for id_ in holding:
        _delete(transaction, id_)
        transaction.audit(service.at(), actor, "table-erased", id_)
    return len(holding)


def _of(actor: Actor) -> ColumnElement[bool]:
    return (kept_tables.c.tenant == actor.tenant) & (kept_tables.c.kept_by == actor.id)


def _delete(transaction: Transaction, id_: str) -> None:
    transaction.execute(delete(kept_tables).where(kept_tables.c.id == id_))
