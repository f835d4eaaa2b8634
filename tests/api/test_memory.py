"""Many referrals in many threads with the memory checks of the C library on: in one process, and by the service."""

from __future__ import annotations

import ctypes.util
import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

import pytest

from tests.api.door import bodies_of
from tests.api.test_served import ANSWER_SECONDS, PLANTED, Served, serve
from triage.model.ruleset import RuleSet

ROOT = Path(__file__).resolve().parents[2]
THREADS, REFERRALS = 8, int(os.environ.get("FUZZED_REFERRALS", "100000"))
MOST_GROWTH = 64 * 2**20
"""How much more memory, in bytes, the service may have at the end than after a fifth of the referrals."""


def _checks() -> Mapping[str, str]:
    """The settings by which glibc fills and checks every freed block; the process ends where one is broken."""
    assert ctypes.util.find_library("c_malloc_debug"), "glibc's checks are in libc_malloc_debug.so.0"
    return {"MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "165", "LD_PRELOAD": "libc_malloc_debug.so.0"}


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_a_hundred_thousand_referrals_in_eight_threads_break_no_memory() -> None:
    command = [sys.executable, "-m", "tests.api.door", str(THREADS), str(REFERRALS)]
    environment = {**os.environ, **_checks()}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr[-2_000:])
    answered, refused, otherwise = map(int, re.findall(r"\d+", done.stdout))
    assert answered + refused == REFERRALS
    assert refused > REFERRALS / 20
    assert otherwise == 0


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_a_hundred_thousand_referrals_of_eight_clients_each_get_an_answer_or_a_named_refusal(
    tmp_path: Path, ruleset: RuleSet
) -> None:
    bodies = [body.replace(b'{"facts"', f'{{"reference":"{PLANTED}","facts"'.encode()) for body in bodies_of(ruleset)]
    with serve(tmp_path, files=None, **_checks()) as served:
        statuses, memory = _sent_by_all(served, bodies)
        assert served.process.poll() is None, "the service still runs"
        assert served.answer("GET", "/readyz")[0] == 200
        printed = served.printed.read_text()
    assert sum(statuses.values()) == REFERRALS
    assert statuses.keys() <= {200, 400, 422, 503}
    assert statuses[200] > REFERRALS / 2
    assert statuses[400] + statuses[422] > REFERRALS / 20
    assert memory[-1] - memory[0] < MOST_GROWTH, memory
    assert (PLANTED in printed, "Traceback" in printed) == (False, False)


def _sent_by_all(served: Served, bodies: list[bytes]) -> tuple[Counter[int], list[int]]:
    """How many referrals got which status, and the service's memory after each fifth of them."""
    statuses: Counter[int] = Counter()
    memory: list[int] = []
    failures: list[str] = []
    turn, lock = count(), threading.Lock()

    def send() -> None:
        connection = HTTPConnection("127.0.0.1", served.port, timeout=ANSWER_SECONDS)
        while (place := next(turn)) < REFERRALS and not failures:
            status, fault = _sent(connection, bodies[place * 7919 % len(bodies)])
            with lock:
                statuses[status] += 1
                failures.extend([fault] if fault else [])
                if (place + 1) % (REFERRALS // 5) == 0:
                    memory.append(_resident(served.process.pid))
        connection.close()

    clients = [threading.Thread(target=send) for _ in range(THREADS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert failures == []
    return statuses, memory


def _sent(connection: HTTPConnection, body: bytes) -> tuple[int, str]:
    """The status of one referral, and what is wrong where it got neither an answer nor a refusal that says why."""
    try:
        connection.request("POST", "/v1/evaluate", body)
        response = connection.getresponse()
        content = response.read()
        named = json.loads(content)
    except Exception as error:
        return 0, repr(error)
    is_named = "urgency" in named and "suitability" in named if response.status == 200 else named.get("detail")
    return response.status, "" if is_named else f"{response.status}: {content[:300]!r}"


def _resident(pid: int) -> int:
    """The memory of a process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
