"""``POST /v1/evaluate`` on one worker against a bare FastAPI application, and stored answers against unstored ones.

Rates are given by the clock and by the processor time of the service, which work beside the benchmark changes less.
"""

from __future__ import annotations

import asyncio
import os
from itertools import cycle
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

import orjson

from api.people.commands import desk
from api.people.model import NewKey
from bench.referrals import as_request, counted_referrals, partial_referrals
from bench.served import Served, served
from bench.table import print_table
from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.settings import PUBLISHED, Settings

CONNECTIONS = 16
SECONDS = 5.0
_OPTIONS = ("--factory", "--log-level", "error")


def main() -> None:
    """Print requests a second of the service and of the echo, and of answers that are stored, with their ratios."""
    ruleset = load_ruleset(PUBLISHED)
    bodies = [orjson.dumps(as_request(ruleset, facts)) for facts in counted_referrals(ruleset, 200)]
    rates = {}
    for name, factory in (("bare echo (baseline)", "bench.echo:create_app"), ("service", "api.app:create_app")):
        with served("uvicorn", factory, *_OPTIONS) as service:
            rates[name] = asyncio.run(_hammer(service, "/v1/evaluate", bodies))
    _print("Complete referrals over HTTP, one worker", rates, "bare echo (baseline)")
    stored = {"not stored (baseline)": rates["service"]}
    with TemporaryDirectory() as folder:
        for synchronous in ("normal", "full"):
            address = f"sqlite:///{folder}/{synchronous}.sqlite?synchronous={synchronous}"
            key = _key(address)
            with served("uvicorn", "api.app:create_app", *_OPTIONS, TRIAGE_DATABASE_URL=address) as service:
                name = f"stored, SQLite {synchronous.upper()}"
                stored[name] = asyncio.run(_hammer(service, "/v1/assessments", bodies, key))
    _print("The same, each answer stored before it is given", stored, "not stored (baseline)")
    with served("uvicorn", "api.app:create_app", *_OPTIONS, TRIAGE_HELPERS=str(os.cpu_count())) as service:
        service.wait_until_idle()
        _print_incomplete(service, ruleset)
        _print_complete_beside_empty(service.port, bodies)


class Rate(NamedTuple):
    """Requests a second by the clock, and a second of the service's processor time."""

    by_clock: float
    by_processor: float


def _print_incomplete(service: Served, ruleset: RuleSet) -> None:
    """Referrals with three answers in ten on all connections, and how long the process takes to say that it lives."""
    bodies = [orjson.dumps(as_request(ruleset, facts)) for facts in partial_referrals(ruleset, 200, 0.3)]

    async def measure() -> tuple[Rate, list[float]]:
        alive = asyncio.create_task(_waits(service.port, [b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"]))
        rate = await _hammer(service, "/v1/evaluate", bodies)
        alive.cancel()
        return rate, await alive

    rate, waits = asyncio.run(measure())
    rows = [
        ("requests/s (target 150)", f"{rate.by_clock:,.0f}"),
        ("requests a processor second", f"{rate.by_processor:,.0f}"),
        ("/healthz p99, ms (target 50)", f"{_p99(waits):.1f}"),
    ]
    print_table("Referrals with 30 % answered, one worker, 16 connections", ("what", "measured"), rows)


def _print_complete_beside_empty(port: int, bodies: list[bytes]) -> None:
    """How long a complete referral takes while 200 clients send empty ones, some of which are refused."""

    async def measure(clients: int, *, waits: bool) -> list[float]:
        complete = asyncio.create_task(_waits(port, _posts(bodies)))
        empty = _posts([b'{"facts": {}}'])
        sending = [_connection(port, empty, 0, SECONDS, may_be_refused=True, waits=waits) for _ in range(clients)]
        await asyncio.gather(asyncio.sleep(SECONDS), *sending)
        complete.cancel()
        return await complete

    rows = []
    for name, clients, waits in (
        ("alone", 0, True),
        ("beside 200 empty ones, sent again when told to (target p99 50)", 200, True),
        ("beside 200 empty ones, sent again at once", 200, False),
    ):
        milliseconds = asyncio.run(measure(clients, waits=waits))
        rows.append((name, f"{median(milliseconds):.1f}", f"{_p99(milliseconds):.1f}"))
    print_table("Complete referrals, ms", ("how", "median", "p99"), rows)


async def _waits(port: int, requests: list[bytes]) -> list[float]:
    """The milliseconds of one request after another on one connection, until this is cancelled."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits: list[float] = []
    try:
        for request in cycle(requests):
            started = perf_counter()
            await _exchange(reader, writer, request)
            waits.append((perf_counter() - started) * 1e3)
            await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        writer.close()
    return waits


def _p99(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.99)]


def _key(address: str) -> str:
    """An API key for the records at an address."""
    with desk(Settings(database_url=address)) as open_desk:
        open_desk.add("bench", "coordinator", None)
        return open_desk.key("bench", NewKey("bench", ("read", "write"), 1)).secret


def _print(title: str, rates: dict[str, Rate], baseline: str) -> None:
    base = rates[baseline]
    rows = [
        (
            name, f"{rate.by_clock:,.0f}", f"{rate.by_clock / base.by_clock:.2f}",
            f"{rate.by_processor:,.0f}", f"{rate.by_processor / base.by_processor:.2f}",
        )
        for name, rate in rates.items()
    ]  # fmt: skip
    print_table(title, ("application", "requests/s", "ratio", "a processor second", "ratio"), rows)


async def _hammer(service: Served, path: str, bodies: list[bytes], key: str = "") -> Rate:
    """Requests a second over kept connections, after a second of warming up."""
    requests = _posts(bodies, path, key)
    port = service.port
    await asyncio.gather(*(_connection(port, requests, index, 1.0) for index in range(CONNECTIONS)))
    before = service.processor_seconds()
    counts = await asyncio.gather(*(_connection(port, requests, index, SECONDS) for index in range(CONNECTIONS)))
    return Rate(sum(counts) / SECONDS, sum(counts) / (service.processor_seconds() - before))


def _posts(bodies: list[bytes], path: str = "/v1/evaluate", key: str = "") -> list[bytes]:
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    return [
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{authorization}".encode()
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
        for body in bodies
    ]


async def _connection(
    port: int,
    requests: list[bytes],
    start: int,
    seconds: float,
    *,
    may_be_refused: bool = False,
    waits: bool = False,
) -> int:
    """How many requests one connection had answered.

    Some may be refused as too many; ``waits`` says whether it then waits as long as ``Retry-After`` says.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    until, count = perf_counter() + seconds, 0
    while perf_counter() < until:
        status, again = await _exchange(reader, writer, requests[(start * 13 + count) % len(requests)])
        assert status in {b"200", b"201"} or (may_be_refused and status == b"503"), status
        if status == b"503" and waits:
            await asyncio.sleep(again)
        count += 1
    writer.close()
    return count


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[bytes, int]:
    """Send a request, read the whole response, and give its status and the seconds of its ``Retry-After``."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.lower().split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines if line)
    await reader.readexactly(int(headers[b"content-length"]))
    return status.split(b" ", 2)[1], int(headers.get(b"retry-after", 0))
