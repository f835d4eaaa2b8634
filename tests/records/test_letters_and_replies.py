"""What goes to the referrer, and what comes back."""

from __future__ import annotations

from typing import Any

from tests.records.conftest import Service
from tests.records.test_assessments import CALM, FALLING

OPEN = {"lean": "none", "hazards": []}


def _link(service: Service, id_: str, revision: int = 1) -> Any:
    return service.post(f"/v1/assessments/{id_}/reply-link", None, headers={"If-Match": f'"{revision}"'})


def test_the_letter_says_how_soon_how_suitable_and_why(service: Service) -> None:
    id_ = service.new({**CALM, "lean": "slight"}, "L-<1>")
    letter = service.get(f"/v1/assessments/{id_}/letter")
    assert letter.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>About referral L-&lt;1&gt;</h1>" in letter.text
    assert "<p>Today: a clinician acts by Wednesday 25 November 2026, 09:00.</p>" in letter.text
    assert "Do birds nest in it?" not in letter.text
    unsorted = service.get(f"/v1/assessments/{service.new(OPEN)}/letter").text
    assert "Not sorted yet: safety questions are open. Until they are asked it is handled as Today" in unsorted


def test_the_letter_says_nothing_of_a_rating_on_hold_and_asks_nothing_at_an_emergency(service: Service) -> None:
    letter = service.get(f"/v1/assessments/{service.new(FALLING)}/letter").text
    assert "What we would like to know" not in letter
    assert "What else may be offered" not in letter


def test_the_letter_shows_a_decision_beside_the_answer(service: Service) -> None:
    id_ = service.new(CALM)
    decision = {"decision": "override", "rating": "suitable", "reason_code": "other", "reason": "Seen it."}
    service.post(f"/v1/assessments/{id_}/decision", decision, headers={"If-Match": '"1"'})
    assert "A clinician has decided otherwise: Suitable. Seen it." in service.get(f"/v1/assessments/{id_}/letter").text


def test_a_referrer_is_asked_what_is_open_but_not_what_is_for_the_person_alone(service: Service) -> None:
    id_ = service.new(OPEN, "R-1")
    link = _link(service, id_)
    assert link.status_code == 201
    asked = service.get(link.json()["path"]).json()
    assert asked["reference"] == "R-1"
    facts = [question["fact"] for question in asked["questions"]]
    assert facts == list(link.json()["facts"])
    assert "nesting" not in facts
    assert "nestlings" in facts
    (nestlings,) = [question for question in asked["questions"] if question["fact"] == "nestlings"]
    assert [answer["value"] for answer in nestlings["answers"]] == ["none", "disturbed", "in_danger"]
    assert service.get(f"/v1/assessments/{id_}").json()["status"] == "waiting_for_referrer"


def test_a_reply_is_a_new_version_and_uses_the_link_up(service: Service) -> None:
    id_ = service.new(OPEN)
    path = _link(service, id_).json()["path"]
    reply = service.post(path, {"facts": {"nestlings": "in_danger"}})
    assert (reply.status_code, reply.json()) == (200, {"status": "taken"})
    record = service.get(f"/v1/assessments/{id_}").json()
    assert (record["version"], record["level"], record["status"]) == (2, "very_urgent", "new")
    assert record["referral"]["facts"] == {**OPEN, "nestlings": "in_danger"}
    assert record["versions"][1]["cause"] == "replied"
    for again in (service.get(path), service.post(path, {"facts": {"nestlings": "none"}})):
        assert (again.status_code, again.json()["detail"]) == (
            410,
            "This link was used. Ask the clinic for another one.",
        )


def test_a_reply_with_a_fault_can_be_sent_again(service: Service) -> None:
    path = _link(service, service.new(OPEN)).json()["path"]
    wrong = service.post(path, {"facts": {"nestlings": "maybe"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/facts/nestlings")
    beside = service.post(path, {"facts": {"lean": "none"}})
    assert (beside.status_code, beside.json()["detail"]) == (
        422,
        "/facts/lean: This is not asked here. Answer the questions of the link.",
    )
    assert service.post(path, {"facts": {}}).json()["detail"] == "/facts: A reply has at least one answer."
    assert service.post(path, {"facts": {"nestlings": "none"}}).status_code == 200


def test_a_link_expires_and_another_one_is_none(service: Service) -> None:
    path = _link(service, service.new(OPEN)).json()["path"]
    service.clock.forward(days=15)
    expired = service.get(path)
    assert (expired.status_code, expired.json()["detail"]) == (
        410,
        "This link has expired. Ask the clinic for another one.",
    )
    assert service.get("/v1/replies/other").status_code == 404


def test_nothing_is_asked_of_a_referrer_at_an_emergency_or_where_nothing_is_open(service: Service) -> None:
    assert _link(service, service.new(FALLING)).json()["detail"] == (
        "This is an emergency: act first. Nothing is asked of the referrer now."
    )


def test_no_token_is_kept(service: Service) -> None:
    from sqlalchemy import text

    token = _link(service, service.new(OPEN)).json()["token"]
    with service.records.database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM reply_links")).all()
        entries = connection.execute(text("SELECT * FROM audit")).all()
    assert token not in repr(rows) + repr(entries)
