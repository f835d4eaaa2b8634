"""Changes of a record: nobody overwrites another's, no level is lowered but by a clinician, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from api.actor import Actor, Role
from tests.records.conftest import Service
from tests.records.test_assessments import CALM, FALLING

LEANING = {**CALM, "lean": "slight"}
OVERRIDE = {"decision": "override", "reason_code": "more_is_known", "reason": "Seen today.", "signed_as": "Dr. Elm"}


def _match(revision: int) -> dict[str, str]:
    return {"If-Match": f'"{revision}"'}


def _amend(service: Service, id_: str, revision: int, facts: dict[str, Any]) -> Any:
    return service.post(f"/v1/assessments/{id_}/amend", {"facts": facts}, headers=_match(revision))


def _decide(service: Service, id_: str, revision: int, **decision: Any) -> Any:
    return service.post(f"/v1/assessments/{id_}/decision", {**OVERRIDE, **decision}, headers=_match(revision))


def test_status_owner_and_hand_over_are_changed(service: Service) -> None:
    id_ = service.new(FALLING)
    hand_over = {"place": "the old orchard", "call_back": "555 0100", "taken_over_by": None}
    body = {"status": "handed_over", "owner": "team-b", "hand_over": hand_over}
    changed = service.client.patch(f"/v1/assessments/{id_}", json=body, headers=_match(1))
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert {name: changed.json()[name] for name in body} == body
    freed = service.client.patch(f"/v1/assessments/{id_}", json={"owner": None}, headers=_match(2)).json()
    assert (freed["owner"], freed["status"], freed["revision"]) == (None, "handed_over", 3)


def test_the_second_writer_is_told_what_was_changed(service: Service) -> None:
    id_ = service.new(CALM)
    service.client.patch(f"/v1/assessments/{id_}", json={"status": "booked"}, headers=_match(1))
    service.asking.append(Actor("other", "coordinator", "clinic"))
    late = service.client.patch(f"/v1/assessments/{id_}", json={"owner": "me"}, headers=_match(1))
    service.asking.pop()
    assert late.status_code == 412
    problem = late.json()
    assert problem["detail"] == (
        "Somebody else changed status. Read the record again (ETag 2), then send your change again."
    )
    assert problem["changed"] == [
        {"field": "status", "at": "2026-11-24T09:00:00.000000Z", "by": "clara", "revision": 2}
    ]
    assert service.get(f"/v1/assessments/{id_}").json()["owner"] is None


@pytest.mark.parametrize(
    ("headers", "body", "status", "detail"),
    [
        ({}, {"status": "booked"}, 428, "Send If-Match with the ETag of the record that you changed, so that nobody's "
         "change is overwritten."),
        ({"If-Match": "1"}, {"status": "booked"}, 422, 'If-Match must be the ETag of the record, such as "3".'),
        ({"If-Match": '"1"'}, {"status": "done"}, 422, "/status: `done` is not allowed here. Known: `booked`, "
         "`closed`, `handed_over`, `new`, `trying`, `waiting_for_referrer`."),
        ({"If-Match": '"1"'}, {"status": "close"}, 422, "/status: `close` is not allowed here. Did you mean `closed`?"),
        ({"If-Match": '"1"'}, {"hand_over": {"plce": "x"}}, 422, "/hand_over/plce: `plce` is not allowed here. Did you "
         "mean `place`?"),
        ({"If-Match": '"1"'}, {"owner": 3}, 422, "/owner: Expected `str | null`, got `int`."),
        ({"If-Match": '"1"'}, [], 422, "Expected `object`, got `array`."),
        ({"If-Match": '"1"'}, {"state": "done"}, 422, "/state: `state` is not allowed here. Did you mean "
         "`status`?"),
        ({"If-Match": '"1"'}, {"owner": "a\0b"}, 422, "A text has a NUL character, which can't be stored."),
        ({"If-Match": '"1"'}, {"owner": ""}, 422, "/owner: Expected `str` of length >= 1."),
    ],
)  # fmt: skip
def test_a_wrong_change_is_named(
    service: Service, headers: dict[str, str], body: Any, status: int, detail: str
) -> None:
    id_ = service.new(CALM)
    response = service.client.patch(f"/v1/assessments/{id_}", json=body, headers=headers)
    assert (response.status_code, response.json()["detail"]) == (status, detail)


def test_two_failed_attempts_make_an_urgent_record_very_urgent(service: Service) -> None:
    id_ = service.new(LEANING)
    path = f"/v1/assessments/{id_}/contact-attempts"
    first = service.post(path, {"outcome": "no_answer"}).json()
    assert (first["level"], first["status"], first["failed_attempts"]) == ("urgent", "trying", 1)
    second = service.post(path, {"outcome": "message_left", "note": "with the gardener"}).json()
    assert (second["level"], second["level_from"]) == ("very_urgent", "escalated")
    assert second["level_because"] == "Nobody opened the door twice."
    assert second["due_at"] == "2026-11-24T10:00:00.000000Z"
    assert second["action"]["first"] == "Call the crisis line (not set) now."
    assert [tried["outcome"] for tried in second["attempts"]] == ["no_answer", "message_left"]
    reached = service.post(path, {"outcome": "reached"}).json()
    assert (reached["level"], reached["failed_attempts"]) == ("very_urgent", 0)
    calmer = _amend(service, id_, reached["revision"], CALM).json()
    assert (calmer["level"], calmer["level_from"]) == ("very_urgent", "escalated")


@pytest.mark.parametrize("facts", [{}, CALM])
def test_no_attempt_raises_what_no_rule_made_urgent(service: Service, facts: dict[str, Any]) -> None:
    id_ = service.new(facts)
    for _ in range(3):
        record = service.post(f"/v1/assessments/{id_}/contact-attempts", {"outcome": "no_answer"}).json()
    assert record["level_from"] == "answer"


def test_an_attempt_after_one_that_reached_counts_anew(service: Service) -> None:
    id_ = service.new(LEANING)
    for outcome in ("no_answer", "reached", "wrong_number"):
        record = service.post(f"/v1/assessments/{id_}/contact-attempts", {"outcome": outcome}).json()
    assert (record["level"], record["failed_attempts"]) == ("urgent", 1)


def test_other_answers_are_a_new_version_and_the_old_one_is_kept(service: Service) -> None:
    id_ = service.new(CALM, "T-7")
    service.clock.forward(minutes=10)
    amended = _amend(service, id_, 1, LEANING)
    record = amended.json()
    assert (amended.status_code, record["version"], record["level"]) == (200, 2, "urgent")
    assert [(version["number"], version["cause"]) for version in record["versions"]] == [
        (1, "assessed"),
        (2, "amended"),
    ]
    assert (record["reference"], record["referral"]) == ("T-7", {"facts": LEANING})


def test_a_level_that_a_rule_set_stays_when_its_answer_is_changed(service: Service) -> None:
    id_ = service.new(FALLING)
    record = _amend(service, id_, 1, CALM).json()
    assert (record["level"], record["state"], record["level_from"]) == ("emergency", "sorted", "kept")
    assert record["level_because"] == "A rule set this level for an earlier answer. Only a clinician lowers it."
    assert record["action"]["first"] == "Call the emergency number (not set) now."
    assert record["answer"]["urgency"]["level"] == "routine"
    again = _amend(service, id_, 2, LEANING).json()
    assert (again["level"], again["level_from"]) == ("emergency", "kept")


def test_the_floor_lifts_when_the_questions_are_answered(service: Service) -> None:
    id_ = service.new({})
    before = service.get(f"/v1/assessments/{id_}").json()
    record = _amend(service, id_, 1, CALM).json()
    assert (before["level"], before["state"]) == ("urgent", "not_sorted")
    assert (record["level"], record["level_from"]) == ("routine", "answer")


def test_a_record_whose_level_rises_comes_back_to_the_worklist(fresh: Service) -> None:
    id_ = fresh.new(CALM)
    fresh.client.patch(f"/v1/assessments/{id_}", json={"status": "closed"}, headers=_match(1))
    assert fresh.get("/v1/assessments").json()["items"] == []
    _amend(fresh, id_, 2, FALLING)
    (item,) = fresh.get("/v1/assessments").json()["items"]
    assert (item["id"], item["status"], item["opened_at"]) == (id_, "new", None)


def test_a_clinician_agrees_or_overrides_and_both_are_shown(service: Service) -> None:
    id_ = service.new(LEANING)
    agreed = service.post(f"/v1/assessments/{id_}/decision", {"decision": "agree"}, headers=_match(1)).json()
    assert (agreed["decision"]["decision"], agreed["level"]) == ("agree", "urgent")
    overridden = _decide(service, id_, 2, level="routine", rating="suitable").json()
    assert (overridden["level"], overridden["level_from"]) == ("routine", "decision")
    assert overridden["decision"] == {
        "version": 1, "at": "2026-11-24T09:10:00.000000Z", "made_by": "clara", "signed_as": "Dr. Elm",
        "decision": "override", "rating": "suitable", "level": "routine", "reason_code": "more_is_known",
        "reason": "Seen today.",
    }  # fmt: skip
    assert len(overridden["decisions"]) == 2
    assert overridden["answer"]["urgency"]["level"] == "urgent"


def test_the_rule_that_a_decision_went_below_does_not_raise_the_level_again_and_another_does(service: Service) -> None:
    id_ = service.new(LEANING)
    _decide(service, id_, 1, level="routine")
    same = _amend(service, id_, 2, {**LEANING, "propped": "yes"}).json()
    assert (same["level"], same["level_from"]) == ("routine", "decision")
    worse = _amend(service, id_, 3, FALLING).json()
    assert (worse["level"], worse["level_from"]) == ("emergency", "answer")
    open_again = service.new(LEANING)
    _decide(service, open_again, 1, level="routine")
    unsorted = _amend(service, open_again, 2, {"lean": "slight"}).json()
    assert unsorted["level"] == "urgent"


@pytest.mark.parametrize(
    ("facts", "decision", "detail"),
    [
        (LEANING, {"level": "routine", "signed_as": None}, "/signed_as: A level is lowered by name: give `signed_as`."),
        (LEANING, {"level": "calm"}, "/level: `calm` is not allowed here. Known: `routine`, `semi_urgent`, `urgent`, "
         "`very_urgent`, `emergency`."),
        (LEANING, {"rating": "suitabel"}, "/rating: `suitabel` is not allowed here. Did you mean `suitable`?"),
        (LEANING, {"level": "routine", "reason": None}, "/reason: An override gives its `reason`."),
        (LEANING, {}, "An override gives another `rating`, another `level`, or both."),
        ({"lean": "none"}, {"level": "routine"}, "/level: The level is at least `urgent` until the safety questions "
         "are answered: hazards, nesting, nestlings."),
    ],
)  # fmt: skip
def test_an_unsound_decision_is_named(
    service: Service, facts: dict[str, Any], decision: dict[str, Any], detail: str
) -> None:
    response = _decide(service, service.new(facts), 1, **decision)
    assert (response.status_code, response.json()["detail"]) == (422, detail)


def test_only_a_clinician_decides(service: Service) -> None:
    id_ = service.new(LEANING)
    service.asking.append(Actor("carl", "coordinator", "clinic"))
    response = _decide(service, id_, 1, level="routine")
    service.asking.pop()
    assert (response.status_code, response.json()["detail"]) == (
        403,
        "Only a clinician agrees with an answer or overrides it.",
    )


def test_agreement_is_counted_by_rule(fresh: Service) -> None:
    first, second, third = (fresh.new(LEANING) for _ in range(3))
    _decide(fresh, first, 1, level="routine")
    _decide(fresh, second, 1, level="routine")
    fresh.clock.forward(minutes=1)
    for id_, revision in ((second, 2), (third, 1)):
        fresh.post(f"/v1/assessments/{id_}/decision", {"decision": "agree"}, headers=_match(revision))
    agreement = fresh.get("/v1/agreement").json()
    assert (agreement["decisions"], agreement["agreed"]) == (3, 2)
    (leaning,) = [rule for rule in agreement["rules"] if rule["rule"] == "leaning"]
    assert leaning == {
        "rule": "leaning", "effect": "urgency", "decided": 3, "agreed": 2, "overrode": 1,
        "reasons": {"more_is_known": 1},
    }  # fmt: skip


def test_another_clinic_and_another_provider_see_nothing(service: Service) -> None:
    id_ = service.new(CALM)
    for actor in (Actor("x", "clinician", "elsewhere"), Actor("y", "provider", "clinic")):
        service.asking.append(actor)
        statuses = [
            service.get(f"/v1/assessments/{id_}").status_code,
            service.client.patch(f"/v1/assessments/{id_}", json={}, headers=_match(1)).status_code,
            service.post(f"/v1/assessments/{id_}/contact-attempts", {"outcome": "reached"}).status_code,
            _amend(service, id_, 1, CALM).status_code,
        ]
        listed = service.get("/v1/assessments").json()["items"]
        service.asking.pop()
        assert (statuses, listed) == ([404] * 4, [])


def test_whoever_sent_a_referral_sends_other_answers_and_does_nothing_else_with_it(service: Service) -> None:
    provider = Actor("practice", "provider", "clinic")
    service.asking.append(provider)
    id_ = service.new(LEANING)
    path = f"/v1/assessments/{id_}"
    refused = [
        service.client.patch(path, json={"status": "closed"}, headers=_match(1)),
        service.post(f"{path}/contact-attempts", {"outcome": "reached"}),
        service.post(f"{path}/reply-link", None, headers=_match(1)),
    ]
    amended = _amend(service, id_, 1, {**LEANING, "propped": "yes"})
    service.asking.pop()
    for response in refused:
        assert (response.status_code, response.json()["detail"]) == (
            403,
            "Only a coordinator or a clinician does this: whoever sent a referral sends other answers.",
        )
    assert (amended.status_code, amended.json()["version"], amended.json()["opened_at"]) == (200, 2, None)


@pytest.mark.parametrize("role", ["provider", "auditor"])
def test_reading_by_someone_who_does_not_work_on_records_opens_none(service: Service, role: Role) -> None:
    service.asking.append(Actor("reader", "provider", "clinic"))
    id_ = service.new(LEANING)
    service.asking[-1] = Actor("reader", role, "clinic")
    seen = service.get(f"/v1/assessments/{id_}").json()
    service.asking.pop()
    service.clock.forward(hours=25)
    assert seen["opened_at"] is None
    ids = [item["id"] for item in service.get("/v1/assessments?overdue=true&limit=200").json()["items"]]
    assert id_ in ids


def test_a_booked_record_whose_person_can_not_be_reached_comes_back_to_the_worklist(fresh: Service) -> None:
    id_ = fresh.new(LEANING)
    fresh.client.patch(f"/v1/assessments/{id_}", json={"status": "booked"}, headers=_match(1))
    assert fresh.get("/v1/assessments").json()["items"] == []
    for _ in range(2):
        fresh.post(f"/v1/assessments/{id_}/contact-attempts", {"outcome": "no_answer"})
    (item,) = fresh.get("/v1/assessments").json()["items"]
    assert (item["id"], item["status"], item["level"]) == (id_, "trying", "very_urgent")
