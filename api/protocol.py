"""What HTTP asks of every response: HEAD as GET without a body, one reading, no cache, no failure without an answer."""

from __future__ import annotations

from asyncio import CancelledError
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import respond
from triage.presenting.problems import problem

OnFailure = Callable[[Request, Exception], Awaitable[Response]]
_POLICY = b"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_DEFAULTS = (
    (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", _POLICY), (b"cross-origin-resource-policy", b"same-origin"),
)  # fmt: skip
"""The headers of a response that has none of its own.

Answers about a person stay in no cache; a browser guesses no type, runs nothing, and shows it within no other site.
"""


class Protocol:
    """Wraps the whole application.

    A failure is answered here, by ``on_failure``: left to the framework it would be raised again, and the server would
    log a traceback with whatever the referral held.
    """

    def __init__(self, app: ASGIApp, on_failure: OnFailure) -> None:
        self._app = app
        self._on_failure = on_failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its response back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _Response(send, without_body=scope["method"] == "HEAD")
        if response.without_body:
            scope = {**scope, "method": "GET"}
        try:
            refused = _refusal(scope)
            app = self._app if refused is None else refused
            await app(scope, receive, response.send)
        except ClientDisconnect:
            return
        except CancelledError:  # the service stops while this request is under way; raised on, it would be logged whole
            if not response.started:
                await _stopping()(scope, receive, response.send)
        except Exception as error:
            failed = await self._on_failure(Request(scope), error)
            if not response.started:
                await failed(scope, receive, response.send)


class _Response:
    """One response on its way out."""

    def __init__(self, send: Send, *, without_body: bool) -> None:
        self._send = send
        self.without_body = without_body
        self.started = False

    async def send(self, message: Message) -> None:
        """Send one part of the response, with the headers that it lacks."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = list(message.get("headers", ()))
            present = {name for name, _ in headers}
            lacking = [header for header in _DEFAULTS if header[0] not in present]
            message = {**message, "headers": [*headers, *lacking]}
        elif self.without_body:
            message = {**message, "body": b""}
        await self._send(message)


def _refusal(scope: Scope) -> Response | None:
    """Refuse what two readers could read in two ways."""
    if _has_two_lengths(scope):
        return _two_lengths()
    if scope["query_string"] and scope["path"].startswith("/v1/"):
        counted = Counter(name for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), True))
        for name, times in counted.items():
            if times > 1:
                return respond(
                    problem(400, "Given twice", f"`{name[:80]}` is in the address {times} times. Send it once.")
                )
    return None


def _has_two_lengths(scope: Scope) -> bool:
    names = [name for name, _ in scope["headers"]]
    return b"transfer-encoding" in names and b"content-length" in names


def _two_lengths() -> Response:
    """Refuse what a proxy and this service could cut at different places (RFC 9112, 6.3)."""
    response = respond(problem(400, "Two lengths", "Send Content-Length or Transfer-Encoding, not both."))
    response.headers["Connection"] = "close"
    return response


def _stopping() -> Response:
    """Refuse what is not answered when the service ends."""
    response = respond(problem(503, "The service is stopping", "This has no answer. Send it again."))
    response.headers["Connection"] = "close"
    return response
