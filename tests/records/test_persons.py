"""One person's records are exported whole, and erased with the audit left whole."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from api.actor import Actor
from api.storage.audit import verify
from tests.records.conftest import Service
from tests.records.test_assessments import CALM, FALLING

PLANTED = "planted-words"


def _fill(service: Service, reference: str) -> str:
    body = {"reference": reference, "facts": FALLING, "quotes": {"lean": PLANTED}}
    id_ = str(service.post("/v1/assessments", body, headers={"Idempotency-Key": reference}).json()["id"])
    service.post(f"/v1/assessments/{id_}/contact-attempts", {"outcome": "no_answer", "note": PLANTED})
    decision = {"decision": "override", "level": "routine", "reason_code": "other", "reason": PLANTED}
    decision["signed_as"] = PLANTED
    service.post(f"/v1/assessments/{id_}/decision", decision, headers={"If-Match": '"2"'})
    change = {"hand_over": {"place": PLANTED}, "owner": PLANTED}
    service.client.patch(f"/v1/assessments/{id_}", json=change, headers={"If-Match": '"3"'})
    return id_


def test_everything_of_one_person_is_exported(fresh: Service) -> None:
    first = _fill(fresh, "P-1")
    fresh.clock.forward(minutes=1)
    other = fresh.new(CALM, "P-1")
    fresh.new(CALM, "P-2")
    (record, plain) = fresh.post("/v1/export", {"reference": "P-1"}).json()["records"]
    assert [record["record"]["id"], plain["record"]["id"]] == [first, other]
    assert record["versions"][0]["referral"]["facts"] == FALLING
    assert record["versions"][0]["answer"]["urgency"]["level"] == "emergency"
    assert (record["contact_attempts"][0]["note"], record["decisions"][0]["reason"]) == (PLANTED, PLANTED)
    assert [entry["action"] for entry in record["audit"]] == [
        "assessed", "attempted", "decided", "changed", "exported",
    ]  # fmt: skip


def test_what_is_erased_is_nowhere_and_the_audit_is_whole(fresh: Service, database_kind: str) -> None:
    id_ = _fill(fresh, "P-planted")
    kept = fresh.new(CALM, "P-2")
    assert fresh.post("/v1/erase", {"reference": "P-planted"}).json() == {"erased": 1}
    gone = fresh.get(f"/v1/assessments/{id_}")
    assert (gone.status_code, gone.json()["detail"]) == (
        410,
        f"The record `{id_}` was erased. The audit keeps that it was there.",
    )
    assert [item["id"] for item in fresh.get("/v1/assessments?status=new,trying,closed").json()["items"]] == [kept]
    assert fresh.post("/v1/export", {"id": id_}).status_code == 404
    with fresh.records.database.reading() as connection:
        assert verify(connection).broken is None
        whole = "".join(
            repr(connection.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("records", "versions", "contact_attempts", "decisions", "idempotency_keys", "audit", "drafts")
        )
    assert PLANTED not in whole
    assert "P-planted" not in whole
    if database_kind == "sqlite":
        file = Path(str(make_url(fresh.records.database.address).database))
        content = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
        assert PLANTED.encode() not in content


def test_only_some_erase_and_export(service: Service) -> None:
    id_ = service.new(CALM)
    service.asking.append(Actor("carl", "coordinator", "clinic"))
    refused = service.post("/v1/erase", {"id": id_})
    assert (refused.status_code, refused.json()["detail"]) == (403, "Only a clinician erases records.")
    service.asking.append(Actor("p", "provider", "clinic"))
    assert service.post("/v1/export", {"id": id_}).status_code == 403
    service.asking.append(Actor("x", "clinician", "elsewhere"))
    assert service.post("/v1/erase", {"id": id_}).status_code == 404
    service.asking[:] = service.asking[:1]
    wrong = service.post("/v1/export", {})
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "Give a `reference` or an `id`.")
