"""``POST /v1/evaluate`` on one worker against a bare FastAPI application, and stored answers against unstored ones."""

from __future__ import annotations

import asyncio
from tempfile import TemporaryDirectory
from time import perf_counter

import orjson

from api.people.commands import desk
from api.people.model import NewKey
from bench.referrals import as_request, complete_referrals
from bench.served import served
from bench.table import print_table
from triage.check import load_ruleset
from triage.settings import PUBLISHED, Settings

CONNECTIONS = 16
SECONDS = 5.0
_OPTIONS = ("--factory", "--log-level", "error")


def main() -> None:
    """Print requests a second of the service and of the echo, and of answers that are stored, with their ratios."""
    ruleset = load_ruleset(PUBLISHED)
    bodies = [orjson.dumps(as_request(ruleset, facts)) for facts in complete_referrals(ruleset, 200)]
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
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    requests = [
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{authorization}".encode()
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
        for body in bodies
    ]
    await asyncio.gather(*(_connection(port, requests, index, 1.0) for index in range(CONNECTIONS)))
    counts = await asyncio.gather(*(_connection(port, requests, index, SECONDS) for index in range(CONNECTIONS)))
    return sum(counts) / SECONDS


async def _connection(port: int, requests: list[bytes], start: int, seconds: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    until, count = perf_counter() + seconds, 0
    while perf_counter() < until:
        writer.write(requests[(start * 13 + count) % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")), head
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        await reader.readexactly(length)
        count += 1
    writer.close()
    return count
