"""An application served by a process of its own while something is measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Served:
    """A running application: its port, and its process."""

    port: int
    pid: int

    def processor_seconds(self) -> float:
        """The processor time that its one process has taken: what other work on the machine does not change much."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        user, system = fields[11:13]  # utime and stime, counted from the field after the program's name
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


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
