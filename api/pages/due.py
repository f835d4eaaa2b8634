"""When a clinician must have acted, in words and in the service's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triage.settings import Settings

A_WEEK = timedelta(days=7)


def local(at: datetime, settings: Settings) -> datetime:
    """A moment in the service's time zone."""
    return at.astimezone(ZoneInfo(settings.time_zone))


def due_words(due: datetime, start: datetime) -> str:
    """The moment by which someone must act: now, a day and an hour within a week, or a date."""
    if due <= start:
        return "now"
    return f"by {due:%a %H:%M}" if due - start < A_WEEK else f"by {due:%a} {due.day} {due:%b}"


def moment(at: datetime) -> str:
    """A moment: day, month, year and time."""
    return f"{at.day} {at:%b %Y %H:%M}"
