"""Assessments: answered, stored, worked through."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.actor import Asker, current_actor
from api.bodies import body_as, key_of, revision_of
from api.records.changing import amend, attempt, change
from api.records.creating import Answered, Created, create, refuse_what_no_database_holds
from api.records.deciding import NewDecision, decide
from api.records.letters import write_letter
from api.records.model import NewAttempt, RecordChange
from api.records.reading import Read, read_one
from api.records.replaying import version_to_replay
from api.records.replies import make_link
from api.records.worklist import list_page
from api.request import body_of, remembered, state_of
from api.request_route import RequestRoute
from triage.model.written import encode
from triage.reading.json_text import parse_json

router = APIRouter(prefix="/v1/assessments", tags=["Assessments"])
creating = APIRouter(prefix="/v1/assessments", tags=["Assessments"], route_class=RequestRoute)
"""The route that is called most."""
_LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""A letter carries its styles within itself, and nothing that runs."""


@creating.post("", summary="Answer a referral and store both", status_code=201, response_class=Response)
async def create_assessment(request: Request) -> Response:
    """Answer a referral as `/v1/evaluate` does, and keep referral and answer.

    With an Idempotency-Key the same request may be sent again: it gives the record that it made the first time.
    """
    actor, key = await current_actor(request), key_of(request)
    answered = await answered_of(request)
    records = state_of(request).records
    created = await records.write_answer(create(records, actor, answered, key))
    return respond_created(created)


def respond_created(created: Created) -> Response:
    """A new assessment as a response."""
    headers = {"Location": f"/v1/assessments/{created.id}", "ETag": f'"{created.revision}"'}
    return Response(created.body(), status_code=201, media_type="application/json", headers=headers)


async def answered_of(request: Request) -> Answered:
    """The referral in the body, and its answer."""
    state = state_of(request)
    body = await body_of(request)
    referral = remembered(request, state.reader.read(parse_json(body)))
    refuse_what_no_database_holds(referral)
    return Answered(body, referral, await state.assess(referral))


@router.get("", summary="The worklist", response_class=Response)
async def worklist(request: Request, actor: Asker) -> Response:
    """What is to be done, the most urgent first, within a level what nobody opened in time, then what is due first."""
    records = state_of(request).records
    listed = await records.read(list_page(records, actor, dict(request.query_params)))
    await records.note_listed(actor, (item.id for item in listed.items))
    return Response(encode(listed), media_type="application/json")


@router.get("/{id_}", summary="One assessment", response_class=Response)
async def assessment(request: Request, actor: Asker, id_: str) -> Response:
    """A record with its referral as given, its answer, and everything that was done. That it was read is kept."""
    records = state_of(request).records
    return respond(await records.write(read_one(records, actor, id_)))


@router.patch("/{id_}", summary="Change status, owner or hand-over", response_class=Response)
async def change_assessment(request: Request, actor: Asker, id_: str) -> Response:
    """Change what is done about a record. What is left out stays as it is."""
    revision, wanted = revision_of(request), await body_as(request, RecordChange)
    records = state_of(request).records
    return respond(await records.write(change(records, actor, id_, revision, wanted)))


@router.post(
    "/{id_}/contact-attempts", summary="Keep an attempt to reach the person", status_code=201, response_class=Response
)
async def contact_attempt(request: Request, actor: Asker, id_: str) -> Response:
    """Keep an attempt. After as many failed ones as the scales name, the level is raised."""
    tried = await body_as(request, NewAttempt)
    records = state_of(request).records
    return respond(await records.write(attempt(records, actor, id_, tried)), 201)


@router.post("/{id_}/amend", summary="Answer anew with other answers", response_class=Response)
async def amend_assessment(request: Request, actor: Asker, id_: str) -> Response:
    """Answer the whole referral again, as a new version; the old one is kept.

    A level that a rule set stays, whatever is answered now: only a clinician's decision lowers it. What rests on open
    questions alone falls when they are answered.
    """
    revision, answered = revision_of(request), await answered_of(request)
    records = state_of(request).records
    return respond(await records.write_answer(amend(records, actor, id_, revision, answered)))


@router.post("/{id_}/decision", summary="Agree with an answer, or override it", response_class=Response)
async def decision(request: Request, actor: Asker, id_: str) -> Response:
    """Keep a clinician's decision beside the answer, which never changes. A level is lowered by name, with a reason."""
    revision, wanted = revision_of(request), await body_as(request, NewDecision)
    records = state_of(request).records
    return respond(await records.write(decide(records, actor, id_, revision, wanted)))


@router.get("/{id_}/replay", summary="Answer it again under the rules of its time", response_class=Response)
async def replay(request: Request, actor: Asker, id_: str, version: int | None = None) -> Response:
    """Run the rules that answered with today's engine, and name every difference. Without a version, the newest."""
    state = state_of(request)
    row, files = await state.records.write(version_to_replay(state.records, actor, id_, version))
    result = await asyncio.to_thread(state.replayer.replay, row, lambda _digest: files)
    return Response(encode(result), media_type="application/json")


@router.get("/{id_}/letter", summary="The letter to the referrer", response_class=HTMLResponse)
async def letter(request: Request, actor: Asker, id_: str) -> Response:
    """A page to print: what was decided, why, what else may be offered, and what is still to be asked."""
    records = state_of(request).records
    text = await records.write(write_letter(records, actor, id_))
    return HTMLResponse(text, headers={"Content-Security-Policy": _LETTER_POLICY})


@router.post("/{id_}/reply-link", summary="Make a link for the referrer", status_code=201, response_class=Response)
async def reply_link(request: Request, actor: Asker, id_: str) -> Response:
    """Make a link to the open questions of this record that a referrer may be asked. It is used once, and expires."""
    revision = revision_of(request)
    records = state_of(request).records
    link = await records.write(make_link(records, actor, id_, revision))
    return Response(encode(link), status_code=201, media_type="application/json")


def respond(read: Read, status: int = 200) -> Response:
    """A record as a response."""
    headers = {"ETag": f'"{read.revision}"'}
    return Response(read.body, status_code=status, media_type="application/json", headers=headers)
