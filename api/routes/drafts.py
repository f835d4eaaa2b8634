"""Drafts: what is being written down, kept with the service and not in a browser."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.actor import Asker
from api.bodies import revision_of
from api.records.creating import Answered, refuse_what_no_database_holds
from api.records.drafts import Sent, begin, discard, finish, list_own, save, show, text_of
from api.records.reading import Read
from api.records.refused import wrong_field
from api.request import body_of, remembered, state_of
from api.routes.assessments import respond, respond_created
from triage.answer.problem_urgency import urgency_of_refused
from triage.model.written import encode
from triage.presenting.problems import refusal
from triage.reading.json_text import parse_json
from triage.reading.referral import RefusedReferral

router = APIRouter(prefix="/v1/drafts", tags=["Drafts"])


@router.post("", summary="Begin a draft", status_code=201, response_class=Response)
async def begin_draft(request: Request, actor: Asker) -> Response:
    """Keep what is written down so far, with its faults; the answer, or the problem, comes back with it."""
    records = state_of(request).records
    read = await records.write(begin(records, actor, await _sent(request, await body_of(request))))
    return _created(read)


@router.get("", summary="The drafts that the asker began", response_class=Response)
async def own_drafts(request: Request, actor: Asker) -> Response:
    """The asker's own drafts, the newest first."""
    records = state_of(request).records
    listed = await records.read(list_own(actor))
    await records.note_listed(actor, (item.id for item in listed.items))
    return Response(encode(listed), media_type="application/json")


@router.get("/{id_}", summary="One draft", response_class=Response)
async def draft(request: Request, actor: Asker, id_: str) -> Response:
    """A draft with its answer so far."""
    records = state_of(request).records
    text, _ = await records.write(text_of(records, actor, id_))
    return respond(await records.write(show(actor, id_, await _sent(request, text))))


@router.put("/{id_}", summary="Save a draft", response_class=Response)
async def save_draft(request: Request, actor: Asker, id_: str) -> Response:
    """Save the whole draft. Whoever saves over another's change is told which answers that one changed."""
    revision = revision_of(request)
    records = state_of(request).records
    return respond(
        await records.write(save(records, actor, id_, revision, await _sent(request, await body_of(request))))
    )


@router.delete("/{id_}", summary="Discard a draft", status_code=204, response_class=Response)
async def discard_draft(request: Request, actor: Asker, id_: str) -> Response:
    """Delete a draft."""
    records = state_of(request).records
    await records.write(discard(records, actor, id_, revision_of(request)))
    return Response(status_code=204)


@router.post("/{id_}/assess", summary="Make an assessment of a draft", status_code=201, response_class=Response)
async def assess_draft(request: Request, actor: Asker, id_: str) -> Response:
    """Answer the draft and store it as an assessment with the same id. Refused while it has faults; it is kept then."""
    state, revision = state_of(request), revision_of(request)
    text, _ = await state.records.write(text_of(state.records, actor, id_))
    referral = remembered(request, state.reader.read(parse_json(text)))
    refuse_what_no_database_holds(referral)
    answered = Answered(text, referral, await state.assess(referral))
    return respond_created(await state.records.write_answer(finish(state.records, actor, id_, revision, answered)))


async def _sent(request: Request, text: bytes) -> Sent:
    """A draft with its answer, or with the problem that keeps it from one."""
    state = state_of(request)
    data = parse_json(text)
    if not isinstance(data, dict):
        raise wrong_field("", "wrong-type", "A draft is a JSON object with `facts`.")
    try:
        referral = remembered(request, state.reader.read(data))
    except RefusedReferral as refused:
        urgency = urgency_of_refused(state.assessor, refused)
        return Sent(text, data, None, refusal(refused, urgency, reference=refused.reference))
    return Sent(text, data, await state.assess(referral), None)


def _created(read: Read) -> Response:
    response = respond(read, 201)
    response.headers["Location"] = f"/v1/drafts/{read.id}"
    return response
