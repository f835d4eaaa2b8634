"""A stored assessment as a page: its result, its answers to be changed, what is done about it; and the worklist."""

from __future__ import annotations

import json
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from msgspec import ValidationError, convert, structs

from api.actor import Actor, Asker
from api.pages.due import due_words, local, moment
from api.pages.entered import CALL_BACK, PLACE, RECORD, REVISION, Entered, whole_number
from api.pages.form import show_form, view_of
from api.pages.sent import fields_sent
from api.pages.templating import page
from api.pages.wording import NOT_SORTED, Wording
from api.records.changing import attempt, change
from api.records.model import Listed, NewAttempt, Outcome, RecordChange, Status
from api.records.reading import read_one
from api.records.times import parsed
from api.records.worklist import list_page
from api.request import State, state_of
from triage.answer.model import Answer, ComposedAction
from triage.model.ruleset import RuleSet
from triage.model.scales import HIGHEST_URGENCY, ON_HOLD

router = APIRouter()
STATUSES: dict[str, str] = {
    "new": "New",
    "trying": "Trying to reach",
    "waiting_for_referrer": "Waiting for the referrer",
    "booked": "Booked",
    "handed_over": "Handed over",
    "closed": "Closed",
}
OUTCOMES: dict[str, str] = {
    "reached": "Reached",
    "no_answer": "No answer",
    "message_left": "Message left",
    "wrong_number": "Wrong number",
}
WHY_THIS_LEVEL = {
    "kept": "An answer before this one set the level; only a clinician lowers it.",
    "escalated": "Raised after failed attempts to reach the person.",
    "decision": "Decided by a clinician.",
}


@router.get("/assessments/{id_}")
async def assessment(request: Request, actor: Asker, id_: str, undo: str = "") -> HTMLResponse:
    """The result of a record. With ``undo`` it offers to bring the status back to what it was."""
    record = await _record(request, actor, id_)
    state = state_of(request)
    referral = state.reader.read(record["referral"])
    try:
        answer = convert(record["answer"], Answer)
    except ValidationError as error:
        detail = "This answer was made by an older edition of the service; its letter and its data can still be read."
        raise HTTPException(410, detail) from error
    answer = _in_force(state, answer, record)
    due = local(parsed(record["due_at"]), state.settings)
    answered = local(parsed(record["versions"][-1]["created_at"]), state.settings)
    hand_over = record["hand_over"] or {}
    entered = Entered().beside(**{name: hand_over.get(name) or "" for name in (PLACE, CALL_BACK)})
    return page(
        request,
        "result.html.jinja",
        **view_of(state, referral, answer, answered, due),
        entered=entered,
        record=record,
        statuses=STATUSES,
        outcomes=OUTCOMES,
        attempts=[
            (moment(local(parsed(tried["at"]), state.settings)), OUTCOMES[tried["outcome"]])
            for tried in record["attempts"]
        ],
        why_this_level=WHY_THIS_LEVEL.get(record["level_from"], ""),
        undo=undo if undo in STATUSES else "",
    )


def _in_force(state: State, answer: Answer, record: dict[str, Any]) -> Answer:
    """The answer with the level that is in force, which its own rules may not have set; held where that level holds."""
    urgency = answer.urgency
    if (record["level"], record["state"]) == (urgency.level, urgency.state):
        return answer
    action = convert(record["action"], ComposedAction)
    in_force = structs.replace(urgency, level=record["level"], state=record["state"], action=action)
    held = record["level"] in state.ruleset.scales.hold_at
    suitability = structs.replace(answer.suitability, rating=ON_HOLD) if held else answer.suitability
    next_step = state.assessor.actions.next_step_at(in_force.level)
    return structs.replace(answer, urgency=in_force, suitability=suitability, next_step=next_step)


async def _record(request: Request, actor: Actor, id_: str) -> dict[str, Any]:
    records = state_of(request).records
    record: dict[str, Any] = json.loads((await records.write(read_one(records, actor, id_))).body)
    return record


@router.get("/assessments/{id_}/change")
async def change_answers(request: Request, actor: Asker, id_: str) -> HTMLResponse:
    """The form with the answers of a record, to be changed; sent, they become its next version."""
    record = await _record(request, actor, id_)
    beside = {RECORD: id_, REVISION: str(record["revision"])}
    hand_over = record["hand_over"] or {}
    beside |= {name: hand_over.get(name) or "" for name in (PLACE, CALL_BACK)}
    return await show_form(request, Entered.of(record["referral"], state_of(request).ruleset.vocabulary, **beside))


@router.post("/assessments/{id_}/status")
async def set_status(request: Request, actor: Asker, id_: str) -> Response:
    """Change status and owner, and go back to the record, which offers to undo it."""
    sent = await fields_sent(request)
    status = sent.get("status", "")
    if status not in get_args(Status):
        raise HTTPException(422, "Choose a status from the list.")
    owner = sent.get("owner", "").strip()[:100]
    if "\0" in owner:
        raise HTTPException(422, "The owner has a NUL character, which can't be stored.")
    wanted = RecordChange(status=status, owner=owner or None)  # type: ignore[arg-type]
    records = state_of(request).records
    await records.write(change(records, actor, id_, whole_number(sent.get("revision", "")), wanted))
    undo = {"undo": sent["was"]} if sent.get("was") in STATUSES and sent["was"] != status else {}
    return RedirectResponse(f"/assessments/{id_}?{urlencode(undo)}".rstrip("?"), status_code=303)


@router.post("/assessments/{id_}/attempts")
async def keep_attempt(request: Request, actor: Asker, id_: str) -> Response:
    """Keep an attempt to reach the person, and go back to the record."""
    outcome = (await fields_sent(request)).get("outcome", "")
    if outcome not in get_args(Outcome):
        raise HTTPException(422, "Choose what came of the attempt.")
    records = state_of(request).records
    await records.write(attempt(records, actor, id_, NewAttempt(outcome)))  # type: ignore[arg-type]
    return RedirectResponse(f"/assessments/{id_}", status_code=303)


@router.get("/worklist")
async def worklist(request: Request, actor: Asker) -> HTMLResponse:
    """What is to be done, the most urgent first; the filters stand in the address."""
    state = state_of(request)
    chosen = {name: text for name, text in request.query_params.items() if text}
    query = dict(chosen)
    if query.get("urgency") == NOT_SORTED:
        query["state"] = NOT_SORTED
        del query["urgency"]
    records = state.records
    listed = await records.read(list_page(records, actor, query))
    await records.note_listed(actor, (item.id for item in listed.items))
    now = local(records.now(), state.settings)
    return page(
        request,
        "worklist.html.jinja",
        rows=[(item, *_times(item, state), queue_of(item.level, item.state)) for item in listed.items],
        listed=listed,
        chosen=chosen,
        queues=queues(state.ruleset),
        statuses=STATUSES,
        wording=Wording(state.ruleset),
        as_of=f"{now:%H:%M}",
        here=f"/worklist?{urlencode(chosen)}".rstrip("?"),
        following=urlencode({**chosen, "cursor": listed.next}) if listed.next else "",
    )


def queue_of(level: str | None, state: str | None) -> str:
    """The queue of the worklist that a record stands in."""
    return NOT_SORTED if state == NOT_SORTED and level != HIGHEST_URGENCY else level or NOT_SORTED


def _times(item: Listed, state: State) -> tuple[str, str]:
    """When a record is due, and how long it waits."""
    begun = local(parsed(item.created_at), state.settings)
    waits = int((state.records.now() - parsed(item.created_at)).total_seconds() // 60)
    waiting = f"{waits} min" if waits < 60 else f"{waits // 60} h" if waits < 2880 else f"{waits // 1440} days"
    if item.level == HIGHEST_URGENCY:
        return "now", waiting
    now = local(state.records.now(), state.settings)
    return (due_words(local(parsed(item.due_at), state.settings), begun, now) if item.due_at else ""), waiting


def queues(ruleset: RuleSet) -> list[tuple[str, str]]:
    """The queues of the worklist, most urgent first: not sorted comes after the level that it is treated as."""
    queues = [(term.id, term.label) for term in reversed(ruleset.scales.urgencies)]
    after = [id_ for id_, _ in queues].index(ruleset.scales.floor)
    return [*queues[: after + 1], (NOT_SORTED, "Not sorted yet"), *queues[after + 1 :]]
