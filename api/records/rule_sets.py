"""Rule sets that answered something, kept by digest: the text of their files, so that they can be run again."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from api.storage.tables import rule_sets
from api.storage.transaction import Transaction
from triage.model.ruleset import RuleSet
from triage.reading.folder import digest_of_files, read_ruleset, rule_set_files


class RulesChanged(Exception):
    """The files of the rule set were changed while it was read, so that what runs can't be kept."""


@dataclass(frozen=True)
class RunningRules:
    """The rule set that runs, with the files that it was read from."""

    ruleset: RuleSet
    files: dict[str, bytes]

    @cached_property
    def row(self) -> dict[str, Any]:
        """The row in which the rule set is kept, without the time."""
        texts = {name: content.decode("utf-8") for name, content in self.files.items()}
        packed = zlib.compress(json.dumps(texts).encode())
        ruleset = self.ruleset
        return {"digest": ruleset.digest, "name": ruleset.name, "version": ruleset.version, "files": packed}

    def keep(self, transaction: Transaction, at: str) -> None:
        """Keep the rule set unless it is kept."""
        known = select(rule_sets.c.digest).where(rule_sets.c.digest == self.ruleset.digest)
        if transaction.execute(known).first() is None:
            transaction.insert(rule_sets, **self.row, kept_at=at)


def running_rules(ruleset: RuleSet, folder: Path, expected: str = "") -> RunningRules:
    """The rule set that was read from a folder, with its files.

    Raises RulesChanged where the files are others by now, or not those of the digest that is expected.
    """
    files = rule_set_files(folder)
    if digest_of_files(files) != ruleset.digest or expected not in ("", ruleset.digest):
        raise RulesChanged(f"The rules in {folder} were changed while the service started. Start it again.")
    return RunningRules(ruleset, files)


def unpacked(files: bytes) -> RuleSet:
    """Read a kept rule set as it was."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "rules"
        for name, text in json.loads(zlib.decompress(files)).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return read_ruleset(folder)
