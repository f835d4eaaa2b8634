"""Whether the service lives and is ready."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response

from api import measures
from api.actor import Role
from api.people.asking import signed_in
from api.problems import respond
from api.records.queues import count_queues
from api.records.refused import forbidden
from api.request import state_of
from api.storage.database import StorageUnavailable
from triage.answer.model import RuleSetUsed
from triage.answer.probes import check_answers
from triage.model.faults import FaultyRuleSet
from triage.model.written import Written, encode
from triage.presenting.problems import problem

router = APIRouter(tags=["Operations"])
MEASURERS: tuple[Role, ...] = ("auditor", "admin")
"""Who may read measures where others reach the service."""


class Alive(Written, frozen=True):
    """The process answers."""

    status: Literal["ok"]


class Ready(Written, frozen=True):
    """A referral can be answered, with this rule set."""

    status: Literal["ready"]
    ruleset: RuleSetUsed


@router.get("/metrics", include_in_schema=False)  # text for Prometheus, which reads no description
async def metrics(request: Request) -> Response:
    """Counts and times, without anything of a person. Where others reach the service: for auditors and administrators.

    The counts of records are left out where the records can't be read.
    """
    records = state_of(request).records
    if records.settings.is_secure:
        actor = await signed_in(records, request)
        if actor.role not in MEASURERS:
            raise forbidden(f"The role `{actor.role}` may not read measures.")
    try:
        queues = await records.read(count_queues(records))
    except StorageUnavailable:
        queues = None
    return Response(measures.written(queues), media_type=measures.MEDIA_TYPE)


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
