"""What a referrer does with a reply link: read its questions, and answer them once."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.bodies import body_as
from api.records.creating import Answered
from api.records.replies import Reply, asked_by, questions, take_reply, with_reply
from api.request import remembered, state_of
from triage.model.written import encode

router = APIRouter(prefix="/v1/replies", tags=["Replies"])


@router.get("/{token}", summary="What a reply link asks", response_class=Response)
async def reply_questions(request: Request, token: str) -> Response:
    """The open questions of one record that a referrer may be asked. Whoever has the link needs no sign-in."""
    records = state_of(request).records
    return Response(encode(await records.write(questions(records, token))), media_type="application/json")


@router.post("/{token}", summary="Reply to what a link asks", response_class=Response)
async def reply(request: Request, token: str) -> Response:
    """Answer some or all of the questions, which uses the link up. A reply with a fault is refused and sent again."""
    state, sent = state_of(request), await body_as(request, Reply)
    asked = await state.records.write(asked_by(state.records, token))
    text, data = with_reply(asked, sent, state.ruleset.vocabulary)
    referral = remembered(request, state.reader.read(data))
    answered = Answered(text, referral, await state.assess(referral))
    thanks = await state.records.write_answer(take_reply(state.records, token, asked, answered))
    return Response(encode(thanks), media_type="application/json")
