"""Errors as RFC 9457 problems: what happened, where, and what to do; nothing is ever a silent ``routine``."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from api.request import TooLarge
from triage.engines.agreement import EngineDisagreement
from triage.model.written import encode
from triage.presenting.problems import Problem, failed, problem, refusal
from triage.reading.referral import RefusedReferral

MEDIA_TYPE = "application/problem+json"
AsPage = Callable[[Request, Problem], Response]
log = logging.getLogger("api")


def respond(problem_: Problem) -> Response:
    """A problem as a response."""
    return Response(encode(problem_), status_code=problem_.status, media_type=MEDIA_TYPE)


def answer(request: Request, problem_: Problem) -> Response:
    """A problem for whoever asked: a page for a browser, JSON for everyone else."""
    if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
        return respond(problem_)
    as_page: AsPage = request.app.state.problem_as_page
    return as_page(request, problem_)


def register(app: FastAPI, as_page: AsPage) -> None:
    """Answer every error as a problem; ``as_page`` makes the page that a browser is given."""
    app.state.problem_as_page = as_page
    app.add_exception_handler(RefusedReferral, _refused)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(EngineDisagreement, _failure)
    app.add_exception_handler(Exception, _failure)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedReferral)
    return answer(request, refusal(error, reference=error.reference))


async def _too_large(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooLarge)
    detail = f"The request is larger than the {error.limit} bytes that are read. A referral needs about 2,000."
    return answer(request, problem(413, "The request is too large", detail))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = answer(
        request, problem(error.status_code, _TITLES.get(error.status_code, "Error"), _detail(request, error))
    )
    response.headers.update(error.headers or {})
    return response


_TITLES = {404: "Not found", 405: "Method not allowed", 413: "The request is too large"}


def _detail(request: Request, error: HTTPException) -> str:
    if error.status_code == 405:
        return f"{request.url.path} does not take {request.method}."
    if error.status_code == 404 and error.detail == "Not Found":
        return f"There is nothing at {request.url.path}."
    return str(error.detail)


async def _failure(request: Request, error: Exception) -> Response:
    if isinstance(error, EngineDisagreement):
        log.error("engines disagree on %s about %s", error.digest, ", ".join(error.rules))
    else:
        log.exception("failure at %s", request.url.path, exc_info=error)
    return answer(request, failed(error))
