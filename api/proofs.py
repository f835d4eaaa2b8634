"""The proofs of the running rule set: made once, in the background, so that no request waits for the solver."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from triage.prove import Proof, prove_all
from triage.ruleset import RuleSet


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
            self.proofs = prove_all(self.ruleset, self.folder)
            self.proved_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        except Exception as error:
            self.failure = f"The proofs could not be made: {error}"
