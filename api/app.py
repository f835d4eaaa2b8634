"""The application: routes, pages and problems put together around one service state."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI

from api import openapi, pages, problems
from api.access import AccessControl
from api.pages import carrying
from api.pages.tables import Tables
from api.people import asking
from api.protocol import Protocol
from api.records.housekeeping import keep_house
from api.request import State, build_state
from api.routes import (
    agreement,
    assessments,
    drafts,
    evaluate,
    explain,
    knowledge,
    operations,
    people,
    persons,
    replies,
)
from api.watch import Watch
from triage.settings import Settings

SWITCH_SECONDS = 0.0005
"""How long the event loop waits for a thread that computes. Python's own 0.005 is too long for each of its steps."""
# The routes are tried in this order, so the most called ones stand first.
_ROUTES = (operations, assessments, explain, drafts, replies, persons, agreement, people, knowledge)
DESCRIPTION = (
    "Decision support for clinicians: how suitable interpersonal psychotherapy is for a referral, and how soon a "
    "clinician must act, with the reason and the source of every part. No diagnosis, no prediction. It has not been "
    "assessed or cleared as a medical device anywhere."
)


def create_app(settings: Settings | None = None, state: State | None = None) -> FastAPI:
    """Make the application, around a state that was made before or one of these settings.

    Raises FaultyRuleSet, naming every file that is not sound, rather than serve with a broken rule set.
    """
    state = state or build_state(settings or Settings())
    app = FastAPI(
        title="IPT suitability and triage",
        version=state.ruleset.version,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},  # it'd keep what failed
        redirect_slashes=False,  # a redirect would be built from the Host that the client names
        lifespan=_lifespan,
    )
    app.state.service = state
    app.state.tables = Tables(state)
    problems.register(app, pages.problem_page)
    for most_called in (evaluate.router, assessments.creating):
        app.router.routes.extend(most_called.routes)  # themselves: a router that is included is searched twice
    for module in _ROUTES:
        app.include_router(module.router)
    app.state.asking = lambda request: asking.working(state.records, request)
    app.add_middleware(
        AccessControl,
        settings=state.settings,
        asking=lambda request: asking.signed_in(state.records, request),
        carry_on=carrying.carry_on,
    )
    pages.register(app)  # around access control, so that what it refuses is a page with the headers of one
    app.add_middleware(Protocol, on_failure=problems.failure)
    app.add_middleware(Watch)
    app.openapi = lambda: _described(app, state)  # type: ignore[method-assign]  # as FastAPI's manual has it
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()  # the rules and engines stay: looking through them takes the collector 50 ms in the midst of an answer
    tables: Tables = app.state.tables
    app.state.service.helpers.start()
    rounds = [asyncio.create_task(house) for house in (keep_house(app.state.service.records), tables.keep_house())]
    yield
    for housekeeping in rounds:
        housekeeping.cancel()
    gc.unfreeze()
    sys.setswitchinterval(before)
    for housekeeping in rounds:
        with suppress(asyncio.CancelledError):
            await housekeeping
    tables.close()
    app.state.service.close()


def _described(app: FastAPI, state: Any) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = openapi.describe(app, state)
    return app.openapi_schema
