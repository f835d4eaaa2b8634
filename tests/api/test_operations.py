"""What whoever runs the service sees: log lines, numbers of requests, measures; and what it withstands."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from io import StringIO
from pathlib import Path
from resource import RLIMIT_NOFILE, getrlimit, setrlimit

import pytest
from fastapi.testclient import TestClient

from api import logs
from api.app import SWITCH_SECONDS, create_app
from api.request import State
from tests.api.test_served import HALF, Served, serve
from tests.conftest import FIXTURE_RULES
from tests.people.conftest import CALM, Clinic
from tests.people.conftest import clinic as clinic
from tests.people.conftest import database_kind as database_kind
from tests.people.conftest import make_database as make_database
from tests.people.conftest import public as public
from tests.people.conftest import server_address as server_address
from tests.people.conftest import small_state as small_state

SMALL = ("--rules", str(FIXTURE_RULES))
PLANTED = "planted-words-of-an-answer"
TRIED = 1_000
HEAD = b"GET / HT"


def test_an_exception_is_logged_by_kind_and_place_without_its_text() -> None:
    options = dict(logs.config("info")["formatters"]["json"])
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(options.pop("()")(**options))
    log = logging.Logger("api", logging.INFO)
    log.addHandler(handler)
    try:
        raise ValueError(PLANTED)
    except ValueError:
        log.exception("failed")
    line = json.loads(written.getvalue())
    assert (line["event"], line["level"], line["error"]) == ("failed", "error", "ValueError")
    assert PLANTED not in written.getvalue()
    assert "test_operations.py" in str(line["places"])


def test_lines_of_one_kind_are_few_and_the_next_says_how_many_were_left_out() -> None:
    seconds = [0.0]
    filter_ = logs.FewAlike(lambda: seconds[0])

    def passes(text: str, level: int = logging.WARNING) -> logging.LogRecord | None:
        record = logging.LogRecord("asyncio", level, "", 0, text, (), None)
        return record if filter_.filter(record) else None

    assert sum(passes("out of files") is not None for _ in range(500)) == logs.MOST_ALIKE
    assert passes("something else") is not None
    assert passes("out of files", logging.INFO) is not None
    seconds[0] = logs.PERIOD_SECONDS
    following = passes("out of files")
    assert following is not None
    assert following.__dict__["left_out"] == 500 - logs.MOST_ALIKE


@pytest.mark.parametrize(
    ("sent", "kept"), [("abc-1.2_3", True), ("", False), ("a b", False), ("a" * 65, False), ('x"y', False)]
)
def test_a_request_has_a_number_in_its_response(small_state: State, sent: str, kept: bool) -> None:
    response = TestClient(create_app(state=small_state)).get("/healthz", headers={"X-Request-ID": sent})
    assert (response.headers["x-request-id"] == sent) is kept
    assert len(response.headers["x-request-id"]) in (9, 32)


def test_while_it_serves_a_thread_that_computes_gives_way_sooner(small_state: State) -> None:
    before = sys.getswitchinterval()
    with TestClient(create_app(state=small_state)):
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
    assert sys.getswitchinterval() == pytest.approx(before)


def test_measures_count_answers_requests_and_records_and_hold_no_id(clinic: Clinic) -> None:
    client = clinic.with_key("coordinator")
    sent = {**CALM, "reference": PLANTED}
    address = client.post("/v1/assessments", json=sent).headers["location"]
    client.get(address)
    client.get(f"/v1/assessments?reference={PLANTED}")
    text = client.get("/metrics").text
    assert 'triage_assessments{level="routine",rating="' in text
    assert 'triage_requests_total{method="GET",route="/v1/assessments/{id_}",status="200"}' in text
    assert 'triage_answer_seconds_count{referral="' in text
    assert "triage_records_overdue 0.0" in text
    assert "triage_queue_age_seconds 0.0" in text  # it was opened
    assert PLANTED not in text
    assert address.rsplit("/", 1)[1] not in text


@pytest.mark.parametrize(
    ("role", "status"), [("coordinator", 403), ("clinician", 403), ("provider", 403), ("auditor", 200), ("admin", 200)]
)
def test_where_others_come_in_auditors_and_administrators_read_measures(public: Clinic, role: str, status: int) -> None:
    client = public.client("https://triage.example.org", Authorization=f"Bearer {public.key(role)}")
    assert client.get("/metrics").status_code == status
    assert public.client("https://triage.example.org").get("/metrics").status_code == 401


def test_an_account_that_sends_too_many_requests_is_told_when_to_go_on(public: Clinic) -> None:
    client = public.client("https://triage.example.org", Authorization=f"Bearer {public.key('coordinator')}")
    most = public.state.settings.requests_per_minute
    statuses = [client.get("/v1/me").status_code for _ in range(most + 1)]
    assert statuses.count(200) >= most - 1  # a minute may end meanwhile
    if statuses[-1] != 429:
        pytest.skip("the minute ended between the requests")
    refused = client.get("/v1/me")
    assert refused.json()["title"] == "Too many requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    other = public.client("https://triage.example.org", Authorization=f"Bearer {public.key('clinician')}")
    assert other.get("/v1/me").status_code == 200


def _connect_slowly(port: int, opened: ExitStack, first: bytes) -> None:
    """Send the first bytes of a request. The service may close the connection meanwhile."""
    connection = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
    with suppress(OSError):
        connection.sendall(first)


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = getrlimit(RLIMIT_NOFILE)
    setrlimit(RLIMIT_NOFILE, (min(max(soft, TRIED + 500), hard), hard))
    yield
    setrlimit(RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize(
    ("files", "tried"),
    [pytest.param(64, 60, id="64 descriptors"), pytest.param(None, TRIED, id="1,000 clients", marks=pytest.mark.deep)],
)
@pytest.mark.parametrize("first", [HEAD, HALF], ids=["half a head", "half a body"])
def test_slow_clients_leave_room_and_fill_no_log(tmp_path: Path, first: bytes, files: int | None, tried: int) -> None:
    with serve(tmp_path, *SMALL, files=files) as served, ExitStack() as opened:
        for _ in range(tried):
            _connect_slowly(served.port, opened, first)
        assert [served.answer("POST", "/v1/evaluate", CALM)[0] for _ in range(20)] == [200] * 20
        assert served.answer("GET", "/readyz")[0] == 200
        assert served.printed.stat().st_size < 64_000


def _digests(served: Served, number: int) -> set[str]:
    answers = [served.answer("GET", "/readyz") for _ in range(number)]
    assert {status for status, _ in answers} == {200}, answers
    return {json.loads(content)["ruleset"]["digest"] for _, content in answers}


@pytest.mark.parametrize("edit", ["version: 9.9.9\n", "no: [rule set\n"], ids=["other", "broken"])
def test_all_processes_answer_by_the_rules_of_the_start(tmp_path: Path, edit: str) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(FIXTURE_RULES, rules)
    with serve(tmp_path, "--rules", str(rules), "--workers", "2") as served:
        before = _digests(served, 5)
        with (rules / "ruleset.yaml").open("a") as file:
            file.write(edit)
        worker = _workers(served.process.pid)[0]
        os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while worker in _workers(served.process.pid) or len(_workers(served.process.pid)) < 2:
            assert time.monotonic() < deadline, "no process took the place of the one that ended"
            time.sleep(0.2)
        time.sleep(3)
        assert _digests(served, 20) == before
        assert len(before) == 1


def _workers(parent: int) -> list[int]:
    """The processes that answer, of the one that watches over them."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    command_lines = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    return [child for child, command_line in command_lines.items() if b"spawn_main" in command_line]
