"""Queues for slow work outside the event loop, each with one worker and a limit beyond which work is refused."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, TypeVar

from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral

Result = TypeVar("Result")


class Overloaded(Exception):
    """So much work is waiting already that this would be answered too late."""


class Queue:
    """One worker and the work that waits for it. ``most`` limits running and waiting work together."""

    def __init__(self, make_worker: Callable[[], Executor], most: int) -> None:
        self._make_worker = make_worker
        self._worker: Executor | None = None
        self._most = most
        self._taken = 0

    async def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Run a function on the worker. Raises Overloaded where too much is waiting."""
        if self._taken >= self._most:
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

    def close(self) -> None:
        """Stop; what has not begun is dropped."""
        if self._worker is not None:
            self._worker.shutdown(wait=False, cancel_futures=True)


def thread_queue(name: str, most: int) -> Queue:
    """A queue with one thread, so that the event loop shares the interpreter with only one other thread."""
    return Queue(lambda: ThreadPoolExecutor(1, thread_name_prefix=name), most)


def explanation_queue(ruleset: RuleSet, most: int) -> Queue:
    """A queue with one process for ``explain``, since z3's default context is not thread-safe."""
    return Queue(
        lambda: ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _make_explorer, (ruleset,)),
        most,
    )


_explorer: Any = None


def _make_explorer(ruleset: RuleSet) -> None:
    global _explorer  # a worker process keeps what it was started with in its module
    from triage.analysis.counterfactual import Explorer

    _explorer = Explorer(ruleset)


def explain(referral: Referral) -> Any:
    """Explain a referral's other ratings, inside the process of the queue."""
    return _explorer.explain(referral)
