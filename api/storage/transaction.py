"""What a write may do within its transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Table

from api.actor import Actor
from api.storage.audit import Head, canonical, entry_after, read_head
from api.storage.tables import audit, metadata


class Transaction:
    """One transaction. Inserts wait until something is read or it ends, then go in together, a table at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._head: Head | None = None

    def insert(self, table: Table, **row: Any) -> None:
        """Add a row. A column that is not named stays empty."""
        self._waiting[table].append({name: row.get(name) for name in table.c.keys()})  # noqa: SIM118  # no mapping

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
            for table in metadata.sorted_tables:
                if rows := self._waiting.pop(table, None):
                    self._connection.execute(table.insert(), rows)
