"""``POST /v1/explain``: what would change the rating of a referral, and why it is not another."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.request import referral_of, state_of
from api.work import explain as explain_in_process
from triage.model.written import encode

router = APIRouter(prefix="/v1", tags=["Answers"])


@router.post("/explain", summary="Say what would change a rating, and why it is not another", response_class=Response)
async def explain(request: Request) -> Response:
    """For each other rating: the fewest changes of answers that give it, or that nothing could, and what is lacking.

    Only unanswered facts and those marked as changeable are varied; an answered safety question, score, diagnosis or
    history never is.
    """
    referral = await referral_of(request)
    explained = await state_of(request).explaining.run(explain_in_process, referral)
    return Response(encode(explained), media_type="application/json")
