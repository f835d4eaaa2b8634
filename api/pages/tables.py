"""Uploaded tables: each in a folder of its own, rated in the background, and deleted when its time is over.

All that is known of a table lies in its folder, so that every process of a service can show it. The folder's name is
the secret in the table's address.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING, Any

import msgspec

from api.request import State
from api.work import Overloaded, Queue
from triage.processes import helping

if TYPE_CHECKING:
    from triage.population.summary import Summary

MOST_TABLES = 4
"""How many tables may be held at once."""
KEPT_SECONDS = 15 * 60
SECONDS = 30.0
"""How long between two looks for tables whose time is over."""
PREFIX = "triage-tables-"
FAILED = "The table could not be rated: something failed here. Nothing is said of any row; rate them one by one."
_ABOUT, _SUMMARY, _FAULT = "about", "summary", "fault"


@dataclass(frozen=True)
class About:
    """What is known of a table when it comes: the name of its file, and who sent it (nobody, without a sign-in)."""

    name: str
    owner: str


class Table:
    """One table, by its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def is_held(self) -> bool:
        """Whether nobody has deleted it."""
        return (self.folder / _ABOUT).exists()

    @property
    def about(self) -> About:
        """The name of its file, and who sent it. Raises FileNotFoundError where it was deleted."""
        return msgspec.json.decode((self.folder / _ABOUT).read_bytes(), type=About)

    @property
    def fault(self) -> str | None:
        """Why it can't be rated, in a sentence; None where nothing is wrong so far."""
        path = self.folder / _FAULT
        return path.read_text(encoding="utf-8") if path.exists() else None

    @property
    def summary(self) -> Summary | None:
        """What it comes to; None while it is not rated."""
        from triage.population.summary import Summary

        path = self.folder / _SUMMARY
        return msgspec.msgpack.decode(path.read_bytes(), type=Summary, dec_hook=_counter) if path.exists() else None

    @property
    def age(self) -> float:
        """How many seconds ago it came."""
        return time.time() - (self.folder / _ABOUT).stat().st_mtime

    def finish(self, result: Summary | str) -> None:
        """Keep what it comes to, or the sentence why it can't be rated."""
        name, content = (
            (_FAULT, result.encode()) if isinstance(result, str) else (_SUMMARY, msgspec.msgpack.encode(result))
        )
        unfinished = self.folder / "unfinished"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / name)

    def forget(self) -> None:
        """Delete it and all that was made of it."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Tables:
    """The tables that a service holds, and the process that rates those that came to this one."""

    def __init__(self, state: State) -> None:
        self._chosen = state.settings.tables
        self._queue = Queue(lambda: _process(state), MOST_TABLES)
        self._came: list[Table] = []
        self._rating: set[asyncio.Task[None]] = set()

    @cached_property
    def _folder(self) -> Path:
        return self._chosen or Path(mkdtemp(prefix=PREFIX))

    def find(self, key: str, owner: str) -> Table | None:
        """The table with this key, where the same owner sent it, or nobody signed in, and its time is not over."""
        self.forget_old()
        named = (table for table in self._all() if table.folder.name == key)
        return next((table for table in named if table.about.owner in ("", owner)), None)

    def hold(self, name: str, owner: str) -> Table:
        """Make room for a table. Raises Overloaded where as many are held as may be."""
        self.forget_old()
        if len(list(self._all())) >= MOST_TABLES:
            raise Overloaded
        folder = self._folder / secrets.token_urlsafe(24)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        (folder / _ABOUT).write_bytes(msgspec.json.encode(About(name, owner)))
        self._came.append(Table(folder))
        return self._came[-1]

    def start_rating(self, table: Table, rate: Callable[[], Summary | str]) -> None:
        """Rate a table in the background, by a call that the process can take."""
        task = asyncio.create_task(self._rate(table, rate))
        self._rating.add(task)  # the event loop holds no task by itself
        task.add_done_callback(self._rating.discard)

    def forget_old(self) -> None:
        """Delete the tables whose time is over."""
        _forget_old(self._folder)

    def close(self) -> None:
        """Stop rating, and delete every table that came to this process."""
        self._forget_all()
        self._queue.close(wait=True)  # what rates a table ends where it was deleted
        self._forget_all()  # it may have written meanwhile
        with suppress(OSError):  # another process has one there, or nothing ever came
            self._folder.rmdir()

    async def keep_house(self) -> None:
        """Delete what is over at once and from time to time, whether or not anybody asks for it."""
        for folder in Path(gettempdir()).glob(f"{PREFIX}*"):  # of services that were killed
            _forget_old(folder)
        while True:
            self.forget_old()
            await asyncio.sleep(SECONDS)

    def _forget_all(self) -> None:
        for table in self._came:
            table.forget()

    def _all(self) -> Iterator[Table]:
        return _tables_in(self._folder)

    async def _rate(self, table: Table, rate: Callable[[], Summary | str]) -> None:
        try:
            result = await self._queue.run(rate)
        except Exception:  # the page says it; the trace could hold answers
            result = FAILED
        if table.is_held:
            table.finish(result)
        else:
            table.forget()  # it was deleted meanwhile, and what rated it may have written since


def _tables_in(folder: Path) -> Iterator[Table]:
    return (Table(about.parent) for about in folder.glob(f"*/{_ABOUT}"))


def _forget_old(folder: Path) -> None:
    for table in list(_tables_in(folder)):
        with suppress(FileNotFoundError):  # another process deletes it too
            if table.age > KEPT_SECONDS:
                table.forget()


def _process(state: State) -> ProcessPoolExecutor:
    from triage.population.upload import start

    return helping(1, start, state.ruleset, state.settings)


def _counter(_: type, read: Any) -> Counter[Any]:
    return Counter(read)
