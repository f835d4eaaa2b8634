"""What many requests at once share: reads, and the waking of the event loop for what other threads did."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError, Future
from threading import Thread

import pytest

from api.records.sharing import Results, SharedReads
from tests.loops import run


def test_who_asks_while_a_read_is_under_way_shares_the_next_one() -> None:
    async def asked() -> list[int]:
        reads, gate, count = SharedReads(), asyncio.Event(), 0

        async def read() -> int:
            nonlocal count
            count += 1
            number = count
            await gate.wait()
            return number

        first = asyncio.create_task(reads.of("key", read))
        while not count:
            await asyncio.sleep(0)
        others = [asyncio.create_task(reads.of("key", read)) for _ in range(3)]
        another = asyncio.create_task(reads.of("another key", read))
        await asyncio.sleep(0.01)
        gate.set()
        return await asyncio.gather(first, another, *others)

    assert run(asked()) == [1, 2, 3, 3, 3], "the first alone, another thing at once, the three together"


def test_a_shared_read_that_fails_fails_for_all_and_is_tried_anew() -> None:
    async def asked() -> list[object]:
        reads, failing = SharedReads(), True

        async def read() -> str:
            if failing:
                raise ValueError("gone")
            return "back"

        results = await asyncio.gather(*(reads.of("key", read) for _ in range(2)), return_exceptions=True)
        failing = False
        return [*map(str, results), await reads.of("key", read)]

    assert run(asked()) == ["gone", "gone", "back"]


def test_results_of_another_thread_reach_whoever_waits() -> None:
    async def waited() -> list[object]:
        results, futures = Results(), [Future[int]() for _ in range(4)]
        waiting = [asyncio.create_task(results.of(future)) for future in futures]
        await asyncio.sleep(0)

        def work() -> None:
            for number, future in enumerate(futures[:3]):
                future.set_result(number)
            futures[3].set_exception(ValueError("no"))

        thread = Thread(target=work)
        thread.start()
        outcome = await asyncio.gather(*waiting, return_exceptions=True)
        thread.join()
        return [*outcome[:3], str(outcome[3])]

    assert run(waited()) == [0, 1, 2, "no"]


def test_what_nobody_waits_for_is_not_begun() -> None:
    async def waited() -> None:
        future = Future[int]()
        waiting = asyncio.create_task(Results().of(future))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not future.set_running_or_notify_cancel()
        with pytest.raises(CancelledError):
            future.result(0)

    run(waited())
