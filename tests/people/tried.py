"""The table of what was tried against the service: how many tries, and how many were let in.

``python -m tests.people.tried`` tries everything and writes docs/security/tried.md; it takes some minutes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from api.connections import raise_file_limit
from api.request import State, build_state
from tests.conftest import FIXTURE_RULES, RULES
from tests.people.access import a_world
from tests.people.attacks import ATTACKS, OF_SLOW_CLIENTS, OF_TEXTS, Attack, Try, slow_clients, some_texts
from triage.settings import Settings

PAGE = RULES.parent / "docs" / "security" / "tried.md"
ABOUT = """\
# What was tried, and how often it let anyone in

Counted by `python -m tests.people.tried`, which tries all of it and writes this page. What is tried comes from the
application: its routes, its forms, the texts of its bodies; a new one is tried as well. `make test` tries most of it
each time (`tests/people/test_tried.py`); `make deep` tries all, puts every one of the texts in every place, and holds
that no fewer are tried than here. Who may use which route is in [access.md](access.md), the attacks in
`tests/people/attacks.py`. What is tried against sign-in by OpenID Connect: [sign-in.md](../sign-in.md).
"""


@dataclass(frozen=True)
class Count:
    """How many tries an attack made, and those that were let in."""

    tried: int
    let_in: tuple[str, ...]


def count(tries: Iterable[Try]) -> Count:
    """Make the tries, and count them."""
    listed = list(tries)
    return Count(len(listed), tuple(one.what for one in listed if one.let_in))


def in_a_world(attack: Attack, state: State) -> Count:
    """What an attack on a clinic of its own comes to."""
    with TemporaryDirectory() as folder, a_world(state, Path(folder)) as world:
        return count(attack(world))


def everything(state: State) -> Iterator[tuple[str, Count]]:
    """Each attack, and what it comes to."""
    for title, attack in ATTACKS.items():
        yield title, in_a_world(attack, state)
    yield OF_TEXTS, in_a_world(some_texts, state)
    raise_file_limit()
    for title, (clients, files) in OF_SLOW_CLIENTS.items():
        with TemporaryDirectory() as folder:
            yield title, count(slow_clients(Path(folder), clients, files))


def written(counts: Iterable[tuple[str, Count]]) -> str:
    """The page."""
    rows = [(title, result.tried, len(result.let_in)) for title, result in counts]
    total = (f"| together | {sum(row[1] for row in rows):,} | {sum(row[2] for row in rows)} |",)
    lines = (f"| {title} | {tried:,} | {let_in} |" for title, tried, let_in in rows)
    return "\n".join((ABOUT, "| tried | how many | let in |", "|---|---|---|", *lines, *total, ""))


def kept() -> dict[str, tuple[int, int]]:
    """The counts that the page has, by what was tried."""
    rows = re.findall(r"^\| (.*) \| ([0-9,]+) \| ([0-9]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {title: (int(tried.replace(",", "")), int(let_in)) for title, tried, let_in in rows}


def main() -> None:
    """Try everything, print the table, and write the page where nothing was let in."""
    counts = list(everything(build_state(Settings(rules=FIXTURE_RULES))))
    page = written(counts)
    sys.stdout.write(page)
    let_in = [what for _, result in counts for what in result.let_in]
    if let_in:
        raise SystemExit("let in:\n" + "\n".join(let_in))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
