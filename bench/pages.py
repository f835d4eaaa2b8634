"""The worklist and the dashboard of a clinic with 5,000 records, beside the same pages with 50, on both databases.

The time until the answer is there and the service's processor time are of the server; the last is until Chromium has
laid out the page.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import update

from api.actor import LOCAL_PERSON
from api.people.commands import link_for_this_machine
from api.records.changing import attempt
from api.records.creating import Answered, create
from api.records.model import NewAttempt, Outcome
from api.request import State, build_state
from api.storage.tables import records
from api.storage.transaction import Transaction
from bench.referrals import as_request, complete_referrals, partial_referrals
from bench.served import Served, served
from bench.table import print_table
from tests.records.databases import KINDS, new_database, server
from triage.model.written import encode
from triage.settings import Settings, now

FEW, MANY = 50, 5_000
DIFFERENT = 200
"""How many different referrals there are; their answers are stored again and again."""
WEEKS = 8
ROUNDS = 15
MOST_MS = 200
OPTIONS = ("--factory", "--log-level", "error")
PAGES = ("/worklist", "/worklist?status=closed", "/dashboard")


class Measured(NamedTuple):
    """The milliseconds of one page: until it was answered, of the service's processor, until it was laid out."""

    answered: float
    processor: float
    laid_out: float


def main() -> None:
    """Print the times of each page with few and with many records, and their ratio."""
    rows = []
    with server() as postgresql, TemporaryDirectory() as folder:
        for kind in KINDS:
            by_count = {}
            for count in (FEW, MANY):
                database = new_database(kind, Path(folder), postgresql)
                fill(database, count)
                by_count[count] = _measure(database)
            rows += [_row(kind, path, by_count[FEW][path], by_count[MANY][path]) for path in PAGES]
    headings = ("page", f"answered, ms (most {MOST_MS})", "ratio", "processor, ms", "ratio", "laid out, ms", "ratio")
    print_table(f"Pages over {MANY:,} records, and how many times the same with {FEW} (baseline)", headings, rows)


def fill(database: str, count: int) -> None:
    """Store so many answered referrals of the last weeks; some were opened, some tried to reach, some closed."""
    asyncio.run(_fill(database, count))


async def _fill(database: str, count: int) -> None:
    chance = random.Random(count)  # no secret
    state = build_state(Settings(database_url=database))
    clock = _Clock(now())
    kept = replace(state.records, clock=clock)
    endless = cycle(_answered(state, chance))
    for share in sorted((chance.random() ** 2 for _ in range(count)), reverse=True):
        clock.at = clock.until - share * timedelta(weeks=WEEKS)
        created = await kept.write_answer(create(kept, LOCAL_PERSON, next(endless), None))
        clock.at += timedelta(hours=chance.random() * 30)
        if chance.random() < 0.6:
            outcome: Outcome = "reached" if chance.random() < 0.5 else "no_answer"
            await kept.write(attempt(kept, LOCAL_PERSON, created.id, NewAttempt(outcome)))
        if chance.random() < 0.4:
            await kept.write(_closing(created.id))
    kept.close()
    state.close()


def _answered(state: State, chance: random.Random) -> list[Answered]:
    """Different referrals with their answers, in an order by chance."""
    rules = state.ruleset
    half = DIFFERENT // 2
    answered = []
    for number, facts in enumerate([*complete_referrals(rules, half), *partial_referrals(rules, half, 0.7)]):
        data = {"reference": f"R-{number:04}", **as_request(rules, facts)}
        referral = state.reader.read(data)
        answered.append(Answered(encode(data), referral, state.assessor.assess(referral)))
    chance.shuffle(answered)
    return answered


def _closing(id_: str) -> Callable[[Transaction], None]:
    closed = update(records).where(records.c.id == id_).values(status="closed")

    def work(transaction: Transaction) -> None:
        transaction.execute(closed)

    return work


@dataclass
class _Clock:
    """A clock that is set; it never goes past ``until``."""

    until: datetime

    def __post_init__(self) -> None:
        self.at = self.until

    def __call__(self) -> datetime:
        return min(self.at, self.until)


def _measure(database: str) -> dict[str, Measured]:
    """The times of each page of a service on this database, as whoever started it sees them."""
    with served("uvicorn", "api.app:create_app", *OPTIONS, TRIAGE_DATABASE_URL=database) as service:
        address = f"http://127.0.0.1:{service.port}"
        cookie = _sign_in(address, link_for_this_machine(Settings(database_url=database)))
        with _browser(address, cookie) as page:
            return {path: _measured(service, address, cookie, page, path) for path in PAGES}


def _measured(service: Served, address: str, cookie: str, page: Page, path: str) -> Measured:
    request = urllib.request.Request(address + path, headers={"Cookie": cookie})
    answered = []
    with urllib.request.urlopen(request) as first:
        first.read()
    before = service.processor_seconds()
    for _ in range(ROUNDS):
        started = perf_counter()
        with urllib.request.urlopen(request) as response:
            response.read()
        answered.append((perf_counter() - started) * 1e3)
    processor = (service.processor_seconds() - before) / ROUNDS * 1e3
    laid_out = []
    for _ in range(ROUNDS):
        page.goto(path)
        laid_out.append(page.evaluate("performance.getEntriesByType('navigation')[0].domComplete"))
    return Measured(median(answered), processor, median(laid_out))


def _sign_in(address: str, token: str) -> str:
    """The cookie of a session."""
    connection = HTTPConnection(address.removeprefix("http://"))
    connection.request("GET", f"/sign-in/link/{token}")
    cookie = connection.getresponse().headers["Set-Cookie"]
    connection.close()
    return str(cookie).partition(";")[0]


@contextmanager
def _browser(address: str, cookie: str) -> Iterator[Page]:
    """A page of Chromium that is signed in."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    name, _, value = cookie.partition("=")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=as_root)
        context = browser.new_context(base_url=address)
        context.add_cookies([{"name": name, "value": value, "url": address}])
        yield context.new_page()
        browser.close()


def _row(kind: str, path: str, few: Measured, many: Measured) -> tuple[str, ...]:
    times = [text for base, time in zip(few, many, strict=True) for text in (f"{time:.0f}", f"{time / base:.1f}")]
    return (f"{path}, {kind}", *times)
