"""The files that are written beside a table: checked before anything is done, so that none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from triage.population.refusals import BadTable


def check_targets(table: Path, targets: Mapping[str, Path | None]) -> None:
    """Check the files that are to be written, by the option that names each.

    Raises BadTable where one is the table or another of them, or has no folder.
    """
    taken = {table.resolve(): "the table"}
    for option, target in targets.items():
        if target is None:
            continue
        if not target.parent.is_dir():
            raise BadTable(f"There is no folder {target.parent}: make it first.")
        if target.is_dir():
            raise BadTable(f"{target} is a folder: name a file in it.")
        other = taken.setdefault(target.resolve(), option)
        if other != option:
            raise BadTable(f"{option} and {other} are one file, {target.name}: name another one.")
