"""Every request under a number of its own: in its response, in each line that is logged meanwhile, and counted."""

from __future__ import annotations

import logging
import re
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from api import measures

HEADER = "x-request-id"
_FIT = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
log = logging.getLogger("api.requests")


class Watch:
    """Wraps the application. Logs a line a request at the level `info`, by its route: ids and queries stay out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its response back with the number of the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(HEADER, "")
        number = sent if _FIT.fullmatch(sent) else uuid4().hex
        clear_contextvars()
        bind_contextvars(request=number)
        status, started = 0, perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (HEADER.encode(), number.encode())]}
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            _note(scope, status, perf_counter() - started)


def _note(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = getattr(scope.get("route"), "path", "other")
    measures.count_request(method, route, status)
    fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1e3, 1)}
    log.info("answered", extra=fields)
