"""The door under many threads, with the memory checks of the C library on."""

from __future__ import annotations

import ctypes.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THREADS, REFERRALS = 8, 100_000


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_a_hundred_thousand_referrals_in_eight_threads_break_no_memory() -> None:
    assert ctypes.util.find_library("c_malloc_debug"), "glibc's checks are in libc_malloc_debug.so.0"
    checks = {"MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "165", "LD_PRELOAD": "libc_malloc_debug.so.0"}
    command = [sys.executable, "-m", "tests.api.door", str(THREADS), str(REFERRALS)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | checks, capture_output=True, check=False, text=True)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr[-2_000:])
    answered, refused, otherwise = map(int, re.findall(r"\d+", done.stdout))
    assert answered + refused == REFERRALS
    assert refused > REFERRALS / 20
    assert otherwise == 0
