"""Drafts are kept from the first answer on, faults and all, and nobody overwrites another's answers."""

from __future__ import annotations

from typing import Any

from api.actor import Actor
from api.records.drafts import expire
from tests.records.conftest import Service
from tests.records.test_assessments import CALM, FALLING

OTHER = Actor("other", "coordinator", "clinic")


def _save(service: Service, id_: str, revision: int, facts: dict[str, Any]) -> Any:
    return service.client.put(f"/v1/drafts/{id_}", json={"facts": facts}, headers={"If-Match": f'"{revision}"'})


def _begin(service: Service, facts: dict[str, Any]) -> str:
    return str(service.post("/v1/drafts", {"reference": "D-1", "facts": facts}).json()["id"])


def test_a_draft_is_saved_and_becomes_an_assessment_of_the_same_id(service: Service) -> None:
    begun = service.post("/v1/drafts", {"facts": {"lean": "slight"}})
    draft = begun.json()
    assert (begun.status_code, begun.headers["etag"]) == (201, '"1"')
    assert begun.headers["location"] == f"/v1/drafts/{draft['id']}"
    assert (draft["level"], draft["answer"]["urgency"]["level"], draft["problem"]) == ("urgent", "urgent", None)
    saved = _save(service, draft["id"], 1, CALM)
    assert (saved.status_code, saved.json()["revision"], saved.json()["level"]) == (200, 2, "routine")
    finished = service.post(f"/v1/drafts/{draft['id']}/assess", None, headers={"If-Match": '"2"'})
    assert (finished.status_code, finished.headers["etag"]) == (201, '"3"')
    record = service.get(finished.headers["location"]).json()
    assert (record["id"], record["version"], record["referral"]) == (draft["id"], 1, {"facts": CALM})
    assert service.get(f"/v1/drafts/{draft['id']}").status_code == 404


def test_a_draft_with_faults_loses_nothing_and_says_how_urgent_it_is(service: Service) -> None:
    sent = {"facts": {"lean": "falling", "hazards": ["power_line", "dragon"]}, "more": 1}
    draft = service.post("/v1/drafts", sent).json()
    read = service.get(f"/v1/drafts/{draft['id']}").json()
    assert (read["referral"], read["answer"], read["level"]) == (sent, None, "emergency")
    assert [fault["pointer"] for fault in read["problem"]["errors"]] == ["/facts/hazards", "/more"]
    finished = service.post(f"/v1/drafts/{draft['id']}/assess", None, headers={"If-Match": '"1"'})
    assert (finished.status_code, finished.json()["urgency"]["level"]) == (422, "emergency")
    assert service.get(f"/v1/drafts/{draft['id']}").json()["referral"] == sent


def test_the_second_writer_is_told_which_answers_the_first_changed(service: Service) -> None:
    id_ = _begin(service, {"lean": "none", "nesting": "none"})
    service.asking.append(OTHER)
    _save(service, id_, 1, {"lean": "slight", "nesting": "none"})
    service.asking.pop()
    late = _save(service, id_, 1, {"lean": "none", "nesting": "breeding"})
    assert (late.status_code, late.json()["revision"]) == (412, 2)
    assert [(change["field"], change["by"]) for change in late.json()["changed"]] == [
        ("/facts/lean", "other"), ("/reference", "other"),
    ]  # fmt: skip
    kept = service.get(f"/v1/drafts/{id_}").json()["referral"]
    assert kept == {"facts": {"lean": "slight", "nesting": "none"}}


def test_nobody_is_offered_anothers_draft(fresh: Service) -> None:
    id_ = _begin(fresh, CALM)
    fresh.asking.append(OTHER)
    assert fresh.get("/v1/drafts").json() == {"items": []}
    assert fresh.get("/v1/assessments").json()["items"] == []
    assert [item["id"] for item in fresh.get("/v1/assessments?status=draft").json()["items"]] == [id_]
    fresh.asking.append(Actor("x", "clinician", "elsewhere"))
    assert fresh.get(f"/v1/drafts/{id_}").status_code == 404
    assert fresh.get("/v1/assessments?status=draft").json()["items"] == []
    fresh.asking[:] = fresh.asking[:1]
    assert [item["id"] for item in fresh.get("/v1/drafts").json()["items"]] == [id_]


def test_a_draft_in_which_a_danger_was_found_stands_in_the_worklist(fresh: Service) -> None:
    id_ = _begin(fresh, FALLING)
    (item,) = fresh.get("/v1/assessments").json()["items"]
    assert (item["id"], item["kind"], item["level"]) == (id_, "draft", "emergency")
    _save(fresh, id_, 1, CALM)
    assert fresh.get("/v1/assessments").json()["items"] == []


def test_a_draft_is_discarded(service: Service) -> None:
    id_ = _begin(service, CALM)
    stale = service.client.delete(f"/v1/drafts/{id_}", headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    assert service.client.delete(f"/v1/drafts/{id_}", headers={"If-Match": '"1"'}).status_code == 204
    assert service.get(f"/v1/drafts/{id_}").status_code == 404


def test_a_draft_expires_after_the_days_of_the_setting(fresh: Service) -> None:
    old = _begin(fresh, CALM)
    fresh.clock.forward(days=6)
    young = _begin(fresh, CALM)
    fresh.clock.forward(days=2)
    assert fresh.records.writer.submit(expire(fresh.records, OTHER)).result() == 1
    statuses = [fresh.get(f"/v1/drafts/{id_}").status_code for id_ in (old, young)]
    assert statuses == [404, 200]


def test_a_draft_must_be_an_object(service: Service) -> None:
    response = service.client.post("/v1/drafts", content=b"[1]")
    assert (response.status_code, response.json()["detail"]) == (422, "A draft is a JSON object with `facts`.")
