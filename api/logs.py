"""Logs as JSON lines: what happened, to which request, and never what a referral holds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, MutableMapping
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

import structlog

MOST_ALIKE = 10
"""The most lines of one kind that are written in a period. The next line of that kind says how many were left out."""
PERIOD_SECONDS = 10.0
MOST_KINDS = 1_000
"""The number of kinds of line at which the counts are dropped."""
Event = MutableMapping[str, Any]
_Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class FewAlike(logging.Filter):
    """Lets few lines of one kind through: a fault that repeats without end fills no disk."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._written: dict[tuple[str, object], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written. Lines of one kind have the same logger and the same text before it is filled."""
        if record.levelno < logging.WARNING:
            return True
        kind, now = (record.name, record.msg), self._clock()
        since, count = self._written.get(kind, (now, 0))
        if now - since >= PERIOD_SECONDS:
            if count > MOST_ALIKE:
                record.left_out = count - MOST_ALIKE
            since, count = now, 0
        if len(self._written) >= MOST_KINDS:
            self._written.clear()
        self._written[kind] = since, count + 1
        return count < MOST_ALIKE


def without_answers(_logger: object, _method: str, event: Event) -> Event:
    """Replace an exception by its kind and where it was raised: its text may repeat answers."""
    raised = event.pop("exc_info", None)
    if raised:
        event.update(_place_of(raised))
    return event


def _place_of(raised: _Raised) -> dict[str, Any]:
    kind, _, trace = raised
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(trace)]
    return {"error": kind.__name__, "places": places}


def config(level: str) -> dict[str, Any]:
    """The configuration of the standard library's logging, as ``dictConfig`` takes it, for every logger there is."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(("left_out", "method", "route", "status", "ms")),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_answers,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"few_alike": {"()": FewAlike}},
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {
            "lines": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "json",
                "filters": ["few_alike"],
            }
        },
        "root": {"handlers": ["lines"], "level": "WARNING"},
        "loggers": {"api": {"level": level.upper()}, "uvicorn": {"level": "WARNING"}},
    }
