"""What the command line does with the records of this machine's service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, select

from api.actor import COMMAND_LINE, LOCAL_PERSON, Actor
from api.records.replaying import Replay, count_of_all, replay_all
from api.records.service import database_address
from api.records.sign_offs import SignOff, standing
from api.records.times import stored
from api.storage.audit import Head, Verified, verify
from api.storage.backup import NoBackup, copy, file_of, put_back, read_only, refuse_damaged
from api.storage.database import Database, StorageUnavailable
from api.storage.schema import NewerDatabase
from api.storage.tables import records, versions
from api.storage.transaction import Transaction
from triage.settings import Settings, now


class UnreadableRecords(Exception):
    """The records of this machine's service can't be read, and why."""


@contextmanager
def _open(settings: Settings) -> Iterator[Database]:
    """The database of the records. Raises UnreadableRecords."""
    try:
        database = Database(database_address(settings))
        try:
            yield database
        finally:
            database.close()
    except (StorageUnavailable, NewerDatabase) as error:
        raise UnreadableRecords(error) from error


@contextmanager
def reading(settings: Settings) -> Iterator[Connection]:
    """A connection to the records. Raises UnreadableRecords."""
    with _open(settings) as database, database.reading() as connection:
        yield connection


def opened(settings: Settings) -> None:
    """Open the records once, which makes and migrates the database. Raises UnreadableRecords."""
    with reading(settings):
        pass


def verified(settings: Settings, expected: Head | None = None) -> Verified:
    """Verify the whole audit."""
    with reading(settings) as connection:
        return verify(connection, expected)


def replays(settings: Settings) -> tuple[int, Iterator[Replay]]:
    """The number of versions, and what replaying each of them comes to."""
    with reading(settings) as connection:
        count = count_of_all(connection)
    return count, _replayed(settings)


def _replayed(settings: Settings) -> Iterator[Replay]:
    with reading(settings) as connection:
        yield from replay_all(connection, settings)


def stored_referrals(settings: Settings) -> list[bytes]:
    """The newest referral of each record, as given."""
    newest = (versions.c.record_id == records.c.id) & (versions.c.number == records.c.version)
    with reading(settings) as connection:
        kept = select(versions.c.referral).join(records, newest).where(versions.c.salt.is_not(None))
        return list(connection.execute(kept.order_by(records.c.id)).scalars())


def back_up(settings: Settings, target: Path) -> Head:
    """Copy the records to a new file while the service runs; gives the head of the audit in the copy.

    Raises NoBackup, or UnreadableRecords.
    """
    if target.exists():
        raise NoBackup(f"{target} exists already. Name a new file, so that no backup is lost.")
    file = file_of(database_address(settings))
    _note(settings, "backed-up")
    copy(file, target)
    try:
        with read_only(target) as connection:
            return _sound(verify(connection))
    except NoBackup:
        target.unlink()
        raise


@dataclass(frozen=True, slots=True)
class Restored:
    """Records put back: the head of the audit in the backup, and where the records that were there are now."""

    head: Head
    aside: Path | None


def restore(settings: Settings, backup: Path) -> Restored:
    """Put a backup in the place of the records of this machine, which stay beside it under another name.

    A backup that is damaged, or whose audit is broken, is refused. Raises NoBackup, or UnreadableRecords.
    """
    if not backup.is_file():
        raise NoBackup(f"There is no file {backup}.")
    file = file_of(database_address(settings))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_damaged(backup)
    with TemporaryDirectory(dir=file.parent) as folder:  # verified as a copy: opening it migrates it
        tried = Path(folder) / "tried.sqlite"
        copy(backup, tried)
        head = _sound(verified(settings.model_copy(update={"database_url": f"sqlite:///{tried}"})))
    aside = put_back(backup, file, f"before-{now():%Y%m%dT%H%M%S%f}")
    _note(settings, "restored", entries=head.seq)
    return Restored(head, aside)


def sign_offs(settings: Settings, tenant: str) -> tuple[SignOff, ...]:
    """What the clinicians of a clinic say of the rules and have not withdrawn, the newest first."""
    with reading(settings) as connection:
        return standing(connection, tenant)


def note_signed(settings: Settings, rules: Iterable[str]) -> None:
    """Enter in the audit which rules were signed."""
    _note(settings, "rules-signed", rules=sorted(rules))


def _note(settings: Settings, action: str, **details: Any) -> None:
    """Enter in the audit what was done with all records at once."""
    with _open(settings) as database, database.writing() as connection:
        transaction = Transaction(connection)
        by = Actor(COMMAND_LINE, "admin", LOCAL_PERSON.tenant)
        transaction.audit(stored(now()), by, action, **details)
        transaction.flush()


def _sound(checked: Verified) -> Head:
    """The head of a copy's audit. Raises NoBackup where it is broken."""
    if checked.broken is not None:
        raise NoBackup(f"The audit of the copy is broken at entry {checked.broken.seq}: {checked.broken.why}.")
    return checked.head
