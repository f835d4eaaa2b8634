"""Whether the service lives and is ready."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request, Response

from api.problems import plain, respond
from api.request import state_of
from triage.reading.referral import Referral

router = APIRouter(tags=["Operations"])


@router.get("/healthz", summary="The process answers")
async def healthz() -> Response:
    """Say that the process answers; nothing is checked."""
    return Response(orjson.dumps({"status": "ok"}), media_type="application/json")


@router.get("/readyz", summary="A referral can be answered")
def readyz(request: Request) -> Response:
    """Answer an empty referral with every engine, and say with which rule set."""
    state = state_of(request)
    answer = state.assessor.assess(Referral({}))
    if answer["urgency"]["level"] == state.ruleset.scales.urgency_ids[0]:
        return respond(plain(503, "Not ready", "An empty referral was called routine: the rule set is not safe."))
    return Response(orjson.dumps({"status": "ready", "ruleset": answer["ruleset"]}), media_type="application/json")
