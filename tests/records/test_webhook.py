"""The webhook is called once for each overdue record, signed, tried again, and shown where it fails for good."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from api.records import outside, webhooks
from api.records.housekeeping import one_round
from api.request import State
from tests.records.conftest import Running, Service
from tests.records.test_assessments import CALM, FALLING
from triage.settings import Settings


@dataclass
class Receiver:
    """A server that keeps what it is sent and answers with a status."""

    address: str = ""
    status: int = 204
    server: HTTPServer | None = None
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
    kept.server = server
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
    chosen = {"webhook_url": receiver.address, "webhook_secret": secret, "webhook_inside": True}
    with Running(small_state, make_database(), **chosen) as service:
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


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "169.254.1.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::",
        "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1",
    ],
)  # fmt: skip
def test_an_address_inside_the_network_is_seen(address: str) -> None:
    assert not outside.is_outside(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_an_address_outside_is_none_inside(address: str) -> None:
    assert outside.is_outside(address)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("resolved", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::1"], ["169.254.169.254"]])
def test_a_webhook_whose_name_leads_inside_is_not_called(
    monkeypatch: pytest.MonkeyPatch, scheme: str, resolved: list[str]
) -> None:
    calls: list[Any] = []
    answers = [(None, None, None, "", (address, 443)) for address in resolved]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answers)
    monkeypatch.setattr("socket.create_connection", lambda *arguments, **_: calls.append(arguments))
    settings = Settings(webhook_url=f"{scheme}://hooks.example/", webhook_secret=SecretStr("s"))
    assert webhooks.call(settings, webhooks.Due("id", "{}", 0), "2026-11-24T09:00:00.000000Z") == (
        "an address inside the network is not called: TRIAGE_WEBHOOK_INSIDE=true allows it"
    )
    assert calls == []


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads inside at the second look leads nowhere, and no proxy of the environment is asked."""
    looks = iter([["93.184.215.14"], ["127.0.0.1"]])
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *_, **__: [(None, None, None, "", (address, 80)) for address in next(looks)]
    )
    calls: list[Any] = []

    def connect(address: Any, *_: Any, **__: Any) -> Any:
        calls.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    settings = Settings(webhook_url="http://hooks.example/", webhook_secret=SecretStr("s"))
    error = webhooks.call(settings, webhooks.Due("id", "{}", 0), "2026-11-24T09:00:00.000000Z")
    assert (error, calls) == ("URLError", [("93.184.215.14", 80)])


def test_a_receiver_inside_is_called_only_where_the_deployment_allows_it(receiver: Receiver) -> None:
    due, at = webhooks.Due("id", "{}", 0), "2026-11-24T09:00:00.000000Z"
    for allowed, called in ((False, 0), (True, 1)):
        settings = Settings(webhook_url=receiver.address, webhook_secret=SecretStr("s"), webhook_inside=allowed)
        assert (webhooks.call(settings, due, at) is None) is allowed
        assert len(receiver.calls) == called


def _certificate_of_nobody(file: Path) -> None:
    """Write a key and a certificate that it signed itself, of this machine's address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*plain) + signed.public_bytes(serialization.Encoding.PEM))


def test_a_receiver_whose_certificate_nobody_vouches_for_is_not_told(receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "certificate.pem"
    _certificate_of_nobody(file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    assert receiver.server is not None
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    secret = SecretStr("s")
    for inside in (True, False):
        address = receiver.address.replace("http:", "https:")
        settings = Settings(webhook_url=address, webhook_secret=secret, webhook_inside=inside)
        assert webhooks.call(settings, webhooks.Due("id", "{}", 0), "2026-11-24T09:00:00.000000Z") is not None
    assert receiver.calls == []
