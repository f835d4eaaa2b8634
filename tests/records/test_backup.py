"""A backup is made while the service writes, is verified, and brings the records back after a disaster."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner, Result

from api.request import State
from api.storage.audit import verify
from api.storage.database import Database
from tests.records.conftest import Running, Service
from tests.records.databases import new_database, postgresql_tool
from tests.records.test_assessments import CALM, FALLING
from triage.cli import app


@pytest.fixture(scope="module")
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def address(make_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> str:
    address = make_database()
    monkeypatch.setenv("TRIAGE_DATABASE_URL", address)
    return address


def _file(address: str) -> Path:
    return Path(str(make_url(address).database))


def _run(*command: str | Path) -> Result:
    return CliRunner().invoke(app, [str(part) for part in command])


def _replayed(service: Service, id_: str) -> bool:
    return bool(service.get(f"/v1/assessments/{id_}/replay").json()["same"])


def test_records_come_back_after_a_disaster(address: str, small_state: State, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    with Running(small_state, address) as service, ThreadPoolExecutor(1) as thread:
        kept = [service.new(FALLING, "B-1"), service.new(CALM)]
        writing = thread.submit(lambda: [service.new(CALM) for _ in range(40)])
        backed_up = _run("backup", backup)
        later = writing.result()
    assert backed_up.exit_code == 0, backed_up.stderr
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["backup.sqlite"]
    _file(address).write_bytes(b"a disaster" * 1_000)
    restored = _run("restore", backup)
    assert restored.exit_code == 0, restored.stderr
    assert "none changed or missing" in _run("audit", "verify").stdout
    with Running(small_state, address) as service:
        record = service.get(f"/v1/assessments/{kept[0]}").json()
        assert (record["reference"], record["level"]) == ("B-1", "emergency")
        assert all(_replayed(service, id_) for id_ in kept)
        back = {item["id"] for item in service.get("/v1/assessments?limit=200").json()["items"]}
        assert set(kept) <= back <= {*kept, *later}
        service.new(CALM)


def test_what_was_there_is_kept_beside_what_was_restored(address: str, small_state: State, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    with Running(small_state, address) as service:
        service.new(CALM)
        _run("backup", backup)
        late = service.new(FALLING)
    restored = _run("restore", backup)
    (aside,) = _file(address).parent.glob(f"{_file(address).name}.before-*")
    assert restored.stderr.splitlines() == [
        f"What was there is in {aside}.",
        "Erase again what was erased, and disable again what was disabled, since the backup was made.",
    ]
    with Running(small_state, address) as service:
        assert service.get(f"/v1/assessments/{late}").status_code == 404
    with Running(small_state, f"sqlite:///{aside}") as service:
        assert service.get(f"/v1/assessments/{late}").status_code == 200


def test_nothing_is_restored_while_the_service_runs(address: str, small_state: State, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    with Running(small_state, address) as service:
        service.new(CALM)
        _run("backup", backup)
        late = service.new(FALLING)
        refused = _run("restore", backup)
        assert (refused.exit_code, refused.stderr) == (2, f"{_file(address)} is in use. Stop the service first.\n")
        assert service.get(f"/v1/assessments/{late}").status_code == 200


def _other_words(backup: Path) -> None:
    database = Database(f"sqlite:///{backup}")
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET actor = 'x' WHERE seq = 1")
    database.close()


def _newer(backup: Path) -> None:
    database = Database(f"sqlite:///{backup}")
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()


def _no_records(backup: Path) -> None:
    backup.write_bytes(b"")


def _half(backup: Path) -> None:
    os.truncate(backup, backup.stat().st_size // 2)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (_other_words, "The audit of the copy is broken at entry 1: its content was changed."),
        (_newer, "The records can't be read: The database is at migration 9999, and this version knows {newest}. Run "
         "the newer one."),
        (_no_records, "{backup} is a database, and not one of records."),
        (_half, "{backup} is no database that can be read: database disk image is malformed."),
        (lambda backup: backup.write_bytes(b"other" * 999), "{backup} is no database that can be read: file is not a "
         "database."),
        (Path.unlink, "There is no file {backup}."),
    ],
)  # fmt: skip
def test_a_backup_that_is_not_sound_is_refused_and_nothing_is_changed(
    address: str, small_state: State, tmp_path: Path, harm: Callable[[Path], None], why: str
) -> None:
    from api.storage.schema import NEWEST

    backup = tmp_path / "backup.sqlite"
    with Running(small_state, address) as service:
        id_ = service.new(FALLING)
    _run("backup", backup)
    harm(backup)
    refused = _run("restore", backup)
    assert (refused.exit_code, refused.stderr) == (2, why.format(backup=backup, newest=NEWEST) + "\n")
    with Running(small_state, address) as service:
        assert service.get(f"/v1/assessments/{id_}").status_code == 200
    assert not list(_file(address).parent.glob(f"{_file(address).name}.before-*"))


def test_no_backup_is_written_over(address: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    backup.write_text("older")
    refused = _run("backup", backup)
    assert (refused.exit_code, refused.stderr, backup.read_text()) == (
        2,
        f"{backup} exists already. Name a new file, so that no backup is lost.\n",
        "older",
    )


def test_a_backup_that_can_not_be_written_says_so(address: str, tmp_path: Path) -> None:
    refused = _run("backup", tmp_path / "none" / "backup.sqlite")
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"{tmp_path / 'none' / 'backup.sqlite'} can't be written: ")


BY_ITS_OWN = (
    "PostgreSQL is backed up with its own tools: `pg_dump --format=custom --file=FILE ADDRESS` while the service runs, "
    "`pg_restore --dbname=ADDRESS FILE` into an empty database. Then `triage audit verify` says whether every record "
    "is there.\n"
)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_postgresql_is_left_to_its_own_tools(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    if command == "restore":
        file.touch()
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://somewhere/records")
    refused = _run(command, file)
    assert (refused.exit_code, refused.stderr) == (2, BY_ITS_OWN)


def test_what_the_tools_of_postgresql_restore_is_whole(server_address: str, small_state: State, tmp_path: Path) -> None:
    dump, restore = postgresql_tool("pg_dump"), postgresql_tool("pg_restore")
    if dump is None or restore is None:
        pytest.skip("pg_dump and pg_restore are not installed")
    address, empty = (new_database("postgresql", tmp_path, server_address) for _ in range(2))
    with Running(small_state, address) as service:
        id_ = service.new(FALLING, "B-1")
        subprocess.run([dump, "--format=custom", f"--file={tmp_path / 'dump'}", address], check=True)
    subprocess.run([restore, f"--dbname={empty}", tmp_path / "dump"], check=True)
    with Running(small_state, empty) as service:
        assert _replayed(service, id_)
        service.new(CALM)
        with service.records.database.reading() as connection:
            verified = verify(connection)
            assert connection.exec_driver_sql("SELECT current_user").scalar() == "triage_service"
    assert (verified.broken, verified.head.seq) == (None, 3)
