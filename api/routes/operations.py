"""Whether the service lives and is ready."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response

from api.problems import respond
from api.request import state_of
from triage.answer.model import RuleSetUsed
from triage.model.scales import LOWEST_URGENCY
from triage.model.written import Written, encode
from triage.presenting.problems import problem
from triage.reading.referral import Referral

router = APIRouter(tags=["Operations"])


class Alive(Written, frozen=True):
    """The process answers."""

    status: Literal["ok"]


class Ready(Written, frozen=True):
    """A referral can be answered, with this rule set."""

    status: Literal["ready"]
    ruleset: RuleSetUsed


@router.get("/healthz", summary="The process answers")
async def healthz() -> Response:
    """Say that the process answers; nothing is checked."""
    return Response(encode(Alive("ok")), media_type="application/json")


@router.get("/readyz", summary="A referral can be answered")
def readyz(request: Request) -> Response:
    """Answer an empty referral with every engine, and say with which rule set."""
    state = state_of(request)
    answer = state.assessor.assess(Referral({}))
    if answer.urgency.level == LOWEST_URGENCY:
        return respond(problem(503, "Not ready", "An empty referral was called routine: the rule set is not safe."))
    return Response(encode(Ready("ready", answer.ruleset)), media_type="application/json")
