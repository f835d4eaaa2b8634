"""What the records say of the rules: how often clinicians agreed, and whom a change of the rules moves."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.actor import Asker
from api.records.deciding import agreement
from api.records.rerating import rerated, stale_page
from api.records.webhooks import list_deliveries
from api.request import state_of
from triage.model.written import encode

router = APIRouter(prefix="/v1", tags=["Assessments"])


@router.get("/agreement", summary="How often clinicians agreed, by rule", response_class=Response)
async def agreement_by_rule(request: Request, actor: Asker) -> Response:
    """For each rule that decided an answer: how often a clinician agreed or overrode it, and why."""
    return Response(encode(await state_of(request).records.read(agreement(actor))), media_type="application/json")


@router.get("/rerate", summary="Records that the present rules would answer otherwise", response_class=Response)
async def rerate(request: Request, actor: Asker, after: str | None = None) -> Response:
    """Answer open records that were answered under other rules again, a page at a time, without storing anything."""
    state = state_of(request)
    rows = await state.records.read(stale_page(state.records, actor, after))
    page = await state.incomplete.run(rerated, state.assessor, rows)
    await state.records.note_listed(actor, (item.id for item in page.items))
    return Response(encode(page), media_type="application/json")


@router.get("/webhook-deliveries", summary="Calls of the webhook", response_class=Response)
async def webhook_deliveries(request: Request, actor: Asker, *, dead: bool = False) -> Response:
    """The calls that were made for overdue records, or only the dead letters: those that failed at every retry."""
    records = state_of(request).records
    listed = await records.read(list_deliveries(actor, only_dead=dead))
    await records.note_listed(actor, (item.record for item in listed.items))
    return Response(encode(listed), media_type="application/json")
