"""The sign-in page, the link that signs in once, and signing out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.actor import Actor
from api.pages.sent import fields_sent
from api.pages.templating import page
from api.people import accounts, asking, passwords, sessions
from api.records.queues import has_any
from api.records.refused import RecordProblem
from api.records.service import Records
from api.request import state_of

router = APIRouter()
_START = "/"
"""The form: where a link leads while nothing is stored."""
_LONGEST = 128
"""Characters of a login or password: hashing more would cost the service, and no account has more."""
_LONGEST_ADDRESS = 2_000
_WRONG = "The login or the password is not right."


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """The sign-in page."""
    return show(request, request.query_params.get("next", ""))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Sign in with login and password. What is wrong is not told apart: it would say whether an account exists."""
    sent = await fields_sent(request)
    next_, settings = sent.get("next", ""), state_of(request).settings
    if not settings.password_sign_in:
        fault = f"No password of this service is used. Sign in with {settings.openid_is_called}."
        return show(request, next_, fault, status=403)
    login, password = _short(sent.get("login", "")).strip().casefold(), _short(sent.get("password", ""))
    records = state_of(request).records
    address = request.client.host if request.client else ""
    try:
        token = await _begin(records, login, password, address)
    except RecordProblem as refused:
        return show(request, next_, refused.problem.detail, status=refused.problem.status)
    if token is None:
        return show(request, next_, _WRONG, status=401)
    await asking.end_present(records, request)
    return await signed_in(records, token, next_)


async def _begin(records: Records, login: str, password: str, address: str) -> str | None:
    """Begin a session where login and password are right. The lock is tested before the slow hash, and again after."""
    right, at = await passwords.is_right(records, login, address, password), records.now()
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
        return show(request, "", "This link was used already, or is too old. Start the service again.", status=401)
    await asking.end_present(records, request)
    return await signed_in(records, session, "" if await records.read(has_any) else _START)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session, on the server and in the browser."""
    records = state_of(request).records
    actor = await asking.end_present(records, request)
    response = RedirectResponse(await _after_sign_out(records, actor), status_code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(asking.cookie_name(records), **cookie_options(records))
    return response


async def _after_sign_out(records: Records, actor: Actor | None) -> str:
    """Where signing out leads: by the provider, where whoever signed in there would else stay signed in."""
    if actor is None or not records.settings.openid_issuer:
        return "/sign-in"
    login = actor.id
    is_by_openid = await records.read(lambda connection: accounts.has_openid(connection, login))
    return "/sign-in/openid/sign-out" if is_by_openid else "/sign-in"


def show(request: Request, next_: str, fault: str = "", status: int = 200) -> Response:
    """The sign-in page, with why nobody is signed in where somebody tried."""
    settings = state_of(request).settings
    return page(
        request,
        "sign_in.html.jinja",
        status=status,
        next=own_address(next_),
        fault=fault,
        provider=settings.openid_is_called,
        with_password=settings.password_sign_in,
    )


async def signed_in(records: Records, token: str, next_: str) -> Response:
    """Give the browser its session, and lead it on."""
    response = RedirectResponse(own_address(next_) or await _home(records, token), status_code=303)
    longest = int(sessions.LONGEST.total_seconds())
    response.set_cookie(asking.cookie_name(records), token, max_age=longest, **cookie_options(records))
    return response


async def _home(records: Records, token: str) -> str:
    """Where sign-in leads: to the worklist, or to the start where the role may not read records."""
    at = records.now()
    session = await records.read(lambda connection: sessions.session_of(connection, at, token))
    return "/worklist" if session is not None and "read" in asking.may(session[0]) else _START


def cookie_options(records: Records) -> dict[str, Any]:
    """How every cookie of the service is set: out of reach of scripts and of other sites' forms."""
    return {"path": "/", "secure": records.settings.is_secure, "httponly": True, "samesite": "lax"}


def own_address(address: str) -> str:
    """An address of this service; nothing where it would lead elsewhere, or is longer than any."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_own and len(address) <= _LONGEST_ADDRESS else ""


def _short(text: str) -> str:
    """A login or password; nothing where it is longer than any."""
    return text if len(text) <= _LONGEST else ""
