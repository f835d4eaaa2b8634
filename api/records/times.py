"""Times: as they are stored, and when an answer is due."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.answer.model import Within
from triage.settings import Settings

SATURDAY = 5


def stored(at: datetime) -> str:
    """A time as text in UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parsed(text: str) -> datetime:
    """A time that was stored."""
    return datetime.fromisoformat(text)


def due_at(within: Within, start: datetime, settings: Settings) -> datetime:
    """When a clinician must have acted: hours of the clock, or business days of the service's time zone.

    The time of day stays the same over business days, which are Monday to Friday without the deployment's holidays.
    """
    if within.business_days is None:
        return start + timedelta(hours=within.hours or 0)
    local = start.astimezone(ZoneInfo(settings.time_zone))
    day = _business_day(local.date(), within.business_days, settings.holidays)
    return local.replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)


def _business_day(day: date, number: int, holidays: Collection[date]) -> date:
    """The business day that comes this many business days after a day."""
    while number:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            number -= 1
    return day
