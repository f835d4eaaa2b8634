"""A thousand records survive the loss of their database, with the commands that docs/operations.md names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import RULES
from tests.records.conftest import server_address as server_address
from tests.records.drill import RECORDS, STEPS, Drill, Place, drill, postgresql_place, sqlite_place

PAGE = RULES.parent / "docs" / "operations.md"


def _is_whole(drilled: Drill, number: int) -> None:
    assert tuple(drilled.seconds) == STEPS
    assert (drilled.kept, drilled.same) == (number, number)
    assert re.search(r"^\d+ entries, none changed or missing\.", drilled.verified)
    assert drilled.replayed == f"{number} replayed, 0 differ."


@pytest.mark.deep
def test_a_thousand_records_come_back_on_sqlite(tmp_path: Path) -> None:
    _is_whole(drill(sqlite_place(tmp_path), tmp_path), RECORDS)


@pytest.mark.deep
def test_a_thousand_records_come_back_on_postgresql(tmp_path: Path, server_address: str) -> None:
    try:
        place: Place = postgresql_place(tmp_path, server_address)
    except FileNotFoundError:
        pytest.skip("pg_dump and pg_restore are not installed")
    _is_whole(drill(place, tmp_path), RECORDS)


@pytest.mark.deep
def test_a_few_records_come_back(tmp_path: Path) -> None:
    _is_whole(drill(sqlite_place(tmp_path), tmp_path, 10), 10)


@pytest.mark.parametrize(
    "command", ["triage backup", "triage restore", "triage audit verify --expect", "triage replay --all", "pg_dump"]
)
def test_the_page_names_each_command_of_the_drill(command: str) -> None:
    assert command in PAGE.read_text("utf-8").partition("## When the records are lost")[2].partition("\n## ")[0]
