"""The page of a table: uploaded, rated in the background, summed up, downloaded, and gone."""

from __future__ import annotations

import asyncio
import csv
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.pages import cohort, tables
from api.pages.tables import Tables
from api.request import State
from tests.conftest import FIXTURE_RULES
from tests.loops import run
from tests.records.conftest import small_state as small_state
from triage.settings import Settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service") / "tables"


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with _service(folder) as started:
        yield started


@contextmanager
def _service(folder: Path) -> Iterator[TestClient]:
    settings = Settings(rules=FIXTURE_RULES, tables=folder)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as started:
        yield started


def _upload(client: TestClient, text: str, name: str = "list.csv", **fields: str) -> Response:
    sent = client.post("/cohort", files={"table": (name, text.encode())}, data=fields, follow_redirects=False)
    if sent.status_code != 303:
        return sent
    address = sent.headers["location"]
    for _ in range(600):
        shown = client.get(address)
        if "looks again" not in shown.text:
            return shown
        assert 'http-equiv="refresh"' in shown.text
        time.sleep(0.1)
    raise AssertionError("The table was not rated in a minute.")


def test_a_table_is_summed_up_downloaded_and_deleted(client: TestClient) -> None:
    text = "reference,site,ward,lean\nA,north,1,falling\nB,south,2,none\nC,south,2,fallen\n"
    shown = _upload(client, text, by="site", keep="ward, reference")
    assert shown.status_code == 200
    assert "2 rows rated, 0 of them complete." in shown.text
    assert "<strong>1 row refused, and not rated.</strong> Correct it and rate it again" in shown.text
    assert "Refused rows, by the answers that could be read" in shown.text
    assert "Urgency so far by site" in shown.text
    assert "All of it is deleted by itself in 15 minutes." in shown.text
    address = shown.url.path
    outcomes = client.get(f"{address}/outcomes.csv")
    assert outcomes.headers["content-type"].startswith("text/csv")
    assert [line.split(",")[1:4] for line in outcomes.text.splitlines()] == [
        ["reference", "ward", "site"], ["A", "1", "north"], ["B", "2", "south"],
    ]  # fmt: skip
    assert "Did you mean `falling`?" in client.get(f"{address}/refused.csv").text
    assert client.get(f"{address}/progress").status_code == 404
    assert client.post(f"{address}/forget").url.path == "/cohort"
    gone = client.get(address)
    assert gone.status_code == 404
    assert "it was deleted, or its time is over" in gone.text


def test_an_empty_table_has_every_column_and_can_be_filled_in_and_sent(client: TestClient) -> None:
    header = client.get("/cohort/columns.csv").text
    assert header.startswith("reference,")
    shown = _upload(client, header + "A" + "," * header.count(",") + "\n")
    assert "1 row rated, 0 of them complete." in shown.text
    assert "no column" not in shown.text


def test_a_table_that_cannot_be_rated_is_told_on_the_page_and_deleted(client: TestClient) -> None:
    refused = _upload(client, "laen\nnone\n")
    assert refused.status_code == 422
    assert "This column is no fact: `laen` (did you mean `lean`?)." in refused.text
    assert client.get(refused.url.path).status_code == 404


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "Choose a file first."), ("list.xlsx", "Choose a file that ends with .csv, .parquet, .ndjson, .jsonl.")],
)
def test_what_is_no_table_is_refused_at_once(name: str, sentence: str, client: TestClient) -> None:
    refused = client.post("/cohort", files={"table": (name, b"lean\n")} if name else {}, data={"by": ""})
    assert refused.status_code in (422, 413)
    assert sentence in refused.text or not name


def test_a_table_is_refused_before_it_is_read_where_it_is_too_large(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort, "LARGEST_TABLE", 100)
    assert _upload(client, "lean\n" + "none\n" * 100).status_code == 413


def test_tables_are_forgotten_when_their_time_is_over_and_no_more_are_held_than_that(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _upload(client, "lean\nnone\n").url.path
    monkeypatch.setattr(tables, "MOST_TABLES", 1)
    assert _upload(client, "lean\nnone\n").status_code == 503
    monkeypatch.setattr(tables, "KEPT_SECONDS", 0)
    assert client.get(first).status_code == 404


def test_a_table_is_deleted_from_the_disk_when_somebody_says_so(client: TestClient, folder: Path) -> None:
    address = _upload(client, "lean\nnone\n").url.path
    held = folder / address.rpartition("/")[2]
    assert held.is_dir()
    assert client.post(f"{address}/forget").url.path == "/cohort"
    assert not held.exists()


def _write_late(folder: Path) -> str:
    folder.mkdir()
    return ""


def test_what_is_written_after_a_table_was_deleted_is_deleted_too(small_state: State, tmp_path: Path) -> None:
    settings = small_state.settings.model_copy(update={"tables": tmp_path / "tables"})
    held = Tables(replace(small_state, settings=settings))

    async def rated() -> None:
        table = held.hold("list.csv", "")
        table.forget()
        held.start_rating(table, partial(_write_late, table.folder))
        while held._rating:
            await asyncio.sleep(0.01)
        assert not table.folder.exists()

    run(rated())
    held.close()


def test_a_table_is_deleted_when_its_time_is_over_though_nobody_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SECONDS", 0.05)
    with _service(tmp_path / "tables") as client:
        _upload(client, "lean\nnone\n")
        assert list((tmp_path / "tables").iterdir())
        monkeypatch.setattr(tables, "KEPT_SECONDS", 0)
        _wait_until(lambda: not list((tmp_path / "tables").iterdir()))


def test_what_a_service_that_was_killed_left_is_deleted_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, recent = (tmp_path / f"{tables.PREFIX}killed" / key for key in ("old", "recent"))
    for left in (old, recent):
        left.mkdir(parents=True)
        (left / "about").write_text("{}", encoding="utf-8")
    hour_ago = time.time() - 3600
    os.utime(old / "about", (hour_ago, hour_ago))
    with _service(tmp_path / "tables"):
        _wait_until(lambda: not old.exists())
    assert recent.exists()


def test_every_process_of_a_service_shows_a_table_and_the_last_to_stop_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    with _service(folder) as one, _service(folder) as other:
        address = _upload(one, "lean\nnone\n").url.path
        assert "1 row rated" in other.get(address).text
        assert other.get(f"{address}/outcomes.csv").status_code == 200
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_table_that_fails_to_be_rated_says_so_and_says_nothing_of_any_row(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.population.upload.rate_upload", os.abort)
    failed = _upload(client, "lean\nnone\n")
    assert (failed.status_code, "something failed here. Nothing is said of any row" in failed.text) == (422, True)
    monkeypatch.undo()
    assert _upload(client, "lean\nnone\n").status_code == 200


RANGED = "reference,lean\nA,falling\nB,none\nC,fallen\nD,none\n"


def test_what_each_incomplete_referral_can_still_become_is_said_where_it_is_asked_for(client: TestClient) -> None:
    assert '<input type="checkbox" name="ranges" value="yes">' in client.get("/cohort").text
    so_far, ranged = _upload(client, RANGED), _upload(client, RANGED, ranges="yes")
    counted = ("Urgency that incomplete referrals can still become", "Suitability that they can still become")
    for title in counted:
        assert (title in so_far.text, title in ranged.text) == (False, True)
    assert "urgency and suitability are so far: what is not asked yet can change them." in so_far.text
    assert (
        "For 0 of the 3 others no open question can change urgency or suitability. What each can still become is in "
        "the outcomes, and counted below; a referral counts at each step that it can reach."
    ) in ranged.text
    could_become = []
    for shown in (so_far, ranged):
        lines = csv.DictReader(client.get(f"{shown.url.path}/outcomes.csv").text.splitlines())
        could_become.append([(line["level_could_become"], line["rating_could_become"]) for line in lines])
        client.post(f"{shown.url.path}/forget")
    assert could_become[0] == [("", "")] * 3
    assert all(";" in levels and ";" in ratings for levels, ratings in could_become[1])


def test_more_incomplete_referrals_than_a_table_is_told_of_are_a_matter_for_the_command(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort, "MOST_RANGES", 2)
    assert "can still become (slower: some 1,000 a second, at most 2)" in client.get("/cohort").text
    refused = _upload(client, RANGED, ranges="yes")
    assert refused.status_code == 422
    assert (
        "More than 2 referrals are incomplete, too many to say here what each can still become. Rate the file without "
        "that, or at a terminal: `triage cohort FILE --out FILE --range`."
    ) in refused.text
    assert _upload(client, RANGED).status_code == 200


def _wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("It did not happen in ten seconds.")
