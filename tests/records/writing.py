"""A process that stores referrals and prints the id of each once it is acknowledged, for tests that kill it.

``python -m tests.records.writing ADDRESS NUMBER KEYS``: so many writes, of which the first KEYS have a key of their own
number.
"""

from __future__ import annotations

import asyncio
import sys

from api.actor import LOCAL_PERSON
from api.records.creating import Answered, create
from api.request import build_state
from tests.conftest import FIXTURE_RULES
from triage.model.written import encode
from triage.settings import Settings

AT_ONCE = 8
FACTS = {"lean": "slight", "hazards": [], "nesting": "none", "nestlings": "none"}


async def write_all(address: str, number: int, keys: int) -> None:
    """Store so many referrals, some at once."""
    state = build_state(Settings(rules=FIXTURE_RULES, database_url=address))
    records = state.records
    waiting = iter(range(number))

    async def write_some() -> None:
        for count in waiting:
            data = {"reference": f"W-{count}", "facts": FACTS}
            referral = state.reader.read(data)
            answered = Answered(encode(data), referral, state.assessor.assess(referral))
            key = f"key-{count}" if count < keys else None
            created = await records.write_answer(create(records, LOCAL_PERSON, answered, key))
            sys.stdout.write(f"{created.id}\n")
            sys.stdout.flush()

    await asyncio.gather(*(write_some() for _ in range(AT_ONCE)))
    records.close()


if __name__ == "__main__":
    asyncio.run(write_all(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
