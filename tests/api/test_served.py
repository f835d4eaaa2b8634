"""A service in a process of its own, as `triage serve` starts it: clients that break off, load, logs and stopping."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from api.storage.database import sqlite_address
from tests.api.signed_in import make_keys
from triage.cli.serve import STOP_SECONDS
from triage.settings import Settings

PLANTED = "planted-words-of-an-answer"
BULIMIA = {"facts": {"age_years": 24, "bulimia_nervosa": "current", "cbt_history": "not_tried"}}
START_SECONDS, ANSWER_SECONDS = 60, 90
HALF = b'POST /v1/evaluate HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n{"facts": {'


@dataclass
class Served:
    """A running service, its port, the file with everything that it prints, and a clinician's key for its records."""

    process: subprocess.Popen[bytes]
    port: int
    printed: Path
    key: str

    def sent(self, method: str, path: str, body: Any = None, **headers: str) -> HTTPConnection:
        """A connection on which a request was sent and no answer read."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection.request(method, path, content, headers)
        return connection

    def answer(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        connection = self.sent(method, path, body, **headers)
        status, content = _read(connection)
        return status, content

    def lines(self) -> list[str]:
        return self.printed.read_text().splitlines()


def _read(connection: HTTPConnection) -> tuple[int, bytes]:
    response: HTTPResponse = connection.getresponse()
    try:
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def serve(
    folder: Path, *options: str, files: int | None = None, database: str = "", key: str = "", **settings: str
) -> Iterator[Served]:
    """Run `triage serve` with at most this many file descriptors.

    By default its database is a new one in the folder, and a clinician's key is made.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    printed = folder / "printed"
    database = database or sqlite_address(folder / "records.sqlite")
    key = key or make_keys(Settings(database_url=database))["clinician"]
    command = [sys.executable, "-c", "from triage.cli import main; main()", "serve", "--port", str(port), *options]
    if files is not None:
        command = ["prlimit", f"--nofile={files}", *command]
    with printed.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | settings | {"TRIAGE_DATABASE_URL": database},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        served = Served(process, port, printed, key)
        try:
            _wait(served)
            yield served
        finally:
            process.terminate()
            process.wait(timeout=STOP_SECONDS + 60)


def _wait(served: Served) -> None:
    for _ in range(START_SECONDS * 10):
        if served.process.poll() is not None:
            break
        try:
            served.answer("GET", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The service did not start: {served.printed.read_text()}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("served")) as running:
        yield running


def _break_off(port: int) -> None:
    """Send half of a body, and close."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(HALF)


def test_an_upload_that_breaks_off_writes_no_more_than_a_line(served: Served) -> None:
    before = len(served.lines())
    for _ in range(20):
        _break_off(served.port)
    assert served.answer("GET", "/healthz")[0] == 200
    assert len(served.lines()) - before <= 20


def test_two_lengths_are_refused_by_the_running_service(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(
            b"POST /v1/evaluate HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\nTransfer-Encoding: chunked\r\n\r\n"
            b'd\r\n{"facts": {}}\r\n0\r\n\r\n'
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_explanations_keep_nobody_else_waiting_and_are_bounded(served: Served) -> None:
    explaining = [served.sent("POST", "/v1/explain", BULIMIA) for _ in range(150)]
    assert served.answer("GET", "/")[0] == 200
    assert served.answer("GET", "/readyz")[0] == 200
    assert served.answer("POST", "/v1/evaluate", {"facts": {"age_years": 30}})[0] == 200
    answers = [_read(connection) for connection in explaining]
    explained = [content for status, content in answers if status == 200]
    assert {status for status, _ in answers} == {200, 503}
    assert len(set(explained)) == 1, "the same referral, the same bytes"
    shed = json.loads(next(content for status, content in answers if status == 503))
    assert shed["urgency"]["level"] == "urgent"


def test_of_two_hundred_empty_referrals_at_once_each_gets_an_exact_answer_or_its_urgency(served: Served) -> None:
    asking = [served.sent("POST", "/v1/evaluate", {"facts": {}}) for _ in range(200)]
    responses = [connection.getresponse() for connection in asking]
    statuses = Counter(response.status for response in responses)
    assert statuses.keys() <= {200, 503}
    assert statuses[200]
    for connection, response in zip(asking, responses, strict=True):
        body = json.loads(response.read())
        connection.close()
        assert body["urgency"]["level"] == "urgent"
        if response.status == 200:
            assert body["suitability"]["exact"]
            assert body["urgency"]["exact"]
        else:
            assert int(response.headers["Retry-After"]) >= 1


def _planted() -> Iterator[tuple[str, Any]]:
    """Requests that have the words in every place of a body and of an address, well and badly formed."""
    text = json.dumps(PLANTED)
    for value in (text, f"[{text}]", f"{{{text}: 1}}", f"{text[:-1]}", "9" * 50 + text, "[" * 2000 + text):
        for body in (
            f'{{"facts": {{"age_years": {value}}}}}', f'{{"facts": {{{text}: {value}}}}}', f'{{"reference": {value}}}',
            f'{{"reference": {text}, "facts": {{"suicidal_thoughts": {value}}}}}', f'{{"facts": {value}}}', value,
            f'{{"facts": {{"age_years": 30}}, "quotes": {{"age_years": {value}}}}}',
            f'{{"facts": {{"age_years": 30}}, "said_by": {{"age_years": {value}}}}}',
        ):  # fmt: skip
            for path in (
                "/v1/evaluate", "/v1/assessments", "/v1/drafts", "/v1/export", "/v1/explain", "/assess", "/panel",
                f"/v1/rules/{PLANTED}", f"/v1/assessments/{PLANTED}/contact-attempts", f"/v1/replies/{PLANTED}",
            ):  # fmt: skip
                yield path, body.encode()
    whole = {"reference": PLANTED, "facts": {"age_years": 30}, "quotes": {"age_years": PLANTED}}
    yield from ((path, whole) for path in ("/v1/evaluate", "/v1/assessments", "/v1/drafts", "/v1/explain"))
    yield "/v1/export", {"reference": PLANTED}
    yield "/assess", f"reference={PLANTED}&age_years={PLANTED}&{PLANTED}=1&quotes.age_years={PLANTED}".encode()


def test_nothing_that_was_sent_is_printed(served: Served) -> None:
    key = {"Authorization": f"Bearer {served.key}"}
    statuses = {served.answer("POST", path, body, **key)[0] for path, body in _planted()}
    assert {200, 201, 400, 404, 405, 422} <= statuses
    assert not {401, 403, 500, 503} & statuses
    kept = served.answer("GET", f"/v1/assessments?reference={PLANTED}", **key)
    assert (kept[0], PLANTED.encode() in kept[1]) == (200, True), "records are on, and the words are in them"
    assert served.answer("POST", "/v1/assessments", {"reference": PLANTED})[0] == 401
    printed = served.printed.read_text()
    assert PLANTED not in printed
    assert served.key not in printed
    assert "Traceback" not in printed


def test_half_a_body_keeps_no_stopping_service_alive(tmp_path: Path) -> None:
    with serve(tmp_path) as served, socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(HALF)
        assert served.answer("GET", "/healthz")[0] == 200
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(timeout=STOP_SECONDS + 60)
        assert "Traceback" not in served.printed.read_text()
