"""The letter to the referrer about a stored answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from zoneinfo import ZoneInfo

from msgspec import convert
from sqlalchemy import bindparam, select

from api.actor import Actor
from api.records.reading import row_of
from api.records.service import Records
from api.records.times import parsed, stored
from api.storage.tables import decisions, versions
from api.storage.transaction import Transaction
from triage.answer.model import Answer
from triage.presenting.labels import Labels
from triage.presenting.letter import Letter, letter

_ANSWER = select(versions.c.answer).where(
    versions.c.record_id == bindparam("id"), versions.c.number == bindparam("number")
)
_DECIDED = select(decisions).where(decisions.c.record_id == bindparam("id")).order_by(decisions.c.revision.desc())


def write_letter(service: Records, actor: Actor, id_: str) -> Callable[[Transaction], str]:
    """The write that makes the letter of a record's newest answer; the audit keeps that it was made."""

    def work(transaction: Transaction) -> str:
        row = row_of(transaction, actor, id_)
        transaction.audit(service.at(), actor, "letter-made", id_, version=row.version)
        text = transaction.execute(_ANSWER, {"id": id_, "number": row.version}).scalar_one()
        about = Letter(
            date=_day(service, stored(service.now())),
            due=_time(service, row.due_at),
            level=row.level,
            state=row.state,
            decided=_decided(service, transaction, id_),
            service=service.settings.service_name,
        )
        return letter(service.assessor.ruleset, convert(json.loads(text), Answer), about)

    return work


def _decided(service: Records, transaction: Transaction, id_: str) -> str:
    """What a clinician decided on the rating, in a sentence; empty where nobody did."""
    last = transaction.execute(_DECIDED, {"id": id_}).first()
    if last is None:
        return ""
    if last.decision == "agree":
        return "A clinician has looked at this and agrees."
    if last.rating is None:
        return ""
    label = Labels(service.assessor.ruleset).term(last.rating)
    return f"A clinician has decided otherwise: {label}. {last.reason}"


def _day(service: Records, at: str) -> str:
    return parsed(at).astimezone(ZoneInfo(service.settings.time_zone)).strftime("%-d %B %Y")


def _time(service: Records, at: str) -> str:
    return parsed(at).astimezone(ZoneInfo(service.settings.time_zone)).strftime("%A %-d %B %Y, %H:%M")
