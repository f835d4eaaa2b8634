"""Measures of a running service for Prometheus: counts and times, and nothing of a person."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.records.queues import Queues
from triage.answer.model import Answer

MEDIA_TYPE = CONTENT_TYPE_LATEST
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that names the folder in which several processes of a service share their counts."""

_requests = Counter("triage_requests", "Requests answered", ("method", "route", "status"))
_answers = Counter("triage_answers", "Referrals answered", ("level", "rating"))
_seconds = Histogram(
    "triage_answer_seconds",
    "Seconds until a referral was answered; an incomplete one with what it can still become",
    ("referral",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def count_request(method: str, route: str, status: int) -> None:
    """Count a request that was answered. The route is the template of its address, so that no id is kept."""
    _count_of(_requests, method, route, str(status)).inc()


def count_answer(answer: Answer, seconds: float, *, is_complete: bool) -> None:
    """Count an answer, and how long it took."""
    _count_of(_answers, answer.urgency.level, answer.suitability.rating).inc()
    _seconds.labels("complete" if is_complete else "incomplete").observe(seconds)


@lru_cache
def _count_of(counter: Counter, *labels: str) -> Counter:
    """The count of these labels; the library itself looks for it under a lock."""
    return counter.labels(*labels)


def written(queues: Queues | None) -> bytes:
    """All measures in Prometheus's text format, those of every process of this service together.

    The queues are left out where the records can't be read.
    """
    counted = REGISTRY
    if SHARED_FOLDER in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # it has no types
    of_records = CollectorRegistry()
    if queues is not None:
        of_records.register(_OfRecords(queues))
    return generate_latest(counted) + generate_latest(of_records)


class _OfRecords(Collector):
    """The measures that are read from the records, the same from every process."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def collect(self) -> Iterable[Metric]:
        queues = self._queues
        kept = GaugeMetricFamily("triage_assessments", "Assessments that are kept", labels=("level", "rating"))
        for level_and_rating, count in queues.by_level_and_rating.items():
            kept.add_metric(level_and_rating, count)
        open_ = GaugeMetricFamily("triage_records_open", "Records that are not done", labels=("level",))
        for level, count in queues.open_by_level.items():
            open_.add_metric((level,), count)
        yield from (kept, open_)
        yield GaugeMetricFamily("triage_records_overdue", "Open records whose time to act has passed", queues.overdue)
        yield GaugeMetricFamily(
            "triage_queue_age_seconds", "Seconds since the oldest open record was made", queues.oldest_seconds
        )
