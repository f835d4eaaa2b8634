"""Faults and where they are: every message names a place, says one sentence and offers the fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a text file; ``line`` and ``column`` count from 1, 0 where the whole file is meant."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("")
"""The place of what no file holds."""

KeyPath = tuple[str | int, ...]
"""Where a part of a YAML file stands: keys, and numbers of entries, from the outside in."""

Places = Mapping[KeyPath, Place]


def place_in(places: Places, path: KeyPath, default: Place) -> Place:
    """Where ``path`` stands, or where the nearest part around it does."""
    while path not in places and path:
        path = path[:-1]
    return places.get(path, default)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong with the rule set: where, which check found it, what it is and how to mend it."""

    place: Place
    check: str
    message: str
    fix: str = ""

    def __str__(self) -> str:
        fix = f" {self.fix}" if self.fix else ""
        return f"{self.place}: {self.message}{fix} [{self.check}]"


class FaultyRuleSet(Exception):
    """The rule set can't be used; ``faults`` holds all that is wrong with it, in order of place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def near_match(word: str, known: Iterable[str]) -> str | None:
    """Give the known word nearest to ``word``, or None where nothing is near."""
    by_folded = {each.lower(): each for each in known}
    found = get_close_matches(word.lower(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Say which known word may have been meant, or list them where there are few, or say nothing."""
    match = near_match(word, known)
    if match:
        return f"Did you mean `{match}`?"
    if 0 < len(known) <= 12:
        return "Known: " + ", ".join(f"`{each}`" for each in known) + "."
    return ""
