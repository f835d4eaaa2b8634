"""Faults of a rule set: each has a place, one sentence and the fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple


class Place(NamedTuple):
    """A position in a text file. ``line`` and ``column`` count from 1; both are 0 where the whole file is meant."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("")
"""The place of something that was not read from a file."""

KeyPath = tuple[str | int, ...]
"""The path to a part of a YAML file: keys and indices of list entries, outermost first."""

Places = Mapping[KeyPath, Place]


def place_in(places: Places, path: KeyPath, default: Place) -> Place:
    """The place of ``path``, or of the nearest part that encloses it, or ``default``."""
    while path not in places and path:
        path = path[:-1]
    return places.get(path, default)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake in the rule set: its place, the check that found it, a sentence and the fix."""

    place: Place
    check: str
    message: str
    fix: str = ""

    def __str__(self) -> str:
        fix = f" {self.fix}" if self.fix else ""
        return f"{self.place}: {self.message}{fix} [{self.check}]"


class FaultyRuleSet(Exception):
    """The rule set can't be used. ``faults`` holds every mistake, in order of place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def near_match(word: str, known: Iterable[str]) -> str | None:
    """The known word most similar to ``word`` (upper and lower case alike), or None where none is similar.

    Where none is, it is the only one that has ``word`` among its parts, as `age_years` has `age`.
    """
    by_lower_case = {known_word.lower(): known_word for known_word in known}
    matches = get_close_matches(word.lower(), by_lower_case, n=1, cutoff=0.6)
    if not matches:
        holding = [known_word for known_word in by_lower_case if word.lower() in known_word.split("_")]
        matches = holding if len(holding) == 1 else []
    return by_lower_case[matches[0]] if matches else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The fix for a misspelt word: a similar known word, or up to 12 known words, or an empty text."""
    match = near_match(word, known)
    if match:
        return f"Did you mean `{match}`?"
    if 0 < len(known) <= 12:
        return "Known: " + ", ".join(f"`{known_word}`" for known_word in known) + "."
    return ""
