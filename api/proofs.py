"""The proofs of the running rule set: made once, in a process of their own, so that no request waits for the solver.

A process, since z3 counts its objects without a lock: two threads that use it at once bring the service down.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from triage.analysis.proof import Proof
from triage.model.ruleset import RuleSet


@dataclass
class Proofs:
    """What has come of the proofs so far: nothing yet, the proofs with their time, or why there are none."""

    ruleset: RuleSet
    folder: Path
    proofs: tuple[Proof, ...] = ()
    proved_at: str = ""
    failure: str = ""
    _thread: threading.Thread | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start(self) -> None:
        """Begin to prove, unless that was begun before."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._prove, name="proofs", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the proofs, at most so many seconds."""
        self.start()
        assert self._thread is not None
        self._thread.join(seconds)

    def _prove(self) -> None:
        try:
            done = subprocess.run(  # noqa: S603  # our own command, no shell
                [
                    sys.executable,
                    "-c",
                    "from triage.cli import main; main()",
                    "prove",
                    "--json",
                    "--rules",
                    self.folder,
                ],
                capture_output=True,
                check=False,
            )
            told = json.loads(done.stdout)
            if told["ruleset"]["digest"] != self.ruleset.digest:
                raise ValueError("the rules on the disk are not those that are running")
            self.proofs = tuple(Proof.from_json(each, self.ruleset) for each in told["proofs"])
            self.proved_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        except (OSError, ValueError, KeyError) as error:
            self.failure = f"The proofs could not be made: {error}."
