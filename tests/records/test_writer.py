"""What shares a transaction: writes that come while one waits, and many rows of one table."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from api.actor import Actor
from api.storage import writer as writer_module
from api.storage.audit import verify
from api.storage.database import Database
from api.storage.transaction import ROWS_AT_ONCE, Transaction
from api.storage.writer import MOST_GATHERINGS, Writer

CLARA = Actor("clara", "clinician", "clinic")


@pytest.mark.parametrize("coming", [0, 2, 9])
def test_a_write_waits_for_others_as_long_as_more_come(
    coming: int, make_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(make_database())
    writer, waits = Writer(database), [0]
    others: list[Future[None]] = []
    transactions: set[int] = set()

    def work(transaction: Transaction) -> None:
        transactions.add(id(transaction))

    def wait(_seconds: float) -> None:
        waits[0] += 1
        if len(others) < coming:
            others.append(writer.submit(work))

    monkeypatch.setattr(writer_module, "sleep", wait)
    writer.submit(work).result()
    waited, shared, transaction_count = waits[0], len(others), len(transactions)
    writer.close()
    database.close()
    assert waited == min(coming + 1, MOST_GATHERINGS)
    assert (shared, transaction_count) == (min(coming, MOST_GATHERINGS), 1)


@pytest.mark.parametrize("count", [1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 3])
def test_however_many_rows_a_transaction_adds_each_is_kept_in_its_order(
    count: int, make_database: Callable[[], str]
) -> None:
    database = Database(make_database())
    with database.writing() as connection:
        transaction = Transaction(connection)
        for number in range(count):
            transaction.audit("2026-11-25T09:00:00.000000Z", CLARA, "read", f"record-{number}", number=number)
        transaction.flush()
    with database.reading() as connection:
        verified = verify(connection)
    database.close()
    assert (verified.head.seq, verified.broken) == (count, None)
