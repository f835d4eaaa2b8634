"""The headers of every response: nothing is loaded from elsewhere, no script runs that the page did not name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from secrets import token_urlsafe

from fastapi import Request, Response

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


async def add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give each response its headers, and each page a nonce of its own."""
    request.state.nonce = token_urlsafe(16)
    response = await call_next(request)
    if not request.url.path.startswith("/v1/"):
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy(request.state.nonce)
        if request.url.path.startswith("/static/"):
            response.headers["Cache-Control"] = "public, max-age=300"
        else:
            response.headers["Cache-Control"] = "no-store"  # answers about a person stay in no cache
    return response


def policy(nonce: str) -> str:
    """The Content-Security-Policy of a page."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"script-src 'nonce-{nonce}'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
