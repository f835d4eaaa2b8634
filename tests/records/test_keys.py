"""The same request sent again gives the same record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from api.actor import Actor
from api.storage.tables import audit
from tests.records.conftest import Service
from tests.records.test_assessments import CALM, FALLING


def test_the_same_key_and_body_give_the_same_record(fresh: Service) -> None:
    first, again = (fresh.post("/v1/assessments", {"facts": CALM}, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert len(fresh.get("/v1/assessments").json()["items"]) == 1
    with fresh.records.database.reading() as connection:
        actions = list(connection.execute(select(audit.c.action).order_by(audit.c.seq)).scalars())
    assert actions == ["assessed", "sent-again", "listed"]


def test_the_same_key_with_another_body_is_refused(service: Service) -> None:
    service.post("/v1/assessments", {"facts": CALM}, headers={"Idempotency-Key": "k2"})
    other = service.post("/v1/assessments", {"facts": FALLING}, headers={"Idempotency-Key": "k2"})
    assert (other.status_code, other.json()["detail"]) == (
        422,
        "This Idempotency-Key was sent before with another body. Send a new key with a new referral.",
    )


def test_a_key_is_its_senders_own_and_is_forgotten_in_time(service: Service) -> None:
    first = service.new(CALM, **{"Idempotency-Key": "k3"})
    service.asking.append(Actor("other", "coordinator", "clinic"))
    others = service.new(FALLING, **{"Idempotency-Key": "k3"})
    service.asking.pop()
    service.clock.forward(hours=25)
    later = service.new(FALLING, **{"Idempotency-Key": "k3"})
    assert len({first, others, later}) == 3


def test_the_same_key_at_once_makes_one_record(fresh: Service) -> None:
    with ThreadPoolExecutor(16) as threads:
        ids = set(threads.map(lambda _: fresh.new(CALM, **{"Idempotency-Key": "k4"}), range(32)))
    assert len(ids) == 1
    assert len(fresh.get("/v1/assessments").json()["items"]) == 1


def test_a_key_that_is_none_is_refused(service: Service) -> None:
    response = service.post("/v1/assessments", {"facts": CALM}, headers={"Idempotency-Key": "k" * 201})
    assert response.json()["detail"] == "Idempotency-Key must have 1 to 200 characters."
