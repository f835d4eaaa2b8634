"""``POST /v1/evaluate``: one referral in, one answer out, nothing stored."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.request import referral_of, state_of
from api.request_route import RequestRoute
from triage.model.written import encode

router = APIRouter(prefix="/v1", tags=["Answers"], route_class=RequestRoute)


@router.post("/evaluate", summary="Rate a referral and say how soon a clinician must act", response_class=Response)
async def evaluate(request: Request) -> Response:
    """Answer a referral without storing it.

    A complete referral is answered at once; what an incomplete one can become is worked out beside other requests.
    """
    referral = await referral_of(request)
    state = state_of(request)
    return Response(encode(await state.assess(referral)), media_type="application/json")
