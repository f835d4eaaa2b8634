"""Many clients with empty referrals at once against ``triage serve``: each gets an exact answer, or is told to wait.

An answer is exact, or it is a 503 that carries the urgency and says when to send again. Anything else is an error here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import orjson

from bench.served import served
from bench.table import print_table

CLIENTS = 200
BODY = b'{"facts": {}}'
REQUEST = (
    b"POST /v1/evaluate HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nConnection: close\r\n"
    + f"Content-Length: {len(BODY)}\r\n\r\n".encode()
    + BODY
)


class Response(NamedTuple):
    """What a client got: the status, the seconds that ``Retry-After`` names, the JSON, and after how many seconds."""

    status: int
    retry_after: int | None
    body: Any
    seconds: float


def main() -> None:
    """Print what all clients got at once, and what they got who sent again when they were told to."""
    with served("triage", "serve") as service:
        asyncio.run(_post(service.port))
        first = asyncio.run(_at_once(service.port, again=False))
        rows = [_row("sent once", first)]
        answered = asyncio.run(_at_once(service.port, again=True))
        rows.append(_row("sent again after the seconds named, until answered", answered))
    headings = ("clients", "exact answers", "503 with urgency", "median s", "longest s")
    print_table(f"{CLIENTS} clients with empty referrals at once", headings, rows)


def _row(name: str, responses: list[Response]) -> tuple[str, ...]:
    kinds = Counter(map(_kind, responses))
    seconds = [response.seconds for response in responses]
    return name, str(kinds["exact"]), str(kinds["shed"]), f"{median(seconds):.2f}", f"{max(seconds):.2f}"


def _kind(response: Response) -> str:
    """Whether it is an exact answer or a refusal for now. Raises ValueError where it is neither."""
    body = response.body
    if response.status == 200 and body["suitability"]["exact"] and body["urgency"]["exact"]:
        return "exact"
    if response.status == 503 and response.retry_after and body["urgency"]["level"] != "routine":
        return "shed"
    raise ValueError(f"Neither an exact answer nor a 503 with urgency and Retry-After: {response}.")


async def _at_once(port: int, *, again: bool) -> list[Response]:
    return await asyncio.gather(*(_client(port, again=again) for _ in range(CLIENTS)))


async def _client(port: int, *, again: bool) -> Response:
    """Send an empty referral, and again as long as told to; the seconds are from the first time."""
    started = perf_counter()
    response = await _post(port)
    while again and _kind(response) == "shed":
        await asyncio.sleep(response.retry_after or 1)
        response = await _post(port)
    return response._replace(seconds=perf_counter() - started)


async def _post(port: int) -> Response:
    started = perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    head, body = (await reader.read()).split(b"\r\n\r\n", 1)
    writer.close()
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    after = headers.get("retry-after")
    seconds = perf_counter() - started
    return Response(int(status.split()[1]), int(after) if after else None, orjson.loads(body), seconds)


if __name__ == "__main__":
    main()
