"""The proofs of the running rule set, made once in a separate process, so that no request waits for the solver.

A process and not a thread, since z3's default context is not thread-safe: two threads that use it at once crash the
service.
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
    """The state of the proofs: not finished, finished with their time, or failed with the reason."""

    ruleset: RuleSet
    folder: Path
    proofs: tuple[Proof, ...] = ()
    proved_at: str = ""
    failure: str = ""
    _thread: threading.Thread | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start(self) -> None:
        """Start the proofs unless they were started before."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._prove, name="proofs", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the proofs, at most the given number of seconds."""
        self.start()
        assert self._thread is not None
        self._thread.join(seconds)

    def _prove(self) -> None:
        try:
            completed = subprocess.run(  # noqa: S603  # our own command, no shell
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
            report = json.loads(completed.stdout)
            if report["ruleset"]["digest"] != self.ruleset.digest:
                raise ValueError("the rules on the disk are not those that are running")
            self.proofs = tuple(Proof.from_json(proof, self.ruleset) for proof in report["proofs"])
            self.proved_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        except (OSError, ValueError, KeyError) as error:
            self.failure = f"The proofs could not be made: {error}."
