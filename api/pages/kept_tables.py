"""Tables that someone asked to keep: what they come to, their files, and deleting them."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from api.actor import Asker
from api.pages.cohort import GONE, shown, table_of
from api.pages.sent import fields_sent
from api.pages.templating import page
from api.records.kept_tables import delete_table, keep, packed, read_file, read_table
from api.request import state_of

router = APIRouter()
PIECE = 1_000_000


@router.post("/cohort/{key}/keep")
async def keep_table(request: Request, actor: Asker, key: str) -> RedirectResponse:
    """Keep what a table comes to, and its outcomes, for whoever asks."""
    from triage.population.upload import OUTCOMES, REFUSED

    state, table = state_of(request), table_of(request, key)
    name = (await fields_sent(request)).get("name", "").strip()
    summary = table.summary
    if summary is None:
        raise HTTPException(404, GONE)
    folder = table.folder
    kept = await asyncio.to_thread(packed, name, shown(summary, state), folder / OUTCOMES, folder / REFUSED)
    id_ = await state.records.write(keep(state.records, actor, kept, state.ruleset))
    table.forget()
    return RedirectResponse(f"/cohort/kept/{id_}", status_code=303)


@router.get("/cohort/kept/{id_}")
async def show_kept(request: Request, actor: Asker, id_: str) -> HTMLResponse:
    """What a kept table comes to."""
    records = state_of(request).records
    row = await records.write(read_table(records, actor, id_))
    summary: dict[str, Any] = json.loads(row.summary)
    return page(
        request,
        "cohort_result.html.jinja",
        address=f"/cohort/kept/{id_}",
        name=row.name,
        kept=row,
        has_refused=bool(row.has_refused),
        **summary,
    )


@router.get("/cohort/kept/{id_}/{name}")
async def download_kept(request: Request, actor: Asker, id_: str, name: str) -> StreamingResponse:
    """The outcomes of a kept table, or its refused rows, as CSV."""
    records = state_of(request).records
    compressed = await records.write(read_file(records, actor, id_, name))
    attached = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_pieces(compressed), media_type="text/csv", headers=attached)


@router.post("/cohort/kept/{id_}/delete")
async def delete_kept(request: Request, actor: Asker, id_: str) -> RedirectResponse:
    """Delete a kept table."""
    records = state_of(request).records
    await records.write(delete_table(records, actor, id_))
    return RedirectResponse("/cohort", status_code=303)


def _pieces(compressed: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=BytesIO(compressed)) as file:
        while piece := file.read(PIECE):
            yield piece
