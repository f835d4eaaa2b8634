"""Signing in and out by the OpenID provider of a deployment."""

from __future__ import annotations

import logging
from secrets import compare_digest
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.sign_in import cookie_options, own_address, show, signed_in
from api.pages.templating import page
from api.people import asking
from api.people.openid import attempts
from api.people.openid.attempts import Attempt, Brought
from api.people.openid.matching import begin_session, note_refused, person_of
from api.people.openid.refusals import NotSignedIn, Refusal
from api.records.refused import not_found
from api.records.service import Records
from api.request import State, state_of

router = APIRouter(prefix="/sign-in/openid")
log = logging.getLogger("api.openid")
_COOKIE, _SECURE_COOKIE = "signing-in", "__Host-signing-in"
_HTTP_PORT = 80
_NOT_BEGUN = "no cookie"
"""The reason where a browser comes back without its cookie: any other site can cause it, so no audit has it."""
_TO_LOOK_INTO = (Refusal.DOWN, Refusal.FAULTY, Refusal.UNTRUSTED)


@router.get("")
async def begin(request: Request) -> Response:
    """Send the browser to the provider, and give it what it must bring back."""
    state = _with_provider(request)
    records, own = state.records, _service_address(request)
    next_ = own_address(request.query_params.get("next", ""))
    if request.headers.get("host", "").lower() != own.partition("://")[2].lower():
        # The provider leads back to the service's own name, and the cookie must be of the same one.
        return RedirectResponse(f"{own}/sign-in/openid?next={quote(next_)}", status_code=303)
    at = records.now()
    attempt = await records.write(lambda transaction: attempts.begin(transaction, at, next_))
    try:
        address = await state.openid.sign_in_address(at, _back(own), attempt)
    except NotSignedIn as refused:
        return await _refused(request, refused, next_)
    response = RedirectResponse(address, status_code=303)
    lasts = int(attempts.LASTS.total_seconds())
    response.set_cookie(_cookie_name(records), attempt.token, max_age=lasts, **cookie_options(records))
    return response


@router.get("/return")
async def end(request: Request) -> Response:
    """Sign in whoever comes back from the provider, once, in the browser that began it."""
    state = _with_provider(request)
    records, at, next_ = state.records, state.records.now(), ""
    try:
        attempt = await _attempt(request, records)
        next_ = attempt.next
        claims = await state.openid.claims(at, _back(_service_address(request)), attempt, _brought(request))
    except NotSignedIn as refused:
        return await _refused(request, refused, next_)
    person = person_of(claims, state.settings)
    token = await records.write(lambda transaction: begin_session(transaction, at, person))
    if isinstance(token, Refusal):
        return _page(request, token, next_)
    await asking.end_present(records, request)
    return _without_attempt(await signed_in(records, token, next_), records)


@router.get("/sign-out")
async def sign_out(request: Request) -> Response:
    """Send the browser on to sign out of the provider too, where it offers that; the session here has ended before."""
    state = _with_provider(request)
    try:
        address = await state.openid.sign_out_address(state.records.now(), f"{_service_address(request)}/sign-in")
    except NotSignedIn as refused:
        log.warning("the OpenID provider was not asked to sign out: %s", refused.why)
        address = None
    return page(request, "signed_out.html.jinja", address=address, provider=state.settings.openid_is_called)


async def _attempt(request: Request, records: Records) -> Attempt:
    """The sign-in that the browser began, which is used up. Raises NotSignedIn where it began none, or another."""
    token = request.cookies.get(_cookie_name(records), "")
    if not token:
        raise NotSignedIn(Refusal.STALE, _NOT_BEGUN)
    at = records.now()
    attempt = await records.write(lambda transaction: attempts.take(transaction, at, token))
    if attempt is None:
        raise NotSignedIn(Refusal.STALE, "used or too late")
    if not compare_digest(attempt.state.encode(), request.query_params.get("state", "").encode()):
        raise NotSignedIn(Refusal.STALE, "another state")
    return attempt


def _brought(request: Request) -> Brought:
    given = request.query_params
    return Brought(given.get("code", ""), given.get("error", ""), given.get("iss", ""))


async def _refused(request: Request, refused: NotSignedIn, next_: str) -> Response:
    """Tell the person why nobody is signed in, and the audit; the log only what an administrator must look into."""
    records, refusal, why = state_of(request).records, refused.refusal, refused.why
    if refusal in _TO_LOOK_INTO:
        log.warning("sign-in by OpenID Connect failed: %s (%s)", refusal.code, why)
    if refused.why != _NOT_BEGUN:
        at = records.now()
        await records.write(lambda transaction: note_refused(transaction, at, f"{refusal.code}: {why}", {}))
    return _page(request, refusal, next_)


def _page(request: Request, refusal: Refusal, next_: str) -> Response:
    state = state_of(request)
    text = refusal.text.format(name=state.settings.openid_is_called)
    return _without_attempt(show(request, next_, text, refusal.status), state.records)


def _without_attempt(response: Response, records: Records) -> Response:
    response.delete_cookie(_cookie_name(records), **cookie_options(records))
    return response


def _cookie_name(records: Records) -> str:
    return _SECURE_COOKIE if records.settings.is_secure else _COOKIE


def _with_provider(request: Request) -> State:
    """The state of a service with a provider. Raises a RecordProblem (404) where there is none."""
    state = state_of(request)
    if not state.settings.openid_issuer:
        raise not_found("page", request.url.path)
    return state


def _service_address(request: Request) -> str:
    """The service's own address: what was set, or where the connection ends, and never the Host that a client names."""
    public = state_of(request).settings.public_url
    if public:
        return public
    host, port = request.scope.get("server") or ("127.0.0.1", None)
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}" + ("" if port in (None, _HTTP_PORT) else f":{port}")


def _back(own: str) -> str:
    """Where the provider sends the browser back to: what is registered with it."""
    return f"{own}/sign-in/openid/return"
