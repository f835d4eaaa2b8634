"""Assessments are answered, stored, and listed as the worklist has them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

from tests.records.conftest import Service

FALLING = {"lean": "falling", "hazards": ["power_line"], "nesting": "none"}
CALM = {"lean": "none", "hazards": [], "nesting": "none", "nestlings": "none"}


def test_a_referral_is_answered_as_without_storing_and_has_an_address(service: Service) -> None:
    body = {"reference": "T-1", "facts": FALLING, "quotes": {"lean": "it leans a lot"}}
    response = service.post("/v1/assessments", body)
    stored = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/assessments/{stored['id']}"
    assert response.headers["etag"] == '"1"'
    answer = service.post("/v1/evaluate", body).json()
    assert stored == {**answer, "id": stored["id"], "created_at": "2026-11-24T09:00:00.000000Z"} | {
        "due_at": "2026-11-24T09:00:00.000000Z"
    }
    read = service.get(response.headers["location"]).json()
    assert (read["referral"], read["answer"]) == (body, answer)
    assert (read["level"], read["level_from"], read["version"]) == ("emergency", "answer", 1)
    assert read["ruleset"] == answer["ruleset"]


def test_the_referral_is_kept_as_it_was_given(service: Service) -> None:
    given = b'{ "facts": {"lean": "unknown", "hazards": null},\n "said_by": {"lean": "neighbour"} }'
    id_ = service.client.post("/v1/assessments", content=given).json()["id"]
    assert given in service.get(f"/v1/assessments/{id_}").content


def test_there_is_no_record_that_is_not_there(service: Service) -> None:
    response = service.get("/v1/assessments/nothing")
    assert response.status_code == 404
    assert response.json()["detail"] == "There is no assessment `nothing`."


def test_a_refused_referral_is_not_stored(fresh: Service) -> None:
    response = fresh.post("/v1/assessments", {"facts": {"lean": "a lot"}})
    assert (response.status_code, response.json()["urgency"]["level"]) == (422, "urgent")
    assert fresh.get("/v1/assessments").json()["items"] == []


def test_the_worklist_is_in_order_of_queue_and_due_time(fresh: Service) -> None:
    wanted = [
        ("emergency", FALLING), ("very_urgent", {**CALM, "hazards": ["fire"]}), ("urgent", {**CALM, "lean": "slight"}),
        ("not sorted", {}), ("semi_urgent", {**CALM, "hazards": ["footpath"]}), ("routine", CALM),
    ]  # fmt: skip
    for name, facts in reversed(wanted):
        fresh.clock.forward(minutes=1)
        fresh.new(facts, f"second {name}")
    for name, facts in wanted:
        fresh.clock.forward(minutes=1)
        fresh.new(facts, f"third {name}")
    listed = fresh.get("/v1/assessments").json()
    names = [item["reference"] for item in listed["items"]]
    assert names == [f"{which} {name}" for name, _ in wanted for which in ("second", "third")]
    assert listed["next"] is None


def test_pages_hold_every_record_once(fresh: Service) -> None:
    created = {fresh.new([FALLING, CALM, {}][number % 3], str(number)) for number in range(17)}
    seen: list[str] = []
    page: dict[str, Any] = fresh.get("/v1/assessments?limit=5").json()
    while page["next"]:
        seen += [item["id"] for item in page["items"]]
        fresh.clock.forward(hours=30)
        page = fresh.get("/v1/assessments", params={"limit": "5", "cursor": page["next"]}).json()
    seen += [item["id"] for item in page["items"]]
    assert (len(seen), set(seen)) == (17, created)


def test_the_worklist_is_filtered(fresh: Service) -> None:
    fresh.new(FALLING, "one")
    fresh.new(CALM, "two")
    fresh.new({}, "three")

    def listed(**query: str) -> set[str]:
        return {item["reference"] for item in fresh.get("/v1/assessments", params=query).json()["items"]}

    assert listed(urgency="emergency") == {"one"}
    assert listed(state="not_sorted") == {"three"}
    assert listed(rating="insufficient_information") == {"two", "three"}
    assert listed(reference="two") == {"two"}
    assert listed(status="new,trying") == {"one", "two", "three"}
    assert listed(status="closed") == set()
    assert listed(owner="nobody") == set()
    assert listed(stale="true") == set()
    fresh.clock.forward(hours=2)
    assert listed(overdue="true") == {"one"}
    assert listed(overdue="false") == {"two", "three"}


def test_wrong_filters_are_named(service: Service) -> None:
    def detail(query: str) -> tuple[int, str]:
        response = service.get(f"/v1/assessments?{query}")
        return response.status_code, response.json()["detail"]

    assert detail("urgencey=urgent") == (422, "?urgencey: `urgencey` is not allowed here. Did you mean `urgency`?")
    assert detail("urgency=urgnt") == (422, "?urgency: `urgnt` is not allowed here. Did you mean `urgent`?")
    assert detail("status=newer") == (422, "?status: `newer` is not allowed here. Did you mean `new`?")
    assert detail("limit=0") == (422, "?limit: `limit` must be a number from 1 to 200.")
    assert detail(f"limit={'9' * 5000}") == (422, "?limit: `limit` must be a number from 1 to 200.")
    far = urlsafe_b64encode(json.dumps(["2026", 10**30, 0, "", ""]).encode()).decode()
    assert detail(f"cursor={far}")[0] == 422
    assert detail("cursor=abc") == (
        422,
        "?cursor: This is no cursor of the worklist. Leave it out to begin with the first page.",
    )


def test_what_nobody_opened_in_time_stands_first_and_is_counted(fresh: Service) -> None:
    urgent = {**CALM, "lean": "slight"}
    opened = fresh.new(urgent, "opened")
    fresh.clock.forward(minutes=1)
    fresh.new(urgent, "not opened")
    fresh.get(f"/v1/assessments/{opened}")
    before = fresh.get("/v1/assessments").json()
    assert ([item["reference"] for item in before["items"]], before["overdue"]) == (["opened", "not opened"], 0)
    fresh.clock.forward(hours=25)
    after = fresh.get("/v1/assessments").json()
    assert [(item["reference"], item["overdue"]) for item in after["items"]] == [
        ("not opened", True),
        ("opened", False),
    ]
    assert after["overdue"] == 1


def test_a_reference_that_no_database_holds_is_refused(service: Service) -> None:
    response = service.post("/v1/assessments", {"reference": "a\0b", "facts": {}})
    assert response.status_code == 422
    assert response.json()["detail"] == "/reference: `reference` has a NUL character, which can't be stored."
    assert json.loads(response.content)["urgency"]["level"] == "urgent"
