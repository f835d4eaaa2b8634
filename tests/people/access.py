"""The table of who may do what: read from its page, and held against every route that the application has.

``python -m tests.people.access`` writes the page anew from what the service does. Read what changed before it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from api.request import State, build_state
from api.storage.database import sqlite_address
from tests.conftest import FIXTURE_RULES, RULES
from tests.people.conftest import PUBLIC, running
from tests.people.world import PEOPLE, Route, World, routes
from triage.settings import Settings

PAGE = RULES.parent / "docs" / "security" / "access.md"
DENIED = (401, 403, 404)
YES = "yes"
ABOUT = """\
# Who may do what, route by route

Where others reach the service, each route is asked by everyone below about a record, draft, table or account of one
clinic. `sender` is the provider whose referral it is, `provider` another provider there, `elsewhere` someone of another
clinic; a table belongs to the coordinator. 401: sign in first. 403: the role may not. 404: it is not theirs to
see. On this machine alone, what needs no record is open as well ([docs/sign-in.md](../sign-in.md)).

`tests/people/test_access_table.py` asks every route that the application has and fails where one differs from this
table, or is not in it. `python -m tests.people.access` writes it anew.
"""


def cells(world: World, route: Route) -> dict[str, str]:
    """What a route answers each person: `yes`, or the status with which it is denied."""
    statuses = {person: world.send(route, person).status_code for person in PEOPLE}
    return {person: str(status) if status in DENIED else YES for person, status in statuses.items()}


def table() -> dict[str, dict[str, str]]:
    """The table of the page: what each route answers each person."""
    rows = [re.split(r" *\| *", line.strip("| ")) for line in PAGE.read_text("utf-8").splitlines() if line[:1] == "|"]
    heads, _, *body = rows
    return {row[0].strip("`"): dict(zip(heads[1:], row[1:], strict=True)) for row in body}


def denied() -> Iterator[tuple[str, str]]:
    """Each route and person of the table that are denied to each other."""
    for route, row in table().items():
        yield from ((route, person) for person, answer in row.items() if answer != YES)


@contextmanager
def a_world(state: State, folder: Path) -> Iterator[World]:
    """A clinic that others reach, in a folder."""
    generator = running(sqlite_address(folder / "records.sqlite"), state, public_url=PUBLIC, requests_per_minute=10**6)
    yield World(next(generator))
    next(generator, None)


def main() -> None:
    """Write the page."""
    with TemporaryDirectory() as folder, a_world(build_state(Settings(rules=FIXTURE_RULES)), Path(folder)) as world:
        lines = [f"| route | {' | '.join(PEOPLE)} |", "|---" * (len(PEOPLE) + 1) + "|"]
        for route in routes(world.clinic.app):
            row = cells(world, route)
            lines.append(f"| `{route}` | {' | '.join(row[person] for person in PEOPLE)} |")
    PAGE.write_text(ABOUT + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
