"""Faults survived: what was acknowledged is there, nothing is there in half, and what failed is said."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg
import pytest
from sqlalchemy import event, func, inspect, select, text

from api.request import State
from api.storage import database as database_module
from api.storage import schema
from api.storage.audit import verify
from api.storage.database import Database, StorageUnavailable
from api.storage.tables import metadata, records, versions
from bench.referrals import as_request, complete_referrals
from tests.conftest import RULES
from tests.records.conftest import Running, Service
from tests.records.test_assessments import CALM, FALLING

ROOT = RULES.parent
SLOW = 60


def _python(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _writing(address: str, number: int, keys: int = 0) -> subprocess.Popen[str]:
    return _python("-m", "tests.records.writing", address, str(number), str(keys))


def _kept(database: Database, *, sent_again: int = 0) -> set[str]:
    """The ids of all records; fails unless each is whole and the audit names each, and what was sent again."""
    with database.reading() as connection:
        ids = set(connection.execute(select(records.c.id)).scalars())
        whole = select(versions.c.record_id).where(versions.c.answer.is_not(None), versions.c.referral.is_not(None))
        assert set(connection.execute(whole).scalars()) == ids
        verified = verify(connection)
        assert (verified.broken, verified.head.seq) == (None, len(ids) + sent_again)
    return ids


def test_a_process_killed_among_a_thousand_writes_loses_nothing_that_was_acknowledged(
    make_database: Callable[[], str],
) -> None:
    address = make_database()
    with _writing(address, 1_000) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(400)]
        process.kill()
        acknowledged += [line.strip() for line in process.stdout.read().splitlines() if len(line.strip()) == 36]
    database = Database(address)
    kept = _kept(database)
    database.close()
    assert set(acknowledged) <= kept
    assert 400 <= len(acknowledged) <= len(kept) < 1_000


def test_two_workers_at_once_lose_nothing_keep_one_chain_and_make_one_record_of_a_key(
    make_database: Callable[[], str],
) -> None:
    address, keys = make_database(), 60
    workers = [_writing(address, 200, keys) for _ in range(2)]
    first, second = (set(worker.communicate(timeout=SLOW)[0].splitlines()) for worker in workers)
    database = Database(address)
    assert _kept(database, sent_again=keys) == first | second
    database.close()
    assert (len(first), len(second), len(first & second)) == (200, 200, keys)


def _fill_up(service: Service, kind: str) -> Callable[[], None]:
    """Leave no room for another record; gives what makes room again."""
    engine = service.records.database.engine
    if kind == "sqlite":

        def limit(connection: Any, _record: Any) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

        event.listen(engine, "connect", limit)
        engine.dispose()

        def unlimited() -> None:
            event.remove(engine, "connect", limit)
            engine.dispose()

        return unlimited
    with psycopg.connect(_address(service), autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        connection.execute("CREATE TRIGGER full_disk BEFORE INSERT ON versions EXECUTE FUNCTION full_disk()")

    def room() -> None:
        with psycopg.connect(_address(service), autocommit=True) as connection:
            connection.execute("DROP TRIGGER full_disk ON versions")

    return room


def _address(service: Service) -> str:
    return service.records.database.address


def test_a_full_disk_is_said_and_survived(fresh: Service, database_kind: str) -> None:
    ids = {fresh.new(CALM) for _ in range(20)}
    make_room = _fill_up(fresh, database_kind)
    refused = [fresh.post("/v1/assessments", {"facts": FALLING}) for _ in range(30)]
    ids |= {response.json()["id"] for response in refused if response.status_code == 201}
    lost = [response for response in refused if response.status_code != 201]
    assert lost
    assert {response.status_code for response in lost} == {503}
    assert lost[0].json()["urgency"]["level"] == "emergency"
    make_room()
    ids.add(fresh.new(CALM))
    assert _kept(fresh.records.database) == ids


def test_a_database_that_is_gone_and_comes_back_is_said_and_survived(
    make_database: Callable[[], str], small_state: State, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    with Running(small_state, make_database()) as service:
        ids = {service.new(CALM) for _ in range(5)}
        bring_back = _take_away(service, database_kind)
        response = service.post("/v1/assessments", {"facts": FALLING})
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        problem = response.json()
        assert problem["detail"] == (
            "Records can't be read or written at this moment, and nothing of this request was stored. Send it again. "
            "`/v1/evaluate` answers without storing."
        )
        assert problem["urgency"]["level"] == "emergency"
        assert service.post("/v1/evaluate", {"facts": FALLING}).status_code == 200
        bring_back()
        ids.add(service.new(FALLING))
        assert service.get("/readyz").status_code == 200
        assert _kept(service.records.database) == ids


def _take_away(service: Service, kind: str) -> Callable[[], None]:
    address = _address(service)
    if kind == "sqlite":
        other = service.records.database.engine.raw_connection()
        other.cursor().execute("BEGIN EXCLUSIVE")

        def release() -> None:
            other.cursor().execute("ROLLBACK")
            other.close()

        return release
    name = service.records.database.engine.url.database
    elsewhere = address.replace(f"/{name}", "/postgres")

    def allow(allowed: str) -> None:
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}".encode())
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(ended, (name,))

    allow("false")
    return lambda: allow("true")


def test_readiness_says_that_records_are_gone(
    make_database: Callable[[], str], small_state: State, database_kind: str
) -> None:
    if database_kind == "sqlite":
        pytest.skip("readers of SQLite never wait for writers")
    with Running(small_state, make_database()) as service:
        service.new(CALM)
        bring_back = _take_away(service, database_kind)
        gone = service.get("/readyz")
        assert (gone.status_code, gone.json()["detail"]) == (503, "Records can't be read or written at this moment.")
        bring_back()
        assert service.get("/readyz").status_code == 200


MIGRATION_KILLED = """
import os, signal, sys
from alembic.operations import Operations
from api.storage.database import Database
Operations.create_index = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Database(sys.argv[1])
"""


def test_a_migration_that_is_killed_leaves_nothing_and_the_next_start_makes_it_whole(
    make_database: Callable[[], str],
) -> None:
    address = make_database()
    with _python("-c", MIGRATION_KILLED, address) as process:
        assert process.wait(SLOW) == -9
    engine = database_module._engine(address)
    with engine.connect() as connection:
        assert (schema.current(connection), inspect(connection).get_table_names()) == (None, [])
    engine.dispose()
    database = Database(address)
    with database.reading() as connection:
        assert schema.current(connection) == schema.NEWEST
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
    database.close()


def test_many_that_start_at_once_migrate_once(make_database: Callable[[], str]) -> None:
    address = make_database()
    with ThreadPoolExecutor(6) as threads:
        for database in threads.map(lambda _: Database(address), range(6)):
            database.close()


def test_a_migration_goes_back_and_forth_and_the_tables_are_those_of_the_code(make_database: Callable[[], str]) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = database_module._engine(make_database())
    for migration in (schema.NEWEST, "base", schema.NEWEST):
        schema.migrate(engine, migration)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    schema.migrate(engine, "base")
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(make_database: Callable[[], str]) -> None:
    address = make_database()
    database = Database(address)
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("RESET ROLE"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(schema.NewerDatabase, match=rf"at migration 9999, and this version knows {schema.NEWEST}\."):
        Database(address)


def test_a_thousand_requests_at_once_are_answered_and_stored_or_say_how_urgent_they_are(
    make_database: Callable[[], str], small_state: State
) -> None:
    (complete,) = complete_referrals(small_state.ruleset, 1)
    bodies = [as_request(small_state.ruleset, complete), {"facts": FALLING}] * 500
    with Running(small_state, make_database()) as service:

        async def send_all() -> list[httpx2.Response]:
            transport = httpx2.ASGITransport(service.client.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
                return list(await asyncio.gather(*(client.post("/v1/assessments", json=body) for body in bodies)))

        with ThreadPoolExecutor(1) as thread:
            responses = thread.submit(asyncio.run, send_all()).result()
        assert {response.status_code for response in responses[::2]} == {201}
        shed = [response.json() for response in responses if response.status_code != 201]
        assert all((problem["status"], problem["urgency"]["level"]) == (503, "emergency") for problem in shed)
        stored = {response.json()["id"] for response in responses if response.status_code == 201}
        assert _kept(service.records.database) == stored


STRINGS = (
    "'; DROP TABLE records; --", '" OR 1=1 --', "%s %(id)s :id {0} {{7*7}} ${x}", "<script>alert(1)</script>",
    "\\x00 \\u0000 \\", "\u202eevil\u200b", "😀" * 20, "Robert'); DELETE FROM audit;", "../../etc/passwd",
    "\r\nSet-Cookie: a=b",
)  # fmt: skip


@pytest.mark.parametrize("string", STRINGS)
def test_a_text_is_kept_as_it_is_wherever_it_is_put(service: Service, string: str) -> None:
    body = {"reference": string, "facts": CALM, "quotes": {"lean": string}}
    id_ = service.post("/v1/assessments", body).json()["id"]
    path, revision = f"/v1/assessments/{id_}", {"If-Match": '"1"'}
    hand_over = {"place": string, "call_back": string, "taken_over_by": string}
    change = {"owner": string, "hand_over": hand_over}
    assert service.client.patch(path, json=change, headers=revision).status_code == 200
    assert service.post(f"{path}/contact-attempts", {"outcome": "no_answer", "note": string}).status_code == 201
    decision = {"decision": "override", "rating": "suitable", "reason_code": "other", "reason": string}
    decided = service.post(f"{path}/decision", decision | {"signed_as": string}, headers={"If-Match": '"3"'})
    assert decided.status_code == 200
    record = service.get(path).json()
    assert (record["reference"], record["owner"], record["hand_over"]) == (string, string, hand_over)
    assert record["referral"] == body
    assert (record["attempts"][0]["note"], record["decision"]["reason"]) == (string, string)
    assert record["decision"]["signed_as"] == string
    for name in ("reference", "owner"):
        listed = service.get("/v1/assessments", params={name: string}).json()["items"]
        assert [item["id"] for item in listed] == [id_]
    exported = service.post("/v1/export", {"reference": string}).json()["records"]
    assert [entry["record"]["id"] for entry in exported] == [id_]
    assert "<script>" not in service.get(f"{path}/letter").text
    draft = service.post("/v1/drafts", body).json()
    assert draft["referral"] == body
    with service.records.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(records)).scalar_one() > 0
        assert verify(connection).broken is None


def test_a_nul_is_refused_in_every_text_and_anything_may_stand_in_an_address(service: Service) -> None:
    id_ = service.new(CALM)
    match = {"If-Match": '"1"'}
    for path, body in (
        (f"/v1/assessments/{id_}/contact-attempts", {"outcome": "reached", "note": "a\0"}),
        (f"/v1/assessments/{id_}/decision", {"decision": "agree", "signed_as": "a\0"}),
        ("/v1/export", {"reference": "a\0"}),
        ("/v1/erase", {"reference": "a\0"}),
    ):
        assert service.post(path, body, headers=match).status_code == 422, path
    for string in ("%00", "'", "%F0%9F%98%80", "a" * 3_000):
        for path in ("/v1/assessments/{}", "/v1/drafts/{}", "/v1/replies/{}", "/v1/assessments/{}/replay"):
            assert service.get(path.format(string)).status_code == 404, (path, string)


def test_a_body_that_is_too_large_or_too_slow_is_refused_everywhere(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = service.new(CALM)
    draft = service.post("/v1/drafts", {"facts": {}}).json()["id"]
    large = b'{"facts": {}, "quotes": {"lean": "' + b"x" * 300_000 + b'"}}'
    calls = [
        ("POST", "/v1/assessments"), ("PATCH", f"/v1/assessments/{id_}"), ("POST", f"/v1/assessments/{id_}/amend"),
        ("POST", f"/v1/assessments/{id_}/contact-attempts"), ("POST", f"/v1/assessments/{id_}/decision"),
        ("POST", "/v1/drafts"), ("PUT", f"/v1/drafts/{draft}"), ("POST", "/v1/export"), ("POST", "/v1/erase"),
        ("POST", "/v1/replies/none"),
    ]  # fmt: skip
    monkeypatch.setattr("api.request.BODY_SECONDS", 0.02)
    for method, path in calls:
        response = service.client.request(method, path, content=large, headers={"If-Match": '"1"'})
        assert response.status_code == 413, path
        assert _slow(service, method, path) == 408, path


def _slow(service: Service, method: str, path: str) -> int:
    """The status of a request whose body does not come."""
    statuses: list[int] = []

    async def receive() -> Any:
        await asyncio.sleep(5)

    async def keep(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"if-match", b'"1"')], "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80),
        "root_path": "",
    }  # fmt: skip
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, service.client.app(scope, receive, keep)).result()  # type: ignore[arg-type]
    return statuses[0]


def test_nothing_of_an_answer_is_logged_when_records_are_gone(
    make_database: Callable[[], str], small_state: State, database_kind: str, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    with Running(small_state, make_database()) as service, caplog.at_level("DEBUG"):
        service.new(CALM, "planted-words")
        bring_back = _take_away(service, database_kind)
        body = {"reference": "planted-words", "facts": FALLING, "quotes": {"lean": "planted-words"}}
        assert service.post("/v1/assessments", body).status_code == 503
        bring_back()
    assert "planted-words" not in caplog.text
    assert "falling" not in caplog.text


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgresql://127.0.0.1:1/none?connect_timeout=2", "OperationalError"),
        ("mysql://u:secret@x/y", "TRIAGE_DATABASE_URL is not the address of an SQLite or PostgreSQL database"),
        ("secret words", "TRIAGE_DATABASE_URL is not the address of an SQLite or PostgreSQL database"),
    ],
)
def test_storage_that_can_not_be_opened_says_so(address: str, why: str) -> None:
    with pytest.raises(StorageUnavailable) as unavailable:
        Database(address)
    assert str(unavailable.value) == why
