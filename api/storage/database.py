"""A database of records: SQLite in a file, or PostgreSQL by its address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from api.storage import schema

BUSY_SECONDS = 10.0
"""How long a writer waits for another process to finish writing."""
_WRITING = 7_361_208
"""The PostgreSQL advisory lock of whoever writes."""
_ROLE = "triage_service"


class StorageUnavailable(Exception):
    """Nothing can be read or written now: the database is gone, full or locked. Nothing was stored."""


class Database:
    """An open database, migrated to what this code needs.

    Every write is one transaction, and one at a time over all processes: SQLite's write lock, or an advisory lock of
    PostgreSQL. So the audit is one chain, and a check and the write after it are never parted.
    """

    def __init__(self, address: str) -> None:
        """Open a database and migrate it. Raises StorageUnavailable, or schema.NewerDatabase."""
        self.address = address
        with unavailable_as_such():
            migrating = _engine(address)
            try:
                schema.migrate(migrating)
            finally:
                migrating.dispose()
        self.engine = _engine(address, role=_ROLE)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; it sees one state of the database."""
        with unavailable_as_such(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection within the one transaction that may write; commits at the end, rolls back on any error."""
        with (
            unavailable_as_such(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                connection.execute(_LOCK)
            yield connection

    def forget_erased(self) -> None:
        """Write over what was erased in SQLite's log too, as far as nobody still reads it."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


_LOCK = text(f"SELECT pg_advisory_xact_lock({_WRITING})")


@contextmanager
def unavailable_as_such() -> Iterator[None]:
    """Raise StorageUnavailable for what the driver says of a database that can't be used."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StorageUnavailable(type(error.orig).__name__) from error
    except OSError as error:  # the folder of an SQLite file can't be used
        raise StorageUnavailable(type(error).__name__) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StorageUnavailable(type(error.orig).__name__) from error
        raise


def sqlite_address(file: Path) -> str:
    """The address of an SQLite file, whose folder is made for its owner alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{file}"


def _engine(address: str, role: str | None = None) -> Engine:
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        _make_private(url.database)
        synchronous = _synchronous(url)
        engine = create_engine(url.difference_update_query(["synchronous"]), connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, synchronous))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=8)
    if role is not None:
        event.listen(engine, "connect", _take_role)
    return engine


def _url(address: str) -> URL:
    """Read an address. Raises StorageUnavailable, without the address: it may hold a password."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StorageUnavailable(_NO_ADDRESS) from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StorageUnavailable(_NO_ADDRESS)
    return url


_NO_ADDRESS = "TRIAGE_DATABASE_URL is not the address of an SQLite or PostgreSQL database"


def _make_private(file: str | None) -> None:
    """Make a database's file readable by its owner alone, before anything is in it."""
    if file and file != ":memory:" and not Path(file).exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _synchronous(url: URL) -> str:
    """FULL, so that what was acknowledged outlives a loss of power; NORMAL where the address says so."""
    given = str(url.query.get("synchronous", "full")).upper()
    if given not in ("FULL", "NORMAL"):
        raise ValueError(f"`synchronous={given.lower()}` is no way to write: give full or normal.")
    return given


def _prepare_sqlite(connection: Any, synchronous: str) -> None:
    """Prepare a connection. WAL, so that readers never wait."""
    connection.isolation_level = None  # transactions are begun below, and not by the driver
    for pragma in (
        "journal_mode = WAL", f"synchronous = {synchronous}", "foreign_keys = ON", "secure_delete = ON",
        f"busy_timeout = {int(BUSY_SECONDS * 1000)}",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _take_role(connection: Any, _record: Any) -> None:
    """Work as the role that may not change the audit, where migration could make one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(oid, 'MEMBER')", (_ROLE,))
        if cursor.fetchone():
            cursor.execute(f"SET ROLE {_ROLE}")
    connection.commit()
