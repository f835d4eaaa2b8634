"""The pages for coordinators and clinicians: rendered on the server, working without JavaScript."""

from __future__ import annotations

from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from msgspec import UNSET
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from api.pages import (
    account,
    assessments,
    carrying,
    cohort,
    dashboard,
    form,
    kept_tables,
    openid,
    reading,
    rules,
    sign_in,
    sign_offs,
)
from api.pages.keeping import actor_if_signed_in
from api.pages.security import PageHeaders
from api.pages.templating import page
from api.pages.wording import Wording
from api.request import state_of
from triage.presenting.problems import Problem

STATIC = Path(__file__).parent / "static"


def register(app: FastAPI) -> None:
    """Add the pages, their styles and scripts, and the headers that keep them to themselves."""
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static")
    who = [Depends(actor_if_signed_in)]  # each page says who is signed in
    parts = (
        form,
        carrying,
        assessments,
        dashboard,
        kept_tables,
        cohort,
        reading,
        rules,
        sign_offs,
        sign_in,
        openid,
        account,
    )
    for part in parts:
        app.include_router(part.router, include_in_schema=False, dependencies=who)
    app.add_middleware(GZipMiddleware, minimum_size=2_000)
    app.add_middleware(PageHeaders)


def problem_page(request: Request, problem: Problem) -> Response:
    """Show a problem as a page."""
    urgency = None if problem.urgency is UNSET else problem.urgency
    wording = Wording(state_of(request).ruleset)
    return page(
        request,
        "problem.html.jinja",
        status=problem.status,
        problem=problem,
        urgency=urgency,
        wording=wording,
        sent=request.method == "POST",
    )
