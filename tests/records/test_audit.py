"""The audit is append-only, says who did what, holds no answer, and shows where it was tampered with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from api.storage.audit import Head, verify
from api.storage.database import Database
from api.storage.tables import audit
from tests.records.conftest import Service
from tests.records.test_assessments import CALM, FALLING
from triage.cli import app

PLANTED = "planted-words"


def _entries(service: Service) -> list[dict[str, object]]:
    with service.records.database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(audit).order_by(audit.c.seq))]


def _fill(service: Service) -> str:
    body = {"reference": PLANTED, "facts": FALLING, "quotes": {"lean": PLANTED}}
    id_ = str(service.post("/v1/assessments", body).json()["id"])
    service.get(f"/v1/assessments/{id_}")
    change = {"status": "trying", "hand_over": {"place": PLANTED}}
    service.client.patch(f"/v1/assessments/{id_}", json=change, headers={"If-Match": '"1"'})
    service.post(f"/v1/assessments/{id_}/contact-attempts", {"outcome": "no_answer", "note": PLANTED})
    decision = {"decision": "override", "level": "routine", "reason_code": "other", "reason": PLANTED}
    decision["signed_as"] = PLANTED
    service.post(f"/v1/assessments/{id_}/decision", decision, headers={"If-Match": '"3"'})
    service.get("/v1/assessments")
    return id_


def test_every_reading_and_change_is_an_entry_and_no_answer_is(fresh: Service) -> None:
    id_ = _fill(fresh)
    entries = _entries(fresh)
    assert [(entry["action"], entry["record_id"]) for entry in entries] == [
        ("assessed", id_), ("read", id_), ("changed", id_), ("attempted", id_), ("decided", id_), ("listed", None),
    ]  # fmt: skip
    assert {(entry["actor"], entry["role"], entry["tenant"]) for entry in entries} == {("clara", "clinician", "clinic")}
    assert json.loads(str(entries[-1]["details"])) == {"records": [id_]}
    whole = json.dumps(entries)
    assert all(word not in whole for word in (PLANTED, "falling", "power_line", "lean"))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "UPDATE versions SET created_by = 'x'",
     "DELETE FROM versions",
     "UPDATE versions SET answer = NULL, referral = NULL, salt = NULL, digest = 'x'"],
)  # fmt: skip
def test_neither_the_audit_nor_a_version_is_changed(fresh: Service, statement: str) -> None:
    _fill(fresh)
    admin = Database(fresh.records.database.address)
    with pytest.raises(DBAPIError), admin.writing() as connection:
        connection.execute(text(statement))
    admin.close()


def test_the_service_works_as_a_role_that_may_not_change_the_audit(fresh: Service, database_kind: str) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite has no roles")
    with fresh.records.database.reading() as connection:
        assert connection.execute(text("SELECT current_user")).scalar() == "triage_service"
        for right, may in (("INSERT", True), ("UPDATE", False), ("DELETE", False), ("TRUNCATE", False)):
            granted = connection.execute(text(f"SELECT has_table_privilege('audit', '{right}')")).scalar()
            assert granted is may, right


def _untriggered(connection: Connection) -> None:
    """Take away what keeps the audit, as whoever owns the database can."""
    if connection.dialect.name == "sqlite":
        for name in ("audit_no_update", "audit_no_delete", "versions_no_update", "versions_no_delete"):
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("RESET ROLE"))
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text("ALTER TABLE versions DISABLE TRIGGER ALL"))


@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        ("UPDATE audit SET actor = 'x' WHERE seq = 2", 2, "its content was changed"),
        ("DELETE FROM audit WHERE seq = 3", 4, "entry 3 is missing before it"),
        ("UPDATE audit SET previous = hash WHERE seq = 2", 2, "it does not follow the entry before it"),
        ("DELETE FROM versions", 1, "version 1 of record {id} is missing"),
        ("UPDATE versions SET answer = salt", 1, "version 1 of record {id} was changed"),
        ("DELETE FROM audit WHERE seq > 4", 5, "it is missing, and so is every entry up to the one noted"),
    ],
)
def test_the_first_broken_link_is_named(fresh: Service, statement: str, seq: int, why: str) -> None:
    id_ = _fill(fresh)
    last = _entries(fresh)[-1]
    noted = Head(int(str(last["seq"])), "", str(last["hash"]))
    with fresh.records.database.reading() as connection:
        assert verify(connection, noted).broken is None
    with fresh.records.database.writing() as connection:
        _untriggered(connection)
        connection.execute(text(statement))
        broken = verify(connection, noted).broken
    assert broken is not None
    assert (broken.seq, broken.why) == (seq, why.format(id=id_))


def test_the_command_verifies_and_names_the_broken_link(
    make_database: Callable[[], str], fresh: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(fresh)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", fresh.records.database.address)
    sound = CliRunner().invoke(app, ["audit", "verify"])
    last = _entries(fresh)[-1]
    assert (sound.exit_code, sound.stdout) == (0, f"6 entries, none changed or missing. Head: 6:{last['hash']}\n")
    with fresh.records.database.writing() as connection:
        _untriggered(connection)
        connection.execute(text("UPDATE audit SET action = 'x' WHERE seq = 5"))
    broken = CliRunner().invoke(app, ["audit", "verify"])
    assert (broken.exit_code, broken.stderr) == (1, "The audit is broken at entry 5: its content was changed.\n")


def test_entries_at_once_are_one_chain(fresh: Service) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: fresh.new(CALM), range(40)))
    with fresh.records.database.reading() as connection:
        verified = verify(connection)
    assert (verified.broken, verified.head.seq) == (None, 40)


def test_a_clock_going_backwards_never_breaks_the_order(fresh: Service) -> None:
    fresh.new(CALM)
    fresh.clock.forward(days=-30)
    early = fresh.new(FALLING)
    fresh.get(f"/v1/assessments/{early}")
    times = [str(entry["at"]) for entry in _entries(fresh)]
    assert times == sorted(times)
    with fresh.records.database.reading() as connection:
        assert verify(connection).broken is None
    assert len(fresh.get("/v1/assessments").json()["items"]) == 2


def test_no_database_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path}/none/there.sqlite")
    result = CliRunner().invoke(app, ["audit", "verify"])
    assert result.exit_code == 2
    assert result.stderr == "The records can't be read: FileNotFoundError\n"
