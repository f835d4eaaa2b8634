"""What the command line does with the records of this machine's service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from api.records.replaying import Replay, count_of_all, replay_all
from api.records.service import database_address
from api.storage.audit import Head, Verified, verify
from api.storage.database import Database, StorageUnavailable
from api.storage.schema import NewerDatabase
from api.storage.tables import records, versions
from triage.cli.common import UnreadableRecords
from triage.settings import Settings


@contextmanager
def reading(settings: Settings) -> Iterator[Connection]:
    """A connection to the records. Raises UnreadableRecords."""
    try:
        database = Database(database_address(settings))
        try:
            with database.reading() as connection:
                yield connection
        finally:
            database.close()
    except (StorageUnavailable, NewerDatabase) as error:
        raise UnreadableRecords(error) from error


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
