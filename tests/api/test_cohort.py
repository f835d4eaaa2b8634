"""The page of a table: uploaded, rated in the background, summed up, downloaded, and gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.pages import cohort
from tests.conftest import FIXTURE_RULES
from triage.settings import Settings


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(rules=FIXTURE_RULES)), base_url="http://127.0.0.1") as started:
        yield started


def _upload(client: TestClient, text: str, name: str = "list.csv", by: str = "") -> Response:
    sent = client.post("/cohort", files={"table": (name, text.encode())}, data={"by": by}, follow_redirects=False)
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
    shown = _upload(client, "reference,site,lean\nA,north,falling\nB,south,none\nC,south,fallen\n", by="site")
    assert shown.status_code == 200
    assert "2 rows rated, 0 of them complete; <strong>1 refused</strong>" in shown.text
    assert "Urgency so far by site" in shown.text
    address = shown.url.path
    outcomes = client.get(f"{address}/outcomes.csv")
    assert outcomes.headers["content-type"].startswith("text/csv")
    assert [line.split(",")[1] for line in outcomes.text.splitlines()] == ["reference", "A", "B"]
    assert "Did you mean `falling`?" in client.get(f"{address}/refused.csv").text
    assert client.get(f"{address}/progress").status_code == 404
    assert client.post(f"{address}/forget").url.path == "/cohort"
    gone = client.get(address)
    assert gone.status_code == 404
    assert "it was deleted, or its time is over" in gone.text


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
    monkeypatch.setattr(cohort, "MOST_TABLES", 1)
    assert _upload(client, "lean\nnone\n").status_code == 503
    monkeypatch.setattr(cohort, "KEPT_SECONDS", 0)
    assert client.get(first).status_code == 404


def test_nothing_of_a_table_stays_on_the_disk(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    address = _upload(client, "lean\nnone\n").url.path
    assert list(tmp_path.iterdir())
    client.post(f"{address}/forget")
    assert not list(tmp_path.iterdir())
