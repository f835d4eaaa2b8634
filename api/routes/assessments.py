"""Assessments: answered, stored, worked through."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.actor import Actor, current_actor
from api.bodies import key_of
from api.records.creating import Answered, create, refuse_what_no_database_holds
from api.records.reading import Read, read_one
from api.records.worklist import list_page
from api.request import body_of, remembered, state_of
from triage.model.written import encode
from triage.reading.json_text import parse_json

router = APIRouter(prefix="/v1/assessments", tags=["Assessments"])
Asking = Annotated[Actor, Depends(current_actor)]


@router.post("", summary="Answer a referral and store both", status_code=201, response_class=Response)
async def create_assessment(request: Request, actor: Asking) -> Response:
    """Answer a referral as `/v1/evaluate` does, and keep referral and answer.

    With an Idempotency-Key the same request may be sent again: it gives the record that it made the first time.
    """
    key = key_of(request)
    answered = await answered_of(request)
    records = state_of(request).records
    created = await records.write_answer(create(records, actor, answered, key))
    headers = {"Location": f"/v1/assessments/{created.id}", "ETag": '"1"'}
    return Response(created.body(), status_code=201, media_type="application/json", headers=headers)


async def answered_of(request: Request) -> Answered:
    """The referral in the body, and its answer."""
    state = state_of(request)
    body = await body_of(request)
    referral = remembered(request, state.reader.read(parse_json(body)))
    refuse_what_no_database_holds(referral)
    return Answered(body, referral, await state.assess(referral))


@router.get("", summary="The worklist", response_class=Response)
async def worklist(request: Request, actor: Asking) -> Response:
    """What is to be done, the most urgent first, within a level what nobody opened in time, then what is due first."""
    records = state_of(request).records
    listed = await records.read(list_page(records, actor, dict(request.query_params)))
    ids = [item.id for item in listed.items]
    await records.write(lambda transaction: transaction.audit(records.at(), actor, "listed", records=ids))
    return Response(encode(listed), media_type="application/json")


@router.get("/{id_}", summary="One assessment", response_class=Response)
async def assessment(request: Request, actor: Asking, id_: str) -> Response:
    """A record with its referral as given, its answer, and everything that was done. That it was read is kept."""
    records = state_of(request).records
    return respond(await records.write(read_one(records, actor, id_)))


def respond(read: Read, status: int = 200) -> Response:
    """A record as a response."""
    headers = {"ETag": f'"{read.revision}"'}
    return Response(read.body, status_code=status, media_type="application/json", headers=headers)
