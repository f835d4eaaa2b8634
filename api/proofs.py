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
from functools import cached_property
from pathlib import Path

from triage.analysis.proof import Proof
from triage.model.faults import FaultyRuleSet
from triage.model.property import Property
from triage.model.ruleset import RuleSet
from triage.presenting.hazard_log import Result
from triage.reading.properties_file import read_properties


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

    @cached_property
    def properties(self) -> tuple[Property, ...]:
        """The properties to be proved; none where their file no longer fits the running rules."""
        try:
            return read_properties(self.folder, self.ruleset)
        except FaultyRuleSet:
            return ()

    @property
    def results(self) -> dict[str, Result]:
        """What has been proved so far, by property."""
        return {proof.id: Result(proof.sentence, proof.holds) for proof in self.proofs}

    @property
    def is_under_way(self) -> bool:
        """Whether the proofs are being made."""
        return not self.proofs and not self.failure

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
