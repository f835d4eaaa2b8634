"""When a clinician must have acted: the response time of a level counted from a moment, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from triage.answer.model import Within

SATURDAY = 5


def due_at(within: Within, start: datetime) -> datetime:
    """The moment by which someone must act. Business days are Monday to Friday; hours run day and night."""
    if within.business_days is None:
        return start + timedelta(hours=within.hours or 0)
    day, left = start, within.business_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def due_words(within: Within, start: datetime) -> str:
    """The same for people: now, an hour of a day within a week, or a day."""
    if within.hours == 0:
        return "now"
    due = due_at(within, start)
    return f"by {due:%a %H:%M}" if within.business_days is None else f"by {due:%a} {due.day} {due:%b}"


def moment(at: datetime) -> str:
    """A moment for people: day, month, year and time."""
    return f"{at.day} {at:%b %Y %H:%M}"
