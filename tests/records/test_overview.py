"""What a clinical lead is told: counts by week and by clock, the middle time to a first attempt, what is still open."""

from __future__ import annotations

from datetime import timedelta

from api.actor import Actor
from api.records.overview import Overview, overview
from api.records.times import stored
from tests.records.conftest import Service
from tests.records.test_assessments import CALM, FALLING

CLARA = Actor("clara", "clinician", "clinic")
WEEK = timedelta(weeks=1)


def _overview(service: Service, actor: Actor = CLARA, weeks: int = 2) -> Overview:
    now = service.clock()
    begins = [stored(now - back * WEEK) for back in range(weeks, 0, -1)]
    with service.records.database.reading() as connection:
        return overview(actor, begins, stored(now))(connection)


def _try(service: Service, id_: str, outcome: str) -> None:
    assert service.post(f"/v1/assessments/{id_}/contact-attempts", {"outcome": outcome}).status_code == 201


def _close(service: Service, id_: str) -> None:
    etag = {"If-Match": service.get(f"/v1/assessments/{id_}").headers["etag"]}
    assert service.client.patch(f"/v1/assessments/{id_}", json={"status": "closed"}, headers=etag).status_code == 200


def test_assessments_are_counted_by_week_and_by_clock(fresh: Service) -> None:
    new, clock = fresh.new, fresh.clock
    new(CALM)  # before the first of the weeks
    clock.forward(weeks=1)
    late = new(CALM)
    assert fresh.get(f"/v1/assessments/{late}").status_code == 200  # opened at once
    clock.forward(weeks=2, hours=1)
    _try(fresh, late, "no_answer")  # tried after it was due
    closed, tried, untouched, danger = new(CALM), new(CALM), new(CALM), new(FALLING)
    _close(fresh, closed)
    clock.forward(minutes=90)
    for id_ in (tried, danger):
        _try(fresh, id_, "no_answer")
    clock.forward(minutes=60)
    _try(fresh, tried, "reached")  # only the first attempt counts
    assert untouched

    counted = _overview(fresh, weeks=3)
    assert counted.weeks == {(0, "routine", "sorted"): 1, (2, "routine", "sorted"): 3, (2, "emergency", "sorted"): 1}
    assert counted.opened["routine", "sorted"] == {"in_time": 3, "waiting": 1}
    assert counted.contacted["routine", "sorted"] == {"late": 1, "in_time": 1, "without": 1, "waiting": 1}
    assert counted.opened["emergency", "sorted"] == counted.contacted["emergency", "sorted"] == {"in_time": 1}
    longer = timedelta(weeks=2, hours=1)
    assert counted.until_contact == {("routine", "sorted"): longer, ("emergency", "sorted"): timedelta(minutes=90)}
    clock.forward(weeks=3)
    assert _overview(fresh, weeks=4).opened["routine", "sorted"] == {"in_time": 2, "overdue": 1}


def test_open_questions_are_counted_of_what_is_to_be_done(fresh: Service) -> None:
    assert _overview(fresh).questions == {}
    fresh.new({"lean": "none"})
    fresh.new(CALM)
    _close(fresh, fresh.new({}))
    counted = _overview(fresh)
    assert counted.asked_of == 2
    assert "lean" not in counted.questions
    assert counted.questions["hazards"].referrals == 1
    assert counted.questions["hazards"].urgency == 1
    assert all(question.alone <= question.referrals for question in counted.questions.values())


def test_a_provider_is_told_of_their_own_only(fresh: Service) -> None:
    fresh.new({"lean": "none"})
    counted = _overview(fresh, Actor("other", "provider", "clinic"))
    assert (counted.weeks, counted.opened, counted.questions, counted.asked_of) == ({}, {}, {}, 0)
