"""The sign-in page, the link that signs in once, and signing out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.pages.templating import page
from api.people import asking, sessions
from api.records.refused import RecordProblem
from api.records.service import Records
from api.request import state_of

router = APIRouter()
_HOME = "/worklist"
_LONGEST = 128
"""Characters of a login or password that are read: hashing more would cost the service, and no account has more."""
_WRONG = "The login or the password is not right."


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """The sign-in page."""
    return _page(request, request.query_params.get("next", ""))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Sign in with login and password. What is wrong is not told apart: it would say whether an account exists."""
    form = await request.form()
    login, password = _text(form, "login").strip().casefold(), _text(form, "password")
    records = state_of(request).records
    address = request.client.host if request.client else ""
    try:
        token = await _begin(records, login, password, address)
    except RecordProblem as refused:
        return _page(request, _text(form, "next"), refused.problem.detail, status=refused.problem.status)
    if token is None:
        return _page(request, _text(form, "next"), _WRONG, status=401)
    return _signed_in(records, token, _text(form, "next"))


async def _begin(records: Records, login: str, password: str, address: str) -> str | None:
    """Begin a session where login and password are right. The lock is tested before the slow hash, and again after."""
    at = records.now()
    await records.write(lambda transaction: sessions.refuse_locked(transaction, at, login, address))
    stored = await records.read(lambda connection: sessions.stored_password(connection, login))
    right = await run_in_threadpool(sessions.verified, password, stored)
    return await records.write(
        lambda transaction: sessions.begin_by_password(transaction, at, login, address, right=right)
    )


@router.get("/sign-in/link/{token}")
async def sign_in_by_link(request: Request, token: str) -> Response:
    """Sign in by a link that can be used once."""
    records = state_of(request).records
    at = records.now()
    session = await records.write(lambda transaction: sessions.begin_by_link(transaction, at, token))
    if session is None:
        return _page(request, "", "This link was used already, or is too old. Start the service again.", status=401)
    return _signed_in(records, session, "")


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session, on the server and in the browser."""
    records = state_of(request).records
    token = request.cookies.get(asking.cookie_name(records), "")
    at = records.now()
    session = await records.read(lambda connection: sessions.session_of(connection, at, token))
    if session is not None:
        await records.write(lambda transaction: sessions.end(transaction, at, token, session[0]))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(asking.cookie_name(records), **_cookie(records))
    return response


def _page(request: Request, next_: str, fault: str = "", status: int = 200) -> Response:
    return page(request, "sign_in.html.jinja", status=status, next=_own(next_), fault=fault)


def _signed_in(records: Records, token: str, next_: str) -> Response:
    response = RedirectResponse(_own(next_) or _HOME, status_code=303)
    longest = int(sessions.LONGEST.total_seconds())
    response.set_cookie(asking.cookie_name(records), token, max_age=longest, **_cookie(records))
    return response


def _cookie(records: Records) -> dict[str, Any]:
    return {"path": "/", "secure": records.settings.is_secure, "httponly": True, "samesite": "lax"}


def _own(address: str) -> str:
    """An address of this service; nothing where it would lead elsewhere."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_own else ""


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value[:_LONGEST] if isinstance(value, str) else ""
