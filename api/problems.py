"""Errors as RFC 9457 problems: what happened, where, and what to do; an error is never answered as ``routine``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from msgspec import UNSET
from msgspec.structs import replace
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.pace import Again
from api.records.denials import note_denied
from api.records.refused import RecordProblem, faulty
from api.request import TooLarge, TooSlow, state_of, urgency_of
from api.storage.database import StorageUnavailable
from api.work import Overloaded
from triage.engines.agreement import EngineDisagreement
from triage.model.written import encode
from triage.presenting.problems import Problem, failed, problem, refusal
from triage.reading.referral import FieldFault, RefusedReferral

MEDIA_TYPE = "application/problem+json"
AsPage = Callable[[Request, Problem], Response]
log = logging.getLogger("api")
_again = Again()


def respond(problem_: Problem) -> Response:
    """A problem as a response."""
    return Response(encode(problem_), status_code=problem_.status, media_type=MEDIA_TYPE)


def is_for_page(request: Request) -> bool:
    """Whether a browser asked for a page."""
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def answer(request: Request, problem_: Problem) -> Response:
    """A problem for whoever asked: a page for a browser, JSON for everyone else."""
    if not is_for_page(request):
        return respond(problem_)
    as_page: AsPage = request.app.state.problem_as_page
    return as_page(request, problem_)


def register(app: FastAPI, as_page: AsPage) -> None:
    """Answer every error as a problem; ``as_page`` makes the page that a browser is given."""
    app.state.problem_as_page = as_page
    app.add_exception_handler(RefusedReferral, _refused)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TooSlow, _too_slow)
    app.add_exception_handler(Overloaded, _overloaded)
    app.add_exception_handler(RecordProblem, _about_record)
    app.add_exception_handler(StorageUnavailable, _not_stored)
    app.add_exception_handler(RequestValidationError, _wrong_parameter)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedReferral)
    return answer(request, refusal(error, urgency_of(request, error), reference=error.reference))


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
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(_allowed(request))
    return response


def _allowed(request: Request) -> list[str]:
    """Every method that some route at this address takes, HEAD beside GET."""
    methods = {
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    }
    if not methods:  # a mounted folder of files, which names no methods
        return ["GET", "HEAD"]
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_TITLES = {404: "Not found", 405: "Method not allowed", 413: "The request is too large"}


def _detail(request: Request, error: HTTPException) -> str:
    if error.status_code == 405:
        return f"{request.url.path} does not take {request.method}."
    if error.status_code == 404 and error.detail == "Not Found":
        return f"There is nothing at {request.url.path}."
    return str(error.detail)


async def failure(request: Request, error: Exception) -> Response:
    """Answer a failure of the service: an error and a hand-over to a person.

    Only the kind of error and where it came from are logged: an exception's text may repeat answers.
    """
    if isinstance(error, EngineDisagreement):
        log.error("engines disagree on %s about %s", error.digest, ", ".join(error.rules))
    else:
        frames = extract_tb(error.__traceback__)
        places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        log.error("%s at %s: %s", type(error).__name__, request.url.path, " > ".join(places))
    return answer(request, failed(error, urgency_of(request, error)))


async def _too_slow(request: Request, _error: Exception) -> Response:
    response = answer(request, problem(408, "The request came too slowly", "Send the whole body at once."))
    response.headers["Connection"] = "close"
    return response


async def _overloaded(request: Request, error: Exception) -> Response:
    urgency = urgency_of(request, error)
    detail = "Too many referrals are being answered at this moment, so this one has no answer yet. Send it again."
    shed = replace(problem(503, "The service is busy", detail), urgency=UNSET if urgency is None else urgency)
    response = answer(request, shed)
    response.headers["Retry-After"] = str(_again.seconds())
    return response


async def _about_record(request: Request, error: Exception) -> Response:
    assert isinstance(error, RecordProblem)
    if error.problem.status in (403, 404):
        await _note_denied(request, error.problem.status)
    return answer_record_problem(request, error)


async def _note_denied(request: Request, status: int) -> None:
    """Enter in the audit that someone who signed in asked for what is not theirs."""
    actor = getattr(request.state, "actor", None)
    if actor is not None:
        records, route = state_of(request).records, getattr(request.scope.get("route"), "path", "")
        id_ = request.path_params.get("id_")
        await records.write(note_denied(records, actor, status, f"{request.method} {route}", id_))


def answer_record_problem(request: Request, error: RecordProblem) -> Response:
    """Answer a request that is refused. A browser where nobody signed in is sent to do so, and then back."""
    if error.problem.status != 401:
        return answer(request, error.problem)
    if is_for_page(request):
        address = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?{urlencode({'next': address})}", status_code=303)
    response = answer(request, error.problem)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def _not_stored(request: Request, error: Exception) -> Response:
    log.error("records can't be used: %s", error)
    urgency = urgency_of(request, error)
    detail = (
        "Records can't be read or written at this moment, and nothing of this request was stored. Send it again. "
        "`/v1/evaluate` answers without storing."
    )
    lost = replace(problem(503, "Records are not available", detail), urgency=UNSET if urgency is None else urgency)
    response = answer(request, lost)
    response.headers["Retry-After"] = "5"
    return response


async def _wrong_parameter(request: Request, error: Exception) -> Response:
    """Answer what FastAPI finds wrong with the parameters of an address as every other fault is answered."""
    assert isinstance(error, RequestValidationError)
    faults = [FieldFault(f"?{fault['loc'][-1]}", "not-allowed", f"{fault['msg']}.") for fault in error.errors()]
    return answer(request, faulty(faults).problem)
