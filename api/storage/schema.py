"""Bringing a database to the tables that this code needs, once, whoever starts first."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

NEWEST = "0005"
"""The migration that this code needs."""
_MIGRATING = 7_361_207
"""The PostgreSQL advisory lock of whoever migrates."""


_ALEMBIC = threading.Lock()
"""Held while Alembic runs: its context is one for the whole process."""


class NewerDatabase(Exception):
    """The database was migrated by a newer version of this code, which alone can use it."""

    def __init__(self, migration: str) -> None:
        super().__init__(
            f"The database is at migration {migration}, and this version knows {NEWEST}. Run the newer one."
        )


def migrate(engine: Engine, to: str = NEWEST) -> None:
    """Bring the database to a migration, in one transaction under a lock: all of it, or nothing.

    Raises NewerDatabase where a newer version migrated it.
    """
    with engine.connect() as connection:
        if current(connection) == to:
            return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
        migration = current(connection)
        if migration is not None and migration > NEWEST:
            raise NewerDatabase(migration)
        if migration != to:
            _run(connection, migration, to)


def current(connection: Connection) -> str | None:
    """The migration that a database is at; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    migration = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if migration is None else str(migration)


def _run(connection: Connection, migration: str | None, to: str) -> None:
    from alembic import command  # here, so that a start without a migration does not load it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    with _ALEMBIC:
        if to == "base" or (migration is not None and to < migration):
            command.downgrade(config, to)
        else:
            command.upgrade(config, to)
