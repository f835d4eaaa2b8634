"""Backup, disaster, restore, verify, timed: a thousand records, with the commands of docs/operations.md.

``python -m tests.records.drill`` does it on SQLite and on PostgreSQL and prints the times.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy.engine import make_url

from bench.referrals import as_request, complete_referrals, partial_referrals
from tests.api.test_served import Served, serve
from tests.records.databases import KINDS, new_database, postgresql_tool, server
from triage.check import load_ruleset
from triage.settings import PUBLISHED

RECORDS = 1_000
STEPS = ("kept", "backed up", "destroyed", "restored", "audit verified", "replayed", "served again")


@dataclass
class Drill:
    """What a drill came to: the seconds of each step, and what was said at the end."""

    seconds: dict[str, float] = field(default_factory=dict)
    verified: str = ""
    replayed: str = ""
    kept: int = 0
    same: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        before = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - before


@dataclass(frozen=True)
class Place:
    """Where the records are, and what destroys them and brings them back."""

    address: str
    back_up: Callable[[Path], None]
    destroy: Callable[[], None]
    restore: Callable[[Path], str]
    """Puts a backup back; gives the address of what is there then."""


def drill(place: Place, folder: Path, number: int = RECORDS) -> Drill:
    """Keep records, back them up while the service runs, destroy them, and bring them back."""
    drilled, backup = Drill(), folder / "backup"
    with serve(folder, database=place.address) as served:
        secret = served.key
        with drilled.step("kept"):
            before = dict(_keep(served, number))
        with drilled.step("backed up"):
            place.back_up(backup)
        head = _head(place.address)
    with drilled.step("destroyed"):
        place.destroy()
    with drilled.step("restored"):
        address = place.restore(backup)
    with drilled.step("audit verified"):
        drilled.verified = _triage(address, "audit", "verify", "--expect", head)
    with drilled.step("replayed"):
        drilled.replayed = _triage(address, "replay", "--all")
    again = folder / "again"
    again.mkdir()
    with drilled.step("served again"), serve(again, database=address, key=secret) as served:
        key = {"Authorization": f"Bearer {secret}"}
        answers = {id_: served.answer("GET", f"/v1/assessments/{id_}", **key) for id_ in before}
    drilled.kept = len(before)
    drilled.same = sum(
        status == 200 and json.loads(body)["answer"] == before[id_] for id_, (status, body) in answers.items()
    )
    return drilled


def _keep(served: Served, number: int) -> Iterator[tuple[str, object]]:
    """Store referrals, one in ten of them incomplete; gives each record's id and its answer."""
    ruleset = load_ruleset(PUBLISHED)
    whole = complete_referrals(ruleset, number - number // 10)
    key = {"Authorization": f"Bearer {served.key}"}
    for facts in [*whole, *partial_referrals(ruleset, number // 10, 0.9)]:
        status, body = served.answer("POST", "/v1/assessments", as_request(ruleset, facts), **key)
        assert status == 201, body
        id_ = json.loads(body)["id"]
        yield id_, json.loads(served.answer("GET", f"/v1/assessments/{id_}", **key)[1])["answer"]


def _triage(address: str, *command: str) -> str:
    """Run a command of the command line; gives what it prints. Raises CalledProcessError where it fails."""
    line = [sys.executable, "-c", "from triage.cli import main; main()", *command]
    environment = os.environ | {"TRIAGE_DATABASE_URL": address}
    return subprocess.run(line, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def _head(address: str) -> str:
    """The head of the audit, as whoever runs the service notes it elsewhere."""
    return str(json.loads(_triage(address, "audit", "verify", "--json"))["head"])


def sqlite_place(folder: Path) -> Place:
    """Records in a file: it is overwritten from end to end, and brought back by `triage restore`."""
    address = new_database("sqlite", folder, None)
    file = Path(str(make_url(address).database))

    def restore(backup: Path) -> str:
        _triage(address, "restore", str(backup))
        return address

    def destroy() -> None:
        for path in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            if path.exists():
                path.write_bytes(b"a disaster" * 1_000)

    def back_up(backup: Path) -> None:
        _triage(address, "backup", str(backup))

    return Place(address, back_up, destroy, restore)


def postgresql_place(folder: Path, server_address: str) -> Place:
    """Records on a server: the database is dropped, and brought back by `pg_restore` into an empty one.

    Raises FileNotFoundError where PostgreSQL's tools are not installed.
    """
    dump, restore_tool = postgresql_tool("pg_dump"), postgresql_tool("pg_restore")
    if dump is None or restore_tool is None:
        raise FileNotFoundError("pg_dump and pg_restore")
    address = new_database("postgresql", folder, server_address)

    def back_up(backup: Path) -> None:
        subprocess.run([dump, "--format=custom", f"--file={backup}", address], check=True)

    def destroy() -> None:
        name = str(make_url(address).database)
        with psycopg.connect(server_address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def restore(backup: Path) -> str:
        empty = new_database("postgresql", folder, server_address)
        subprocess.run([restore_tool, f"--dbname={empty}", backup], check=True)
        return empty

    return Place(address, back_up, destroy, restore)


def main() -> None:
    """Do the drill on both databases and print the times."""
    for kind in KINDS:
        with TemporaryDirectory() as name, server() as server_address:
            folder = Path(name)
            place = sqlite_place(folder) if kind == "sqlite" else postgresql_place(folder, server_address)
            drilled = drill(place, folder)
        times = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in drilled.seconds.items())
        entries = re.sub(r" Head:.*", "", drilled.verified)
        same = f"{drilled.same} of {drilled.kept} answers as before."
        sys.stdout.write(f"{kind}: {times}. {entries} {drilled.replayed} {same}\n")


if __name__ == "__main__":
    main()
