"""An application served by a process of its own while something is measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep

IDLE = 0.05
"""The seconds of processor time in a second that are taken for nothing."""
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Served:
    """A running application: its port, and its process."""

    port: int
    pid: int

    def processor_seconds(self) -> float:
        """The processor time that it and its helping processes have taken; other work here does not change that much.

        Processes that have ended are left out.
        """
        ticks = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = status.read_text().rsplit(")", 1)[1].split()
                parent, user, system = fields[1], fields[11], fields[12]  # the name and the number stand before these
                if str(self.pid) in (parent, status.parent.name):
                    ticks += int(user) + int(system)
        return ticks / os.sysconf("SC_CLK_TCK")

    def wait_until_idle(self) -> None:
        """Wait until it does nothing: a service goes on making its helping processes once it answers."""
        before = -1.0
        while self.processor_seconds() - before > IDLE:
            before = self.processor_seconds()
            sleep(1)


@contextmanager
def served(program: str, *arguments: str, **environment: str) -> Iterator[Served]:
    """Run an installed program that serves at the port of ``--port`` until it is no longer needed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name(program)), *arguments, "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        for _ in range(600):
            sleep(0.1)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait()
