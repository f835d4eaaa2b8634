"""Queues for slow work outside the event loop, each with a limit beyond which work is refused."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, TypeVar

from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Answer
from triage.model.ruleset import RuleSet
from triage.processes import helping
from triage.reading.referral import Referral
from triage.settings import Settings

Result = TypeVar("Result")
log = logging.getLogger("api")


class Overloaded(Exception):
    """So much work is waiting already that this would be answered too late."""


class Queue:
    """A worker, or several, and the work that waits. ``most`` limits running and waiting work together."""

    def __init__(self, make_worker: Callable[[], Executor], most: int) -> None:
        self._make_worker = make_worker
        self._worker: Executor | None = None
        self._most = most
        self._taken = 0
        self._refusing = asyncio.Lock()

    async def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Run a function on the worker. Raises Overloaded where too much is waiting.

        One is refused in a round of the event loop, so that other requests are answered between many refusals.
        """
        if self._taken >= self._most:
            async with self._refusing:
                await asyncio.sleep(0)
                raise Overloaded
        self._taken += 1
        try:
            if self._worker is None:
                self._worker = self._make_worker()
            return await asyncio.wrap_future(self._worker.submit(function, *arguments))
        except BrokenExecutor:
            self._worker = None  # its process was killed: the next call has a new one
            raise
        finally:
            self._taken -= 1

    def close(self, *, wait: bool = False) -> None:
        """Stop; what has not begun is dropped. ``wait`` for the end of what has begun."""
        if self._worker is not None:
            self._worker.shutdown(wait=wait, cancel_futures=True)


def thread_queue(name: str, most: int) -> Queue:
    """A queue with one thread, so that the event loop shares the interpreter with only one other thread."""
    return Queue(lambda: ThreadPoolExecutor(1, thread_name_prefix=name), most)


def explanation_queue(ruleset: RuleSet, most: int) -> Queue:
    """A queue with one process for ``explain``, since z3's default context is not thread-safe."""
    return Queue(lambda: helping(1, _make_explorer, ruleset), most)


class Helpers:
    """Processes that answer incomplete referrals, so that these share no interpreter with the event loop.

    They are made in the background. Until they are ready, and where one of them was killed, there is none.
    """

    def __init__(self, ruleset: RuleSet, settings: Settings, most: int) -> None:
        self._ruleset = ruleset
        self._settings = settings
        self._most = most
        self._queue: Queue | None = None
        self._starting: asyncio.Task[None] | None = None
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Make the processes in the background, as many as the settings say."""
        if self._settings.helpers:
            self._starting = asyncio.create_task(self._start())

    async def assess(self, referral: Referral) -> Answer | None:
        """The answer to a referral; None where there is no process that could give it.

        Raises Overloaded where too much is waiting, and what the assessor raises.
        """
        queue = self._queue
        if queue is None:
            return None
        try:
            return await queue.run(_assess, referral)
        except BrokenExecutor:
            if self._queue is queue:
                self._queue = None
                self.start()
            return None

    def close(self) -> None:
        """Stop the processes, and wait for their end: else what they shared with this one is left to the system."""
        self._queue = None
        if self._starting is not None:
            self._starting.cancel()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    async def _start(self) -> None:
        try:
            pool = self._pool = helping(self._settings.helpers, _make_assessor, self._ruleset, self._settings)
            await asyncio.to_thread(_wait_for_all, pool, self._settings.helpers)
        except (BrokenExecutor, OSError):
            log.error("the processes that help could not be started: a thread answers incomplete referrals")
        else:
            self._queue = Queue(lambda: pool, self._most)


def _wait_for_all(pool: ProcessPoolExecutor, count: int) -> None:
    """Wait until so many processes are ready. To hand the rules to each takes a fifth of a second."""
    for ready in [pool.submit(os.getpid) for _ in range(count)]:
        ready.result()


_assessor: Assessor
_explorer: Any


def _make_assessor(ruleset: RuleSet, settings: Settings) -> None:
    global _assessor  # a worker process keeps what it was started with in its module
    _assessor = build_assessor(ruleset, settings)


def _assess(referral: Referral) -> Answer:
    """Answer a referral, inside a process that helps."""
    return _assessor.assess(referral)


def _make_explorer(ruleset: RuleSet) -> None:
    global _explorer
    from triage.analysis.counterfactual import Explorer

    _explorer = Explorer(ruleset)


def explain(referral: Referral) -> Any:
    """Explain a referral's other ratings, inside the process of the queue."""
    return _explorer.explain(referral)
