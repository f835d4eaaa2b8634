"""Processes that help: what they answer, what becomes of them, and what is answered without them."""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import signal
import time
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api import work
from api.request import MOST_INCOMPLETE, State
from api.work import Helpers, Overloaded
from tests.api.test_served import Served, serve
from tests.loops import run
from tests.records.conftest import small_state as small_state
from triage.engines.agreement import EngineDisagreement, EngineFailure, NoAnswer
from triage.reading.referral import Referral

EMPTY = Referral({})
SECONDS = 60


async def _ready(helpers: Helpers) -> None:
    """Wait until a process answers."""
    until = time.monotonic() + SECONDS
    while await helpers.assess(EMPTY) is None:
        assert time.monotonic() < until
        await asyncio.sleep(0.05)


def _helpers(state: State, most: int = MOST_INCOMPLETE) -> Helpers:
    return Helpers(state.ruleset, state.settings.model_copy(update={"helpers": 1}), most)


def _children(pid: int) -> list[int]:
    """The processes that a process started."""
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if status.read_text().rsplit(")", 1)[1].split()[1] == str(pid):
                children.append(int(status.parent.name))
    return children


def test_a_process_answers_as_the_service_does_and_a_new_one_comes_where_one_was_killed(small_state: State) -> None:
    async def answered() -> None:
        others = set(multiprocessing.active_children())
        helpers = _helpers(small_state)
        assert await helpers.assess(EMPTY) is None, "none before they are started"
        helpers.start()
        await _ready(helpers)
        assert await helpers.assess(EMPTY) == small_state.assessor.assess(EMPTY)
        (process,) = set(multiprocessing.active_children()) - others
        process.kill()
        assert await helpers.assess(EMPTY) is None
        await _ready(helpers)
        (another,) = set(multiprocessing.active_children()) - others
        assert another.pid != process.pid
        helpers.close()
        assert await helpers.assess(EMPTY) is None

    run(answered())


def test_processes_take_so_many_referrals_and_no_more(small_state: State) -> None:
    async def filled() -> None:
        helpers = _helpers(small_state, most=2)
        helpers.start()
        await _ready(helpers)
        results = await asyncio.gather(*(helpers.assess(EMPTY) for _ in range(5)), return_exceptions=True)
        helpers.close()
        assert [type(result) for result in results[2:]] == [Overloaded] * 3

    run(filled())


def test_without_processes_a_thread_answers(small_state: State) -> None:
    async def answered() -> None:
        small_state.helpers.start()
        assert small_state.settings.helpers == 0
        assert await small_state.assess(EMPTY) == small_state.assessor.assess(EMPTY)

    run(answered())


def test_where_no_process_can_be_started_a_thread_answers_and_a_line_says_so(
    small_state: State, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise BrokenExecutor

    async def answered() -> None:
        monkeypatch.setattr(work, "_wait_for_all", broken)
        state = replace(small_state, settings=small_state.settings.model_copy(update={"helpers": 1}))
        state.helpers.start()
        while not caplog.messages:
            await asyncio.sleep(0.01)
        assert await state.assess(EMPTY) == small_state.assessor.assess(EMPTY)
        state.close()

    run(answered())
    assert caplog.messages == ["the processes that help could not be started: a thread answers incomplete referrals"]


@pytest.mark.parametrize(
    "error",
    [
        EngineDisagreement("sha256:1", frozenset({"a", "b"}), frozenset({"b", "c"})),
        EngineFailure("sha256:1", frozenset({"a"}), ValueError("no")),
        NoAnswer("None.", "sha256:1", frozenset()),
    ],
)
def test_that_no_answer_can_be_given_comes_whole_from_another_process(error: NoAnswer) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_processes_that_help_end_with_the_service_however_that_ends(tmp_path: Path, end: signal.Signals) -> None:
    """Those that answer incomplete referrals, that which rates a table, and those that this one has for itself."""
    with serve(tmp_path, TRIAGE_HELPERS="1", TRIAGE_TABLES=str(tmp_path / "tables")) as served:
        _upload(served)
        until = time.monotonic() + SECONDS
        while not list(tmp_path.glob("tables/*/progress")):
            assert time.monotonic() < until
            time.sleep(0.05)
        helping = _children(served.process.pid)
        helping += [helper for process in helping for helper in _children(process)]
        assert len(helping) >= 3
        served.process.send_signal(end)
        served.process.wait()
        while any(map(_lives, helping)):
            assert time.monotonic() < until
            time.sleep(0.05)
        assert end == signal.SIGKILL or "leaked" not in served.printed.read_text()


def _upload(served: Served) -> None:
    """Send a table that takes longer to be rated than the test waits."""
    table = "age_years\n" + "".join(f"{age % 80 + 18}\n" for age in range(50_000))
    parts = {'name="table"; filename="list.csv"': table, 'name="ranges"': "yes"}
    form = "".join(
        f"--part\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n" for head, text in parts.items()
    )
    kind = {"Content-Type": "multipart/form-data; boundary=part"}
    assert served.answer("POST", "/cohort", f"{form}--part--\r\n".encode(), **kind)[0] == 303


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
