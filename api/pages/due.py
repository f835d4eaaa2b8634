"""When a clinician must have acted, in words and in the service's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triage.settings import Settings

A_WEEK = timedelta(days=7)


def local(at: datetime, settings: Settings) -> datetime:
    """A moment in the service's time zone."""
    return at.astimezone(ZoneInfo(settings.time_zone))


def due_words(due: datetime, start: datetime, now: datetime | None = None) -> str:
    """The moment by which someone must act: now, a day and an hour within a week of ``now``, or a date.

    ``start`` is when the clock began; without ``now`` it is read at that time.
    """
    if due <= start:
        return "now"
    is_near = abs(due - (now or start)) < A_WEEK
    return f"by {due:%a %H:%M}" if is_near else f"by {due:%a} {due.day} {due:%b}"


def moment(at: datetime) -> str:
    """A moment: day, month, year and time."""
    return f"{at.day} {at:%b %Y %H:%M}"
