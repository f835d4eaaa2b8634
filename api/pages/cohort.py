"""The page of a table: uploaded, rated in the background, summed up and downloaded.

A table and what was made of it are deleted when somebody says so, after a quarter of an hour, and when the service
stops. Whoever signed in may ask to keep the summary and the outcomes with the records: ``kept_tables.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile

from api.pages.tables import KEPT_SECONDS, Table, Tables
from api.pages.templating import page
from api.people.asking import may
from api.records.kept_tables import own_tables
from api.request import State, TooLarge, TooSlow, state_of
from triage.presenting.labels import Labels

if TYPE_CHECKING:
    from triage.population.summary import Summary

LARGEST_TABLE = 50_000_000
"""The most bytes of an upload: some hundred thousand referrals."""
UPLOAD_SECONDS = 300.0
"""How long a table may take to come: 50 MB over a slow line of a clinic."""
MOST_RANGES = 50_000
"""The most incomplete referrals of which a table is told what they can still become: few enough that four tables that
wait for one another are rated in their quarter of an hour on a busy machine too."""
PIECE = 1_000_000
MOST_LINES = 8
MOST_GROUPS = 50
REFERENCE = "reference"
KINDS = (".csv", ".parquet", ".ndjson", ".jsonl")
GONE = "There is no such table here: it was deleted, or its time is over. Upload it again."
router = APIRouter()


def _tables(request: Request) -> Tables:
    tables = request.app.state.tables
    assert isinstance(tables, Tables)
    return tables


def _owner(request: Request) -> str:
    """Who is signed in; nobody, where the page needs no sign-in."""
    actor = getattr(request.state, "actor", None)
    return "" if actor is None else str(actor.id)


def table_of(request: Request, key: str) -> Table:
    """A table by its key. Raises HTTPException (404) where it is gone, or somebody else's."""
    table = _tables(request).find(key, _owner(request))
    if table is None:
        raise HTTPException(404, GONE)
    return table


@router.get("/cohort")
async def choose(request: Request) -> HTMLResponse:
    """The page to upload a table."""
    return await _start_page(request)


@router.post("/cohort")
async def upload_table(request: Request) -> Response:
    """Take a table and rate it in the background. Raises TooLarge and Overloaded."""
    from triage.population.upload import rate_upload

    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > LARGEST_TABLE:
        raise TooLarge(LARGEST_TABLE)
    try:
        async with asyncio.timeout(UPLOAD_SECONDS), request.form(max_files=1, max_fields=4) as form:
            file, by, keep = form.get("table"), _names(form.get("by")), _names(form.get("keep"))
            most_ranges = MOST_RANGES if form.get("ranges") else 0
            if not isinstance(file, UploadFile) or not file.filename:
                return await _start_page(request, "Choose a file first.", 422)
            suffix = Path(file.filename).suffix.lower()
            if suffix not in KINDS:
                return await _start_page(request, f"Choose a file that ends with {', '.join(KINDS)}.", 422)
            table = _tables(request).hold(Path(file.filename).name, _owner(request))
            path = table.folder / f"table{suffix}"
            with path.open("wb") as target:
                while piece := await file.read(PIECE):
                    target.write(piece)
    except TimeoutError:
        raise TooSlow from None
    rate = partial(rate_upload, path, by[0] if by else None, keep, most_ranges)
    _tables(request).start_rating(table, rate)
    return RedirectResponse(f"/cohort/{table.folder.name}", status_code=303)


@router.get("/cohort/columns.csv")
async def columns(request: Request) -> Response:
    """An empty table with every column."""
    names = (REFERENCE, *state_of(request).ruleset.vocabulary.facts)
    attached = {"Content-Disposition": 'attachment; filename="waiting-list.csv"'}
    return Response(",".join(names) + "\n", media_type="text/csv", headers=attached)


@router.get("/cohort/{key}")
async def show(request: Request, key: str) -> HTMLResponse:
    """How far a table is, or what it comes to."""
    from triage.population.upload import REFUSED, progress_of

    table = table_of(request, key)
    if (fault := table.fault) is not None:
        table.forget()
        return await _start_page(request, fault, 422)
    name, summary = table.about.name, table.summary
    if summary is None:
        percent = round(progress_of(table.folder) * 100)
        return page(request, "cohort_waiting.html.jinja", name=name, percent=percent)
    return page(
        request,
        "cohort_result.html.jinja",
        address=f"/cohort/{key}",
        name=name,
        minutes_left=max(1, round((KEPT_SECONDS - table.age) / 60)),
        has_refused=(table.folder / REFUSED).exists(),
        days=state_of(request).settings.table_days,
        may_keep="write" in _may(request),
        **shown(summary, state_of(request)),
    )


@router.get("/cohort/{key}/{name}")
async def download(request: Request, key: str, name: str) -> FileResponse:
    """The outcomes, or the refused rows, as CSV."""
    from triage.population.upload import OUTCOMES, REFUSED

    path = table_of(request, key).folder / name
    if name not in (OUTCOMES, REFUSED) or not path.exists():
        raise HTTPException(404, "There is no such file of this table.")
    return FileResponse(path, media_type="text/csv", filename=name)


@router.post("/cohort/{key}/forget")
async def forget(request: Request, key: str) -> RedirectResponse:
    """Delete a table and all that was made of it."""
    table_of(request, key).forget()
    return RedirectResponse("/cohort", status_code=303)


def _names(given: object) -> list[str]:
    """The names of columns in a field, which commas part."""
    return [name.strip() for name in given.split(",") if name.strip()] if isinstance(given, str) else []


def _may(request: Request) -> tuple[str, ...]:
    """What whoever signed in may do with records; nothing, where nobody did."""
    actor = getattr(request.state, "actor", None)
    return () if actor is None else may(actor)


async def _start_page(request: Request, fault: str = "", status: int = 200) -> HTMLResponse:
    records = state_of(request).records
    return page(
        request,
        "cohort.html.jinja",
        status,
        fault=fault,
        kinds=",".join(KINDS),
        megabytes=LARGEST_TABLE // 1_000_000,
        minutes=KEPT_SECONDS // 60,
        most_ranges=MOST_RANGES,
        may_keep="write" in _may(request),
        kept=await records.read(own_tables(records, request.state.actor)) if _may(request) else [],
    )


def shown(summary: Summary, state: State) -> dict[str, Any]:
    """What the page shows of a summary, as JSON: counts with their labels, the highest level and rating first."""
    labels, scales = Labels(state.ruleset), state.ruleset.scales
    levels = {
        labels.term(level) + ("" if sorting == "sorted" else ", not sorted"): summary.levels.get((level, sorting), 0)
        for level in reversed(scales.urgency_ids)
        for sorting in ("sorted", "not_sorted")
    }
    ratings = [*(term.id for term in scales.reported), *reversed(scales.rating_ids)]
    titles = {rule.id: rule.title for rule in state.ruleset.rules}
    facts = {fact.name: fact.title for fact in state.ruleset.vocabulary}
    refused = {
        labels.term(level) if level else "Nothing could be read": summary.refused_levels[level]
        for level in (*reversed(scales.urgency_ids), "")
    }
    counts = {
        "Refused rows, by the answers that could be read": {label: count for label, count in refused.items() if count},
        "Urgency so far": {label: count for label, count in levels.items() if count},
        "Suitability so far": {labels.term(id_): n for id_ in ratings if (n := summary.ratings.get(id_, 0))},
        "Urgency that incomplete referrals can still become": {
            labels.term(id_): n for id_ in reversed(scales.urgency_ids) if (n := summary.possible_levels[id_])
        },
        "Suitability that they can still become": {
            labels.term(id_): n for id_ in reversed(scales.rating_ids) if (n := summary.possible_ratings[id_])
        },
        "Safety questions most often missing": _most(summary.missing, facts),
        "Rules most often kept open by blanks": _most(summary.silent, titles),
        "Other therapies to offer": _most(summary.alternatives, {one.id: one.label for one in scales.therapies}),
    }
    largest = sorted(summary.groups.items(), key=lambda group: -group[1].total())[:MOST_GROUPS]
    return {
        "rated": summary.rated,
        "complete": summary.complete,
        "ranged": summary.possible_levels.total() > 0,
        "settled": summary.settled,
        "refused": summary.refused,
        "repeated": [*summary.repeated],
        "repeated_count": summary.repeated_count,
        "not_asked": len(summary.not_asked),
        "by": summary.by,
        "more_groups": len(summary.groups) - len(largest),
        "counts": {title: rows for title, rows in counts.items() if rows},
        "levels": [labels.term(level) for level in reversed(scales.urgency_ids)],
        "groups": {value: _by_level(outcomes, scales.urgency_ids) for value, outcomes in largest},
    }


def _by_level(outcomes: Mapping[tuple[str, str, str], int], levels: Sequence[str]) -> list[int]:
    """How many rows have each level, the highest first, and how many of them are not sorted."""
    by_level = [sum(count for (of, *_), count in outcomes.items() if of == level) for level in reversed(levels)]
    return [*by_level, sum(count for (_, sorting, _), count in outcomes.items() if sorting == "not_sorted")]


def _most(counts: Mapping[str, int], labels: Mapping[str, str]) -> dict[str, int]:
    highest = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))[:MOST_LINES]
    return {labels[id_]: count for id_, count in highest if count}
