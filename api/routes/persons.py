"""One person's records as a whole: export and erasure."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.actor import Asker
from api.bodies import body_as
from api.records.erasing import Whose, erase, export
from api.request import state_of
from triage.model.written import encode

router = APIRouter(prefix="/v1", tags=["Persons"])


@router.post("/export", summary="Everything that is kept of one person", response_class=Response)
async def export_person(request: Request, actor: Asker) -> Response:
    """Every record with a reference, or one by its id: versions, decisions, attempts, and who read them."""
    records, whose = state_of(request).records, await body_as(request, Whose)
    return Response(encode(await records.write(export(records, actor, whose))), media_type="application/json")


@router.post("/erase", summary="Erase one person's records", response_class=Response)
async def erase_person(request: Request, actor: Asker) -> Response:
    """Erase what is kept of one person. That there was a record, and who did what with it, stays in the audit."""
    records, whose = state_of(request).records, await body_as(request, Whose)
    erased = await records.write(erase(records, actor, whose))
    await records.forget_erased()
    return Response(encode(erased), media_type="application/json")
