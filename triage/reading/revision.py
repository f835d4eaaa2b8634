"""Read a rule set by name: a folder, or a revision of the git repository that holds the rules."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from triage.model.faults import Fault, FaultyRuleSet, Place
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset


def ruleset_named(name: str, rules: Path) -> RuleSet:
    """Read the rule set in the folder ``name``, or else as ``rules`` was at the git revision ``name``.

    Raises FaultyRuleSet where it can't be read, or where there is no such folder and no such revision.
    """
    folder = Path(name)
    if folder.is_dir():
        return read_ruleset(folder)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / name.replace("/", "-") / rules.name
        folder.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(_archive(name, rules))) as archive:
            archive.extractall(folder, filter="data")
        return read_ruleset(folder)


def _archive(revision: str, rules: Path) -> bytes:
    """The files of the folder ``rules`` at a revision, as a tar archive."""
    if revision.startswith("-"):
        raise FaultyRuleSet([_nothing(revision)])
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and a revision can't be an option
            ["git", "-C", str(rules), "archive", "--format=tar", revision],  # noqa: S607  # the user's own git
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise FaultyRuleSet([_nothing(revision)]) from error
    if done.returncode:
        raise FaultyRuleSet([_nothing(revision)])
    return done.stdout


def _nothing(name: str) -> Fault:
    message = f"`{name}` is neither a folder nor a git revision that has the rules."
    return Fault(Place(name), "text", message, "Name a folder with a rule set, or a revision such as HEAD~1.")
