"""``POST /v1/evaluate`` on one worker against a bare FastAPI application, and stored answers against unstored ones."""

from __future__ import annotations

import asyncio
from itertools import cycle
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import orjson

from api.people.commands import desk
from api.people.model import NewKey
from bench.referrals import as_request, counted_referrals, partial_referrals
from bench.served import served
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
        with served("uvicorn", factory, *_OPTIONS) as port:
            rates[name] = asyncio.run(_hammer(port, "/v1/evaluate", bodies))
    _print("Complete referrals over HTTP, one worker", rates, "bare echo (baseline)")
    stored = {"not stored (baseline)": rates["service"]}
    with TemporaryDirectory() as folder:
        for synchronous in ("normal", "full"):
            address = f"sqlite:///{folder}/{synchronous}.sqlite?synchronous={synchronous}"
            key = _key(address)
            with served("uvicorn", "api.app:create_app", *_OPTIONS, TRIAGE_DATABASE_URL=address) as port:
                name = f"stored, SQLite {synchronous.upper()}"
                stored[name] = asyncio.run(_hammer(port, "/v1/assessments", bodies, key))
    _print("The same, each answer stored before it is given", stored, "not stored (baseline)")
    with served("uvicorn", "api.app:create_app", *_OPTIONS) as port:
        _print_incomplete(port, ruleset)
        _print_complete_beside_empty(port, bodies)


def _print_incomplete(port: int, ruleset: RuleSet) -> None:
    """Referrals with three answers in ten on all connections, and how long the process takes to say that it lives."""
    bodies = [orjson.dumps(as_request(ruleset, facts)) for facts in partial_referrals(ruleset, 200, 0.3)]

    async def measure() -> tuple[float, list[float]]:
        alive = asyncio.create_task(_waits(port, [b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"]))
        rate = await _hammer(port, "/v1/evaluate", bodies)
        alive.cancel()
        return rate, await alive

    rate, waits = asyncio.run(measure())
    rows = [("requests/s (target 150)", f"{rate:,.0f}"), ("/healthz p99, ms (target 50)", f"{_p99(waits):.1f}")]
    print_table("Referrals with 30 % answered, one worker, 16 connections", ("what", "measured"), rows)


def _print_complete_beside_empty(port: int, bodies: list[bytes]) -> None:
    """How long a complete referral takes while 200 clients send empty ones, of which what is too much is refused."""

    async def measure() -> tuple[list[float], list[float]]:
        alone = asyncio.create_task(_waits(port, _posts(bodies)))
        await asyncio.sleep(SECONDS)
        alone.cancel()
        beside = asyncio.create_task(_waits(port, _posts(bodies)))
        empty = _posts([b'{"facts": {}}'])
        await asyncio.gather(*(_connection(port, empty, 0, SECONDS, refusals=True) for _ in range(200)))
        beside.cancel()
        return await alone, await beside

    names = ("alone", "beside 200 empty ones (target p99 50)")
    rows = [
        (name, f"{median(waits):.1f}", f"{_p99(waits):.1f}")
        for name, waits in zip(names, asyncio.run(measure()), strict=True)
    ]
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


def _print(title: str, rates: dict[str, float], baseline: str) -> None:
    rows = [(name, f"{rate:,.0f}", f"{rate / rates[baseline]:.2f}") for name, rate in rates.items()]
    print_table(title, ("application", "requests/s", "ratio"), rows)


async def _hammer(port: int, path: str, bodies: list[bytes], key: str = "") -> float:
    """Requests a second over kept connections, after a second of warming up."""
    requests = _posts(bodies, path, key)
    await asyncio.gather(*(_connection(port, requests, index, 1.0) for index in range(CONNECTIONS)))
    counts = await asyncio.gather(*(_connection(port, requests, index, SECONDS) for index in range(CONNECTIONS)))
    return sum(counts) / SECONDS


def _posts(bodies: list[bytes], path: str = "/v1/evaluate", key: str = "") -> list[bytes]:
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    return [
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{authorization}".encode()
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
        for body in bodies
    ]


async def _connection(port: int, requests: list[bytes], start: int, seconds: float, *, refusals: bool = False) -> int:
    """How many requests one connection had answered; ``refusals`` says that some may be refused as too many."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    until, count = perf_counter() + seconds, 0
    while perf_counter() < until:
        status = await _exchange(reader, writer, requests[(start * 13 + count) % len(requests)])
        assert status in {b"200", b"201"} or (refusals and status == b"503"), status
        count += 1
    writer.close()
    return count


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """Send a request, read the whole response, and give its status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
    await reader.readexactly(length)
    return head.split(b" ", 2)[1]
