"""Access control: refuse requests to another host name or from another site, and those that need a sign-in."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.actor import Asking
from api.pace import Pace
from api.problems import answer, answer_record_problem
from api.records.refused import RecordProblem
from triage.presenting.problems import Problem, problem
from triage.settings import Settings

Carrying = Callable[[Request], Awaitable[Response | None]]
"""Answers a form that was sent without a session with a page that holds it; None for any other request."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN = ("/healthz", "/readyz", "/static/", "/sign-in", "/reply/", "/v1/replies/")
"""What needs no sign-in even where others can reach the service: its health, the sign-in page and one-use links."""
_UNCOUNTED = ("/healthz", "/readyz", "/static/")
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
log = logging.getLogger("api.access")


class AccessControl:
    """Wraps the routes. Refuses, as a problem, what did not come by the service's own name or from its own pages."""

    def __init__(self, app: ASGIApp, settings: Settings, asking: Asking, carry_on: Carrying) -> None:
        self._app = app
        self._carry_on = carry_on
        self._public = urlsplit(settings.public_url)
        self._is_secure = settings.is_secure
        self._asking = asking
        self._pace = Pace(settings.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = await self._refusal(Request(scope, receive))
        app = self._app if refused is None else refused
        await app(scope, receive, self._with_hsts(send) if self._is_secure else send)

    async def _refusal(self, request: Request) -> Response | None:
        problem_ = self._wrong_place(request) or _foreign(request, self._public.netloc)
        if problem_ is not None:
            log.warning("refused: %s", problem_.title)
            return answer(request, problem_)
        if not self._public.netloc or request.url.path.startswith(_UNCOUNTED):
            return None
        who = request.client.host if request.client else ""
        if not request.url.path.startswith(_OPEN):
            try:
                who = (await self._asking(request)).id
            except RecordProblem as refused:
                return self._too_fast(request, who) or await self._without_session(request, refused)
        return self._too_fast(request, who)

    async def _without_session(self, request: Request, refused: RecordProblem) -> Response:
        """Answer a request that nobody signed in for; a form that was sent is carried through the sign-in."""
        carried = await self._carry_on(request) if refused.problem.status == HTTPStatus.UNAUTHORIZED else None
        return carried or answer_record_problem(request, refused)

    def _too_fast(self, request: Request, who: str) -> Response | None:
        """Refuse a request of an account or address that sends too many."""
        if not self._pace.is_too_fast(who):
            return None
        log.warning("refused: %s", "Too many requests")
        seconds = self._pace.seconds_left(who)
        detail = f"This has no answer: more than {self._pace.per_minute} in a minute. Send it again in {seconds} s."
        response = answer(request, problem(429, "Too many requests", detail))
        response.headers["Retry-After"] = str(seconds)
        return response

    def _wrong_place(self, request: Request) -> Problem | None:
        """What is wrong with the address that the request was sent to."""
        if self._public.netloc:
            if request.headers.get("host", "").lower() == self._public.netloc.lower():
                return None
            return problem(421, "Not this service", f"This service is at {self._public.geturl()}.")
        if _is_loopback((request.scope.get("server") or ("",))[0]):
            return None
        detail = "The service can be reached by others and has no TRIAGE_PUBLIC_URL, so it answers this machine only."
        return problem(403, "Not open to others", detail)

    def _with_hsts(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), _HSTS]}
            await send(message)

        return sending


def _foreign(request: Request, own: str) -> Problem | None:
    """A change that a page of another site sent (CSRF), by what the browser says of where it came from.

    A client that is no browser sends neither, and signs in by a key that no page can borrow.
    """
    if request.method in _SAFE:
        return None
    site = request.headers.get("sec-fetch-site")
    if site is not None:  # first: a page that sends no referrer sends `Origin: null` from its own forms
        is_own = site in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        host = own or request.headers.get("host", "")
        is_own = origin is None or urlsplit(origin).netloc.lower() == host.lower()
    if is_own:
        return None
    return problem(403, "Sent from another site", "Open this service's own page and send it from there.")


@lru_cache
def _is_loopback(host: str) -> bool:
    """Whether a connection to this address stays on this machine. A name, as in tests, is no address of a socket."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return True
