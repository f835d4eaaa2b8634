"""The webhook is called once for each overdue record, signed, tried again, and shown where it fails for good."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr

from api.records import webhooks
from api.records.housekeeping import one_round
from api.request import State
from tests.records.conftest import Running, Service
from tests.records.test_assessments import CALM, FALLING


@dataclass
class Receiver:
    """A server that keeps what it is sent and answers with a status."""

    address: str = ""
    status: int = 204
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.status)
            self.send_header("Location", kept.address)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    kept.address = f"http://127.0.0.1:{server.server_port}/hook"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def calling(make_database: Callable[[], str], small_state: State, receiver: Receiver) -> Iterator[Service]:
    secret = SecretStr("not a secret")
    with Running(small_state, make_database(), webhook_url=receiver.address, webhook_secret=secret) as service:
        yield service


def _round(service: Service) -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, one_round(service.records)).result()


def test_an_overdue_record_is_told_once_and_signed(calling: Service, receiver: Receiver) -> None:
    id_ = calling.new(FALLING, "planted-reference")
    opened = calling.new(FALLING)
    calling.get(f"/v1/assessments/{opened}")
    calling.new(CALM)
    calling.clock.forward(minutes=1)
    _round(calling)
    _round(calling)
    ((headers, body),) = receiver.calls
    sent = json.loads(body)
    assert sent == {
        "event": "assessment.overdue", "id": headers["webhook-id"], "at": "2026-11-24T09:01:00.000000Z", "record": id_,
        "level": "emergency", "state": "sorted", "due_at": "2026-11-24T09:00:00.000000Z",
    }  # fmt: skip
    signed = webhooks.signature("not a secret", headers["webhook-id"], headers["webhook-timestamp"], body.decode())
    assert headers["webhook-signature"] == signed
    assert webhooks.signature("x", "id", "1", "{}") == "v1,AEima/LC5t5pig0CleQM0HzVCpeI+PAX/tFhzLzEnoY="
    (delivery,) = calling.get("/v1/webhook-deliveries").json()["items"]
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 1)


@pytest.mark.parametrize("status", [500, 302])
def test_a_failure_is_tried_again_and_at_last_shown_as_dead(calling: Service, receiver: Receiver, status: int) -> None:
    receiver.status = status
    calling.new(FALLING)
    calling.clock.forward(minutes=1)
    for _ in range(len(webhooks.RETRY_AFTER) + 3):
        _round(calling)
        calling.clock.forward(hours=7)
    assert len(receiver.calls) == len(webhooks.RETRY_AFTER) + 1
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1
    listed = calling.get("/v1/webhook-deliveries?dead=true").json()
    assert (listed["dead"], listed["items"][0]["last_error"]) == (1, f"answered with {status}")


def test_a_receiver_that_comes_back_gets_its_call(calling: Service, receiver: Receiver) -> None:
    receiver.status = 503
    calling.new(FALLING)
    calling.clock.forward(minutes=1)
    _round(calling)
    receiver.status = 204
    _round(calling)
    assert len(receiver.calls) == 1
    calling.clock.forward(minutes=1)
    _round(calling)
    (delivery,) = calling.get("/v1/webhook-deliveries").json()["items"]
    assert (delivery["state"], delivery["attempts"], len(receiver.calls)) == ("delivered", 2, 2)
