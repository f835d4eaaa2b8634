"""The one thread that writes: it puts what waits into one transaction, so that many requests share one commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from time import sleep
from typing import Any, TypeVar

from api.storage.database import Database, StorageUnavailable
from api.storage.transaction import Transaction
from api.work import Overloaded

Result = TypeVar("Result")
MOST_AT_ONCE = 64
"""How many writes may share a transaction."""
GATHER_SECONDS = 0.002
"""How long a write waits for others to share its transaction: a commit costs more than a write."""
MOST_GATHERINGS = 4
"""How many times a write waits so long, as long as others come meanwhile."""
MOST_WAITING = 4_096
"""How many writes may wait."""


@dataclass(frozen=True, slots=True)
class _Write:
    work: Callable[[Transaction], Any]
    done: Future[Any] = field(default_factory=Future)


class Writer:
    """Writes to one database. A write is acknowledged after its commit."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._waiting: SimpleQueue[_Write | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def submit(self, work: Callable[[Transaction], Result]) -> Future[Result]:
        """Have ``work`` done within a transaction. It may be called again, where another write of the same one failed.

        Raises Overloaded where too many writes wait.
        """
        if self._waiting.qsize() >= MOST_WAITING:
            raise Overloaded
        self._start()
        write = _Write(work)
        self._waiting.put(write)
        return write.done

    def close(self) -> None:
        """Do what waits, then stop."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            taken = [self._waiting.get()]
            self._gather()
            taken.extend(self._more())
            stopping = None in taken
            wanted = [write for write in taken if write is not None and write.done.set_running_or_notify_cancel()]
            if wanted:
                self._write(wanted)

    def _gather(self) -> None:
        """Wait for writes that share the transaction, as long as more come."""
        for _ in range(MOST_GATHERINGS):
            before = self._waiting.qsize()
            sleep(GATHER_SECONDS)
            if self._waiting.qsize() == before:
                return

    def _more(self) -> list[_Write | None]:
        """What waits as well, and may go into the same transaction."""
        more: list[_Write | None] = []
        try:
            while len(more) < MOST_AT_ONCE - 1:
                more.append(self._waiting.get_nowait())
        except Empty:
            pass
        return more

    def _write(self, writes: list[_Write]) -> None:
        """Do writes in one transaction; where one of several fails, write in one of its own."""
        try:
            with self.database.writing() as connection:
                transaction = Transaction(connection)
                results = [write.work(transaction) for write in writes]
                transaction.flush()
        except Exception as error:
            if len(writes) == 1 or isinstance(error, StorageUnavailable):
                for write in writes:
                    write.done.set_exception(error)
                return
            for write in writes:
                self._write([write])
        else:
            for write, result in zip(writes, results, strict=True):
                write.done.set_result(result)
