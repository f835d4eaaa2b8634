"""What a write may do within its transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable, Table
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite

from api.actor import Actor
from api.storage.audit import Head, canonical, entry_after, read_head
from api.storage.tables import audit, metadata

ROWS_AT_ONCE = 64
"""How many rows a statement inserts at most: a driver takes some ten thousand parameters."""
_BY_POSITION: dict[str, Dialect] = {
    "sqlite": pysqlite.dialect(),
    "postgresql": psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
}
"""The dialects of both databases, with parameters that have no names: those of many rows would have the same ones."""
_IN_ORDER = tuple(metadata.sorted_tables)
"""Every table, those that others point at first."""


class Transaction:
    """One transaction. Inserts wait until something is read or it ends, then go in together, a table at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: defaultdict[Table, list[Mapping[str, Any]]] = defaultdict(list)
        self._head: Head | None = None

    def insert(self, table: Table, **row: Any) -> None:
        """Add a row. A column that is not named stays empty."""
        self._waiting[table].append(row)

    def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Read, change or delete, after every row that was added before."""
        self.flush()
        return self._connection.execute(statement, parameters)

    def audit(self, at: str, actor: Actor, action: str, record_id: str | None = None, **details: Any) -> None:
        """Add an entry to the audit. ``details`` hold no answer, quote, reference or text of anyone."""
        head = self._head or read_head(self._connection)
        entry = entry_after(
            head,
            at,
            actor=actor.id,
            role=actor.role,
            tenant=actor.tenant,
            action=action,
            record_id=record_id,
            details=canonical(details),
        )
        self._head = Head(entry["seq"], entry["at"], entry["hash"])
        self.insert(audit, **entry)

    def flush(self) -> None:
        """Write every row that waits, those that others point at first."""
        if self._waiting:
            for table in _IN_ORDER:
                if rows := self._waiting.pop(table, None):
                    self._write(table, rows)

    def _write(self, table: Table, rows: list[Mapping[str, Any]]) -> None:
        """Insert rows by the driver's own statement: SQLAlchemy's handling of each row costs as much as the row.

        Many rows are one statement, since SQLite's driver gives way to other threads whenever it runs one.
        """
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            statement, names = _insert_into(table, self._connection.dialect.name, len(some))
            self._connection.exec_driver_sql(statement, tuple(row.get(name) for row in some for name in names))


@lru_cache(1_024)
def _insert_into(table: Table, dialect: str, count: int) -> tuple[str, Sequence[str]]:
    """The statement that inserts so many rows, and the columns of one in order."""
    compiled = table.insert().compile(dialect=_BY_POSITION[dialect])
    assert compiled.positiontup is not None
    insert, values = str(compiled).split(" VALUES ")
    return f"{insert} VALUES {', '.join([values] * count)}", compiled.positiontup
