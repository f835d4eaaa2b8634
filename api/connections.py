"""HTTP connections that can't be used up: a slow client is cut off, and a new one finds room."""

from __future__ import annotations

import asyncio
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""How long a client may take to send the head of a request."""
MOST_CONNECTIONS = 1_000
OTHER_FILES = 32
"""The file descriptors that are kept for all else: the database, processes that help, logs."""
ROUNDS = 3
"""How many times the server takes as many connections as may wait before one that is closed gives its place back."""


def raise_file_limit() -> None:
    """Use as many file descriptors as the machine allows; the default of many systems is lower."""
    soft, hard = getrlimit(RLIMIT_NOFILE)
    if soft < hard:
        setrlimit(RLIMIT_NOFILE, (hard, hard))


def most_connections() -> int:
    """The most connections that are kept at once, and the most that may wait to be taken.

    By the file descriptors that the process may have.
    """
    return max(min(MOST_CONNECTIONS, (getrlimit(RLIMIT_NOFILE)[0] - OTHER_FILES) // (1 + ROUNDS)), 4)


class Connection(H11Protocol):
    """A connection that is closed where no request comes, and where a new one needs its room.

    The server itself waits for the head of a request without end.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: asyncio.TimerHandle | None = None
        self._most = most_connections()
        self.since = 0.0
        """When the connection was made, by the clock of the loop."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the parent's
        """Take the connection, and close the one that has waited longest where there are too many."""
        super().connection_made(transport)
        self.since = self.loop.time()
        self._wait()
        if len(self.connections) > self._most:
            self._longest_waiting().transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent; a head that does not end in time is not waited for."""
        super().data_received(data)
        if not self._is_without_request():
            self._stop_waiting()
        elif self._waiting is None:
            self._wait()

    @property
    def waits_for_client(self) -> bool:
        """Whether the next step is the client's: no request is under way, or its body has not come whole."""
        return self._is_without_request() or self.conn.their_state is h11.SEND_BODY

    def _is_without_request(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _longest_waiting(self) -> Connection:
        connections = (connection for connection in self.connections if isinstance(connection, Connection))
        waiting = (connection for connection in connections if connection.waits_for_client)
        return min(waiting, key=lambda connection: connection.since, default=self)
