"""Many requests at once: reads that they share, and results of other threads that are brought to them together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Result = TypeVar("Result")
_Done = deque[tuple[asyncio.Future[Any], Future[Any]]]


class SharedReads:
    """Reads of which there is one at a time for each thing that is asked for.

    Whoever asks while one is under way waits for the next, with all others who do. So a read begins after it was asked
    for, and what was changed before is seen.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, asyncio.Task[Any]] = {}
        self._running: dict[Hashable, asyncio.Task[Any]] = {}

    async def of(self, what: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
        """What ``read`` gives; the result is shared with those who ask for the same."""
        waiting = self._waiting.get(what)
        if waiting is None or waiting.done():
            waiting = self._waiting[what] = asyncio.create_task(self._next(what, read))
        result: Result = await asyncio.shield(waiting)
        return result

    async def _next(self, what: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
        if what in self._running:
            await asyncio.wait([self._running[what]])
        self._running[what] = self._waiting.pop(what)
        try:
            return await read()
        finally:
            del self._running[what]


class Results:
    """Brings results of other threads to the event loop, many at one waking: each waking is a call of the system."""

    def __init__(self) -> None:
        self._done: WeakKeyDictionary[asyncio.AbstractEventLoop, _Done] = WeakKeyDictionary()

    async def of(self, future: Future[Result]) -> Result:
        """The result of what another thread does. Where nobody waits for it any more, it is not begun."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Result] = loop.create_future()
        brought = self._done.setdefault(loop, deque())

        def bring(done: Future[Result]) -> None:
            brought.append((waiting, done))
            if len(brought) == 1 and not loop.is_closed():
                loop.call_soon_threadsafe(_deliver, brought)

        future.add_done_callback(bring)
        try:
            return await waiting
        finally:
            future.cancel()


def _deliver(brought: _Done) -> None:
    """Give each result to whoever waits for it."""
    while brought:
        waiting, done = brought.popleft()
        if waiting.cancelled() or done.cancelled():
            continue
        error = done.exception()
        if error is None:
            waiting.set_result(done.result())
        else:
            waiting.set_exception(error)
