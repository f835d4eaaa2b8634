"""An application served by a process of its own while something is measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def served(program: str, *arguments: str, **environment: str) -> Iterator[int]:
    """Run an installed program that serves at the port of ``--port`` until it is no longer needed; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name(program)), *arguments, "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        for _ in range(200):
            sleep(0.1)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port
    finally:
        process.terminate()
        process.wait()
