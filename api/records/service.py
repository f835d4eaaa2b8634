"""The records of a running service: its database, its writer, its clock, and what answers referrals."""

from __future__ import annotations

import asyncio
import json
import platform
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from threading import Event, Lock
from typing import TypeVar

from sqlalchemy import Connection

from api.actor import Actor
from api.records.rule_sets import RunningRules
from api.records.sharing import Results, SharedReads
from api.records.times import stored
from api.storage.audit import canonical, read_head
from api.storage.database import Database, sqlite_address
from api.storage.transaction import Transaction
from api.storage.writer import Writer
from triage.answer.assess import Assessor
from triage.model.scales import Scales
from triage.settings import Settings, data_folder

Result = TypeVar("Result")
_ENGINES = ("ipt-triage", "durable_rules", "msgspec", "pydantic")
_READERS = 4


@dataclass(frozen=True)
class Records:
    """Where records are kept and what they are made with. ``clock`` gives the time."""

    settings: Settings
    assessor: Assessor
    rules: RunningRules
    clock: Callable[[], datetime]
    _opened: list[Writer] = field(default_factory=list, init=False, repr=False, compare=False)
    _opening: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    @property
    def database(self) -> Database:
        """The database. Raises StorageUnavailable."""
        return self.writer.database

    @property
    def writer(self) -> Writer:
        """The thread that writes. The database is opened, and migrated, when it is first needed."""
        with self._opening:
            if not self._opened:
                self._opened.append(Writer(Database(database_address(self.settings))))
            return self._opened[0]

    @cached_property
    def _readers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_READERS, thread_name_prefix="records")

    @cached_property
    def _results(self) -> Results:
        return Results()

    @cached_property
    def shared_reads(self) -> SharedReads:
        """The reads that many requests make alike: whose a key is."""
        return SharedReads()

    @cached_property
    def made_with(self) -> str:
        """The versions of the engines, and the settings that the words of an answer name, as canonical JSON."""
        engines = {name: version(name) for name in _ENGINES} | {"python": platform.python_version()}
        return canonical({"engines": engines, "words": words_of(self.settings)})

    @cached_property
    def _rules_are_kept(self) -> Event:
        return Event()

    def keep_rules(self, transaction: Transaction, at: str) -> None:
        """Keep the rule set that runs, unless a write of this process is known to have done so."""
        if not self._rules_are_kept.is_set():
            self.rules.keep(transaction, at)

    @property
    def scales(self) -> Scales:
        """The scales of the running rules."""
        return self.assessor.ruleset.scales

    def now(self) -> datetime:
        """The time."""
        return self.clock()

    def at(self) -> str:
        """The time as it is stored."""
        return stored(self.clock())

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Have a write done by the writer, and wait for its commit."""
        return await self._results.of(self.writer.submit(work))

    async def write_answer(self, work: Callable[[Transaction], Result]) -> Result:
        """Have an answer written; afterwards the rule set behind it is known to be kept."""
        result = await self.write(work)
        self._rules_are_kept.set()
        return result

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Read on a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def note_listed(self, actor: Actor, ids: Iterable[str]) -> None:
        """Enter in the audit that these records were shown in a list."""
        listed = list(ids)
        await self.write(lambda transaction: transaction.audit(self.at(), actor, "listed", records=listed))

    def check(self) -> None:
        """Raise StorageUnavailable where records can't be read."""
        with self.database.reading() as connection:
            read_head(connection)

    async def forget_erased(self) -> None:
        """Write over what was erased."""
        await asyncio.get_running_loop().run_in_executor(self._readers, self.database.forget_erased)

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        with self.database.reading() as connection:
            return work(connection)

    def close(self) -> None:
        """Write what waits, and close the database. Does nothing where it was never opened."""
        if "_readers" in self.__dict__:
            self._readers.shutdown()
        for writer in self._opened:
            writer.close()
            writer.database.close()


def database_address(settings: Settings) -> str:
    """Where a deployment's records are kept."""
    return settings.database_url or sqlite_address(data_folder() / "records.sqlite")


def words_of(settings: Settings) -> dict[str, str | None]:
    """The settings that the words of an answer name."""
    return {
        "service_name": settings.service_name,
        "crisis_line": settings.crisis_line,
        "emergency_number": settings.emergency_number,
    }


def settings_with(settings: Settings, made_with: str) -> Settings:
    """The settings with the words that an answer was made with."""
    return settings.model_copy(update=json.loads(made_with)["words"])
