"""A FastAPI application that reads a referral and sends the same stored answer back: the web framework alone."""

from __future__ import annotations

import orjson
from fastapi import FastAPI, Request, Response

from bench.referrals import counted_referrals
from triage.answer.assess import build_assessor
from triage.check import load_ruleset
from triage.model.written import encode
from triage.reading.referral import Referral
from triage.settings import PUBLISHED


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI()
    ruleset = load_ruleset(PUBLISHED)
    (facts,) = counted_referrals(ruleset, 1)
    answer = encode(build_assessor(ruleset).assess(Referral(facts)))

    @app.post("/v1/evaluate")
    async def evaluate(request: Request) -> Response:
        orjson.loads(await request.body())
        return Response(answer, media_type="application/json")

    return app
