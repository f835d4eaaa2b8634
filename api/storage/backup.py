"""Backing up an SQLite database while it is in use, and putting a backup in its place.

PostgreSQL has ``pg_dump`` and ``pg_restore``, which know what a copy of our own would miss.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from api.storage.database import BUSY_SECONDS

_PAGES_AT_ONCE = 1_000
"""How many pages are copied before writers get their turn."""


class NoBackup(Exception):
    """A backup can't be made or put back; the text says why and what to do. Nothing was changed."""


def file_of(address: str) -> Path:
    """The file of an SQLite database. Raises NoBackup where it is PostgreSQL's."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        raise NoBackup(
            "PostgreSQL is backed up with its own tools: `pg_dump --format=custom --file=FILE ADDRESS` while the "
            "service runs, `pg_restore --dbname=ADDRESS FILE` into an empty database. Then `triage audit verify` says "
            "whether every record is there."
        )
    return Path(str(url.database))


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use to a new file, whole and readable by its owner alone. Raises NoBackup."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with (
            closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as reading,
            closing(sqlite3.connect(partial)) as writing,
        ):
            reading.backup(writing, pages=_PAGES_AT_ONCE)
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        _write_through(partial)
        partial.rename(target)
        _write_through(target.parent)
    except FileExistsError as error:
        raise NoBackup(f"{partial} is left of a backup that did not end. Delete it and try again.") from error
    except (OSError, sqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        raise NoBackup(f"{target} can't be written: {error}.") from error


@contextmanager
def read_only(file: Path) -> Iterator[Connection]:
    """A connection to an SQLite file that changes nothing of it. Raises NoBackup."""
    engine = create_engine(f"sqlite:///{file.absolute().as_uri()}?mode=ro&uri=true", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise NoBackup(f"{file} is no database that can be read: {error.orig}.") from error


def refuse_damaged(file: Path) -> None:
    """Raise NoBackup unless a file is a database of records, of which SQLite finds every page sound."""
    with read_only(file) as connection:
        fault = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    if fault != "ok":
        raise NoBackup(f"{file} is damaged: {fault}.")
    if not {"alembic_version", "records", "audit"} <= tables:
        raise NoBackup(f"{file} is a database, and not one of records.")


def put_back(backup: Path, file: Path, ending: str) -> Path | None:
    """Put a copy of a backup in the place of a database; gives where that is now, beside it with another ending.

    Raises NoBackup, where another process has the database open.
    """
    copied = file.with_name(f"{file.name}.restored")
    copy(backup, copied)
    aside = None
    try:
        if file.exists():
            _end_log(file)
            aside = file.rename(file.with_name(f"{file.name}.{ending}"))
        copied.rename(file)
        _write_through(file.parent)
    finally:
        copied.unlink(missing_ok=True)
    return aside


def _end_log(file: Path) -> None:
    """Bring what stands in a database's log into its file. Raises NoBackup where another process has it open."""
    try:
        with closing(sqlite3.connect(file, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise NoBackup(f"{file} is in use. Stop the service first.") from error
    except sqlite3.DatabaseError:
        return  # it is damaged: that is why it is replaced


def _write_through(path: Path) -> None:
    """Have a file or a folder on the disk before going on."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
