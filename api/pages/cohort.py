"""A table of referrals uploaded, rated in the background, summed up on a page and downloaded; nothing is kept.

A table and what was made of it lie in a folder of their own, which is deleted when somebody says so, after a quarter of
an hour, or when the service stops. Its address is a secret of the page that uploaded it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import secrets
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile

from api.pages.templating import page
from api.request import State, TooLarge, state_of
from api.work import Overloaded, Queue
from triage.presenting.labels import Labels

if TYPE_CHECKING:
    from triage.population.summary import Summary

LARGEST_TABLE = 50_000_000
"""The most bytes of an upload: some hundred thousand referrals."""
MOST_TABLES = 4
"""How many tables may be held at once."""
KEPT_SECONDS = 15 * 60
PIECE = 1_000_000
MOST_LINES = 8
KINDS = (".csv", ".parquet", ".ndjson", ".jsonl")
GONE = "There is no such table here: it was deleted, or its time is over. Upload it again."
FAILED = "The table could not be rated: something failed here. Nothing is said of any row; rate them one by one."
router = APIRouter()


@dataclass
class Upload:
    """One table: its folder, when it came, and what it comes to once that is known, or why it can't be rated."""

    name: str
    folder: TemporaryDirectory[str] = field(default_factory=lambda: TemporaryDirectory(prefix="triage-table-"))
    began: float = field(default_factory=monotonic)
    result: Summary | str | None = None
    work: asyncio.Task[None] | None = None

    @property
    def path(self) -> Path:
        """The folder's path."""
        return Path(self.folder.name)


class Uploads:
    """The tables that are held, by the secret in their address, and the process that rates them."""

    def __init__(self, state: State) -> None:
        self._uploads: dict[str, Upload] = {}
        self._queue = Queue(lambda: _process(state), MOST_TABLES)

    def __getitem__(self, key: str) -> Upload:
        self._forget_old()
        if key not in self._uploads:
            raise HTTPException(
                404, "There is no such table here: it was deleted, or its time is over. Upload it again."
            )
        return self._uploads[key]

    def hold(self, name: str) -> tuple[str, Upload]:
        """Make room for a table; gives its key. Raises Overloaded where as many are held as may be."""
        self._forget_old()
        if len(self._uploads) >= MOST_TABLES:
            raise Overloaded
        key = secrets.token_urlsafe(24)
        self._uploads[key] = Upload(name)
        return key, self._uploads[key]

    def forget(self, key: str) -> None:
        """Delete a table and all that was made of it."""
        upload = self._uploads.pop(key, None)
        if upload is not None:
            upload.folder.cleanup()

    async def rate(self, upload: Upload, table: Path, by: str | None) -> None:
        """Rate a table; a failure is told on its page."""
        from triage.population.upload import rate_upload

        try:
            upload.result = await self._queue.run(rate_upload, table, by)
        except Exception:  # the page says it; the trace could hold answers
            upload.result = FAILED

    def close(self) -> None:
        """Stop rating, and delete every table."""
        self._queue.close()
        for key in list(self._uploads):
            self.forget(key)

    def _forget_old(self) -> None:
        old = [key for key, upload in self._uploads.items() if monotonic() - upload.began > KEPT_SECONDS]
        for key in old:
            self.forget(key)


def _process(state: State) -> ProcessPoolExecutor:
    from triage.population.upload import start

    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), start, (state.ruleset, state.settings))


def _uploads(request: Request) -> Uploads:
    state = request.app.state
    if not hasattr(state, "uploads"):
        state.uploads = Uploads(state_of(request))
    uploads = state.uploads
    assert isinstance(uploads, Uploads)
    return uploads


@router.get("/cohort")
async def choose(request: Request) -> HTMLResponse:
    """The page to upload a table."""
    return _start_page(request)


@router.post("/cohort")
async def upload_table(request: Request) -> Response:
    """Take a table and rate it in the background. Raises TooLarge and Overloaded."""
    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > LARGEST_TABLE:
        raise TooLarge(LARGEST_TABLE)
    async with request.form(max_files=1, max_fields=2) as form:
        file, by = form.get("table"), form.get("by")
        if not isinstance(file, UploadFile) or not file.filename:
            return _start_page(request, "Choose a file first.", 422)
        suffix = Path(file.filename).suffix.lower()
        if suffix not in KINDS:
            return _start_page(request, f"Choose a file that ends with {', '.join(KINDS)}.", 422)
        key, upload = _uploads(request).hold(Path(file.filename).name)
        table = upload.path / f"table{suffix}"
        with table.open("wb") as target:
            while piece := await file.read(PIECE):
                target.write(piece)
    column = by.strip() if isinstance(by, str) else ""
    upload.work = asyncio.create_task(_uploads(request).rate(upload, table, column or None))
    return RedirectResponse(f"/cohort/{key}", status_code=303)


@router.get("/cohort/{key}")
async def show(request: Request, key: str) -> HTMLResponse:
    """How far a table is, or what it comes to."""
    from triage.population.upload import REFUSED, progress_of

    upload = _uploads(request)[key]
    if isinstance(upload.result, str):
        sentence = upload.result
        _uploads(request).forget(key)
        return _start_page(request, sentence, 422)
    if upload.result is None:
        percent = round(progress_of(upload.path) * 100)
        return page(request, "cohort_waiting.html.jinja", name=upload.name, percent=percent)
    return page(
        request,
        "cohort_result.html.jinja",
        key=key,
        name=upload.name,
        summary=upload.result,
        has_refused=(upload.path / REFUSED).exists(),
        **_shown(upload.result, state_of(request)),
    )


@router.get("/cohort/{key}/{name}")
async def download(request: Request, key: str, name: str) -> FileResponse:
    """The outcomes, or the refused rows, as CSV."""
    from triage.population.upload import OUTCOMES, REFUSED

    upload = _uploads(request)[key]
    path = upload.path / name
    if name not in (OUTCOMES, REFUSED) or not path.exists():
        raise HTTPException(404, "There is no such file of this table.")
    return FileResponse(path, media_type="text/csv", filename=name)


@router.post("/cohort/{key}/forget")
async def forget(request: Request, key: str) -> RedirectResponse:
    """Delete a table and all that was made of it."""
    _uploads(request).forget(key)
    return RedirectResponse("/cohort", status_code=303)


def _start_page(request: Request, fault: str = "", status: int = 200) -> HTMLResponse:
    return page(
        request,
        "cohort.html.jinja",
        status,
        fault=fault,
        kinds=",".join(KINDS),
        megabytes=LARGEST_TABLE // 1_000_000,
        minutes=KEPT_SECONDS // 60,
    )


def _shown(summary: Summary, state: State) -> dict[str, Any]:
    """What the page shows of a summary: counts with their labels, the highest level and rating first."""
    labels, scales = Labels(state.ruleset), state.ruleset.scales
    levels = {
        labels.term(level) + ("" if sorting == "sorted" else ", not sorted"): summary.levels.get((level, sorting), 0)
        for level in reversed(scales.urgency_ids)
        for sorting in ("sorted", "not_sorted")
    }
    ratings = [*(term.id for term in scales.reported), *reversed(scales.rating_ids)]
    titles = {rule.id: rule.title for rule in state.ruleset.rules}
    facts = {fact.name: fact.title for fact in state.ruleset.vocabulary}
    counts = {
        "Urgency so far": {label: count for label, count in levels.items() if count},
        "Suitability so far": {labels.term(id_): n for id_ in ratings if (n := summary.ratings.get(id_, 0))},
        "Safety questions most often missing": _most(summary.missing, facts),
        "Rules most often kept open by blanks": _most(summary.silent, titles),
        "Other therapies to offer": _most(summary.alternatives, {one.id: one.label for one in scales.therapies}),
    }
    by_level = {
        value: [
            sum(count for (of, *_), count in outcomes.items() if of == level) for level in reversed(scales.urgency_ids)
        ]
        for value, outcomes in sorted(summary.groups.items(), key=lambda group: -group[1].total())[:50]
    }
    return {
        "counts": {title: rows for title, rows in counts.items() if rows},
        "levels": [labels.term(level) for level in reversed(scales.urgency_ids)],
        "groups": by_level,
    }


def _most(counts: Mapping[str, int], labels: Mapping[str, str]) -> dict[str, int]:
    highest = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))[:MOST_LINES]
    return {labels[id_]: count for id_, count in highest if count}
