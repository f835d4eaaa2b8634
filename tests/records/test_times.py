"""When an answer is due: hours run day and night, business days leave out weekends and the deployment's holidays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.records.times import due_at
from triage.answer.model import Within
from triage.settings import Settings

NEW_YORK = "America/New_York"
MAY_DAY = "2026-05-01"


def _due(within: Within, start: str, time_zone: str = "UTC", holidays: str = "") -> str:
    settings = Settings.model_validate({"time_zone": time_zone, "holidays": holidays})
    return due_at(within, datetime.fromisoformat(start), settings).isoformat()


def test_hours_run_over_a_weekend_and_a_change_of_the_clock() -> None:
    friday_evening = "2026-03-06T23:00:00+00:00"
    assert _due(Within(hours=72), friday_evening, NEW_YORK) == "2026-03-09T23:00:00+00:00"
    assert _due(Within(hours=0), friday_evening) == friday_evening


@pytest.mark.parametrize(
    ("start", "holidays", "due"),
    [
        ("2026-04-20T09:00:00+00:00", "", "2026-05-04T09:00:00+00:00"),
        ("2026-04-20T09:00:00+00:00", MAY_DAY, "2026-05-05T09:00:00+00:00"),
        ("2026-04-18T09:00:00+00:00", "", "2026-05-01T09:00:00+00:00"),
    ],
    ids=["a Monday", "with a holiday", "a Saturday"],
)
def test_ten_business_days_leave_out_weekends_and_holidays(start: str, holidays: str, due: str) -> None:
    assert _due(Within(business_days=10), start, holidays=holidays) == due


def test_the_day_is_that_of_the_services_time_zone() -> None:
    sunday_evening_there = datetime(2026, 4, 20, 2, 0, tzinfo=UTC).isoformat()
    assert _due(Within(business_days=1), sunday_evening_there, NEW_YORK) == "2026-04-21T02:00:00+00:00"
    assert _due(Within(business_days=1), sunday_evening_there, "UTC") == "2026-04-21T02:00:00+00:00"
    friday_evening_there = datetime(2026, 4, 25, 2, 0, tzinfo=UTC).isoformat()
    assert _due(Within(business_days=1), friday_evening_there, NEW_YORK) == "2026-04-28T02:00:00+00:00"
    assert _due(Within(business_days=1), friday_evening_there, "UTC") == "2026-04-27T02:00:00+00:00"


def test_the_time_of_day_stays_when_the_clock_changes() -> None:
    before = "2026-03-06T15:00:00+00:00"  # 10:00 in New York
    assert _due(Within(business_days=1), before, NEW_YORK) == "2026-03-09T14:00:00+00:00"  # 10:00 in summer time
