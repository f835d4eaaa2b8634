"""Whether the service lives and is ready."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response

from api.problems import respond
from api.request import state_of
from api.storage.database import StorageUnavailable
from triage.answer.model import RuleSetUsed
from triage.answer.probes import check_answers
from triage.model.faults import FaultyRuleSet
from triage.model.written import Written, encode
from triage.presenting.problems import problem

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
    """Answer a referral of each rating, level and course, read from the records, and say with which rule set."""
    state = state_of(request)
    try:
        check_answers(state.assessor, state.probes)
        state.records.check()
    except FaultyRuleSet as faulty:
        return respond(problem(503, "Not ready", str(faulty)))
    except StorageUnavailable:
        return respond(problem(503, "Not ready", "Records can't be read or written at this moment."))
    ruleset = state.ruleset
    used = RuleSetUsed(ruleset.name, ruleset.version, ruleset.digest)
    return Response(encode(Ready("ready", used)), media_type="application/json")
