"""Processes that work for this one: they give way to it, and end with it, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any

NICENESS = 2
"""By how much such a process gives way to the one that started it."""


def helping(count: int, make: Callable[..., None], *parts: Any) -> ProcessPoolExecutor:
    """Processes that share nothing with this one. Each calls ``make`` with the parts before it does anything."""
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _prepare, (make, *parts))


def _prepare(make: Callable[..., None], *parts: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that started this one
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    make(*parts)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
