"""Whoever signed in may keep what a table comes to: listed to them alone, until they delete it or its time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.actor import THE_SERVICE, Actor
from api.records import kept_tables
from api.records.kept_tables import expire_tables, keep, packed
from api.records.refused import RecordProblem
from api.storage.audit import verify
from api.storage.tables import audit
from api.storage.tables import kept_tables as table
from tests.people.conftest import Clinic
from tests.records.databases import KINDS

TEXT = "reference,site,lean\nA,north,falling\nB,south,none\nC,south,fallen\n"


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def coordinator(clinic: Clinic) -> Iterator[TestClient]:
    with clinic.with_key("coordinator") as client:
        yield client


def _upload(client: TestClient, text: str = TEXT) -> str:
    """Upload a table, and give its address once it is rated."""
    sent = client.post("/cohort", files={"table": ("list.csv", text.encode())}, data={"by": "site"})
    address = str(sent.headers["location"])
    for _ in range(600):
        if "looks again" not in client.get(address).text:
            return address
        time.sleep(0.1)
    raise AssertionError("The table was not rated in a minute.")


def _keep(client: TestClient, name: str = "Waiting list of May") -> str:
    """Upload a table and keep it, and give the address of what is kept."""
    kept = client.post(f"{_upload(client)}/keep", data={"name": name})
    assert kept.status_code == 303, kept.text
    return str(kept.headers["location"])


def _actions(clinic: Clinic) -> list[str]:
    with clinic.state.records.database.reading() as connection:
        assert verify(connection).broken is None
        named = audit.c.action.like("table-%")
        return list(connection.execute(select(audit.c.action).where(named).order_by(audit.c.seq)).scalars())


def test_a_table_is_kept_for_its_owner_shown_downloaded_and_deleted(coordinator: TestClient, clinic: Clinic) -> None:
    uploaded = _upload(coordinator)
    before = coordinator.get(uploaded).text
    assert "for you alone and for 30 days, under this name" in before
    downloaded = {name: coordinator.get(f"{uploaded}/{name}").content for name in ("outcomes.csv", "refused.csv")}
    address = coordinator.post(f"{uploaded}/keep", data={"name": " Waiting list of May "}).headers["location"]
    assert coordinator.get(uploaded).status_code == 404, "what was uploaded is deleted"
    shown = coordinator.get(address).text
    assert "<h1>Waiting list of May</h1>" in shown
    assert "kept on 2026-11-24 for you alone until 2026-12-24." in shown
    heading = '<h2 class="below">'
    assert shown[shown.index(heading) :] == before[before.index(heading) :], "the same counts"
    assert "1 row refused, and not rated." in shown
    assert {name: coordinator.get(f"{address}/{name}").content for name in downloaded} == downloaded
    assert coordinator.get(f"{address}/summary").status_code == 404
    listed = coordinator.get("/cohort").text
    assert f'<a href="{address}">Waiting list of May</a>: 2 rows, rule set' in listed
    for role in ("clinician", "provider"):
        other = clinic.with_key(role)
        assert "Waiting list of May" not in other.get("/cohort").text
        assert other.get(address).status_code == 404
        assert other.get(f"{address}/outcomes.csv").status_code == 404
        assert other.post(f"{address}/delete").status_code == 404
    assert clinic.client().get(address).status_code == 401
    assert coordinator.post(f"{address}/delete").headers["location"] == "/cohort"
    assert coordinator.get(address).status_code == 404
    assert "Waiting list of May" not in coordinator.get("/cohort").text
    assert _actions(clinic) == ["table-kept", "table-read", "table-downloaded", "table-downloaded", "table-deleted"]


def test_it_is_deleted_when_its_time_is_over(coordinator: TestClient, clinic: Clinic) -> None:
    address = _keep(coordinator)
    clinic.clock.forward(days=30)
    assert coordinator.get(address).status_code == 404
    assert "Waiting list of May" not in coordinator.get("/cohort").text
    records = clinic.state.records
    assert records.writer.submit(expire_tables(records, THE_SERVICE)).result() == 1
    assert _actions(clinic) == ["table-kept", "table-expired"]


def test_erasing_a_person_deletes_the_tables_that_hold_them_refused_or_not(
    coordinator: TestClient, clinic: Clinic
) -> None:
    clinician = clinic.with_key("clinician")
    for reference in ("A", "C"):
        address = _keep(coordinator)
        assert clinician.post("/v1/erase", json={"reference": "N"}).status_code == 404
        assert coordinator.get(address).status_code == 200
        erased = clinician.post("/v1/erase", json={"reference": reference})
        assert (erased.status_code, erased.json()) == (200, {"erased": 0})
        assert coordinator.get(address).status_code == 404
    assert _actions(clinic).count("table-erased") == 2
    with clinic.state.records.database.reading() as connection:
        assert connection.execute(select(table)).all() == []


def test_nothing_is_kept_without_a_sign_in_or_by_a_role_that_keeps_nothing(
    coordinator: TestClient, clinic: Clinic
) -> None:
    nobody = clinic.client()
    sent = nobody.post("/cohort", files={"table": ("list.csv", TEXT.encode())})
    assert nobody.post(f"{sent.headers['location']}/keep", data={"name": "x"}).status_code == 401
    assert clinic.with_key("auditor").post("/cohort/key/keep", data={"name": "x"}).status_code == 403
    assert coordinator.post("/cohort/key/keep", data={"name": "x"}).status_code == 404


def test_a_table_has_a_name_and_a_largest_size(
    coordinator: TestClient, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = _upload(coordinator)
    for name in ("", " ", "x" * 201, "a\0b"):
        refused = coordinator.post(f"{address}/keep", data={"name": name})
        assert refused.status_code == 422
        assert "Give the table a name of 1 to 200 characters." in refused.text
    monkeypatch.setattr(kept_tables, "LARGEST_KEPT", 100)
    refused = coordinator.post(f"{address}/keep", data={"name": "May"})
    assert refused.status_code == 422
    assert "The outcomes are too large to be kept: download them instead." in refused.text
    assert coordinator.get(f"{address}/outcomes.csv").status_code == 200, "it is still there to be downloaded"


def test_a_table_without_references_is_kept(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "outcomes.csv").write_text("row,reference,level\n1,,urgent\n", encoding="utf-8")
    summary = {"rated": 1, "refused": 0}
    kept = packed("May", summary, tmp_path / "outcomes.csv", tmp_path / "refused.csv")
    records, clara = clinic.state.records, Actor("clara", "clinician", "clinic")
    assert kept.refusals is None
    id_ = records.writer.submit(keep(records, clara, kept, clinic.state.ruleset)).result()
    with pytest.raises(RecordProblem):
        records.writer.submit(kept_tables.read_file(records, clara, id_, "refused.csv")).result()
