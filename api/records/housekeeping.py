"""What the service does by the clock: drafts expire, and the webhook is called for what is overdue."""

from __future__ import annotations

import asyncio
import logging

from api.actor import THE_SERVICE
from api.records.drafts import expire
from api.records.kept_tables import expire_tables
from api.records.service import Records
from api.records.webhooks import call, note_overdue, note_result, take_due
from api.storage.database import StorageUnavailable
from api.work import Overloaded

SECONDS = 30.0
"""How long between two rounds."""
log = logging.getLogger("api")


async def keep_house(records: Records) -> None:
    """Go round for ever. A round that fails is logged, and the next one tries again."""
    while True:
        await asyncio.sleep(SECONDS)
        try:
            await one_round(records)
        except (StorageUnavailable, Overloaded) as error:
            log.warning("records can't be kept in order now: %s", error)


async def one_round(records: Records) -> None:
    """Expire drafts and kept tables; note what is overdue, and make the calls that are due."""
    await records.write(expire(records, THE_SERVICE))
    await records.write(expire_tables(records, THE_SERVICE))
    if not records.settings.webhook_url:
        return
    await records.write(note_overdue(records))
    for due in await records.write(take_due(records)):
        error = await asyncio.to_thread(call, records.settings, due, records.at())
        if error is not None:
            log.warning("the webhook was not delivered (attempt %s): %s", due.attempts + 1, error)
        await records.write(note_result(records, due, error))
