"""Keeping what is entered: a draft from its first answer on, and the assessment that it becomes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.actor import Actor, current_actor
from api.pages.entered import CALL_BACK, DRAFT, PLACE, RECORD, REVISION, Entered
from api.records.changing import amend, change
from api.records.creating import Answered, create
from api.records.drafts import Sent, begin, finish, save, text_of
from api.records.model import HandOver, RecordChange
from api.records.reading import read_one
from api.records.refused import ChangedSince, Conflict, RecordProblem
from api.request import state_of
from api.storage.database import StorageUnavailable
from triage.answer.model import Answer
from triage.answer.problem_urgency import urgency_of_refused
from triage.presenting.problems import refusal
from triage.reading.json_text import parse_json
from triage.reading.referral import Referral, RefusedReferral

AN_ID = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True)
class Kept:
    """Where a draft is kept: its id and revision, and what somebody else changed meanwhile; no id where it is not."""

    draft: str = ""
    revision: int = 0
    changed: tuple[ChangedSince, ...] = ()
    why_not: str = ""


async def actor_if_signed_in(request: Request) -> Actor | None:
    """Who sent a request; None where nobody signed in who may keep records."""
    try:
        return await current_actor(request)
    except (RecordProblem, StorageUnavailable):
        return None


Whoever = Annotated[Actor | None, Depends(actor_if_signed_in)]
"""The type of a route's parameter that is who sent the request, where the route needs nobody."""
CANNOT_BE_REACHED, NOT_SIGNED_IN = "the records can't be reached", "nobody is signed in"


async def draft_entered(request: Request, actor: Actor, draft: str) -> Entered:
    """The form of a draft. Raises RecordProblem where there is none that the actor may see."""
    state = state_of(request)
    text, revision = await state.records.write(text_of(state.records, actor, draft))
    beside = {DRAFT: draft, REVISION: str(revision)}
    data = parse_json(text)
    assert isinstance(data, dict)
    return Entered.of(data, state.ruleset.vocabulary, **beside)


async def revision_of(request: Request, actor: Actor, record: str) -> int:
    """The revision of a record, which may have been a draft. Raises RecordProblem where there is none."""
    records = state_of(request).records
    return (await records.write(read_one(records, actor, record))).revision


async def keep_draft(
    request: Request,
    actor: Actor | None,
    entered: Entered,
    answer: Answer | None = None,
    refused: RefusedReferral | None = None,
) -> Kept:
    """Keep what is entered as a draft. The second of two who change it is told what the first changed."""
    state, draft = state_of(request), entered.text(DRAFT)
    if entered.text(RECORD) or not (draft or entered.has_answers()):
        return Kept()
    if actor is None:
        return Kept(why_not=NOT_SIGNED_IN)
    data = entered.data(state.ruleset.vocabulary)
    problem = None if refused is None else refusal(refused, urgency_of_refused(state.assessor, refused))
    sent = Sent(json.dumps(data).encode(), data, answer, problem)
    records = state.records
    try:
        if draft:
            read = await records.write(save(records, actor, draft, entered.revision, sent))
        else:
            read = await records.write(begin(records, actor, sent))
    except StorageUnavailable:
        return Kept(why_not=CANNOT_BE_REACHED)
    except RecordProblem as gone_or_changed:
        conflict = gone_or_changed.problem
        if isinstance(conflict, Conflict) and isinstance(conflict.changed, tuple):
            return Kept(draft, int(conflict.revision or 0), conflict.changed)
        return Kept()
    return Kept(read.id or draft, read.revision)


async def keep_assessment(request: Request, actor: Actor, entered: Entered, referral: Referral, answer: Answer) -> str:
    """Keep an answered form as a record, or as a new version of one, and give the record's id.

    The same form sent twice gives one record. Raises StorageUnavailable, and RecordProblem where somebody else changed
    the draft or the record meanwhile.
    """
    state = state_of(request)
    records = state.records
    given = json.dumps(entered.data(state.ruleset.vocabulary)).encode()
    answered = Answered(given, referral, answer)
    record, draft = entered.text(RECORD), entered.text(DRAFT)
    if record:
        read = await records.write_answer(amend(records, actor, record, entered.revision, answered))
        id_, revision = record, read.revision
    elif draft:
        created = await records.write_answer(finish(records, actor, draft, entered.revision, answered))
        id_, revision = created.id, created.revision
    else:
        created = await records.write_answer(create(records, actor, answered, None))
        id_, revision = created.id, created.revision
    place, call_back = entered.text(PLACE), entered.text(CALL_BACK)
    if place or call_back:
        notes = RecordChange(hand_over=HandOver(place or None, call_back or None))
        await records.write(change(records, actor, id_, revision, notes))
    return id_
