"""A form that was sent after the session had ended: carried through the sign-in, for the same account alone.

What was sent goes back to the browser sealed: the page holds it encrypted, and its key is in a cookie that no script
reads. The service keeps nothing, and whoever signs in with another account is shown nothing of it.
"""

from __future__ import annotations

import re
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from fastapi import APIRouter, HTTPException, Request, Response
from msgspec import DecodeError, Struct, json

from api.actor import Asker
from api.pages.assessments import OUTCOMES, STATUSES
from api.pages.entered import Entered
from api.pages.form import LARGEST_FORM, show_form, urgency_of_entered
from api.pages.rules import VERDICTS
from api.pages.sign_in import cookie_options
from api.pages.templating import page
from api.pages.wording import Wording
from api.people import asking, sessions
from api.problems import is_for_page
from api.request import body_of, state_of

router = APIRouter()
PATH = "/go-on"
_OF_THE_FORM = ("/", "/assess")
_SHORT_FORM = re.compile(r"/assessments/[^/]+/(status|attempts)|/rules/problems/[^/]+/sign-off")
_OF_CHOICE = {**STATUSES, **OUTCOMES, **VERDICTS}
_KEY_LASTS = int(sessions.LONGEST.total_seconds())


class _Held(Struct):
    """What is sealed: whose it is, and the form as it was sent, with the path that it was sent to."""

    tenant: str
    login: str
    path: str
    form: bytes


async def carry_on(request: Request) -> Response | None:
    """The page that asks whoever sent a form to sign in again, and holds the form; None for any other request."""
    path = request.url.path
    if request.method != "POST" or not _is_carried(path) or not is_for_page(request):
        return None
    body = await body_of(request, LARGEST_FORM)
    if path == PATH:
        return _ask_to_sign_in(request, Entered.read(body).fields.get("sealed", [""])[-1])
    records = state_of(request).records
    token = request.cookies.get(asking.cookie_name(records), "")
    actor = await records.read(lambda connection: sessions.account_of(connection, token))
    if actor is None:
        return _ask_to_sign_in(request, "")
    key = _key_of(request)
    sealed = Fernet(key).encrypt(json.encode(_Held(actor.tenant, actor.id, path, body))).decode()
    urgency = await urgency_of_entered(request, Entered.read(body)) if path in _OF_THE_FORM else None
    response = _ask_to_sign_in(request, sealed, urgency=urgency, login=actor.id)
    response.set_cookie(_cookie_name(request), key, max_age=_KEY_LASTS, **_cookie(request))
    return response


@router.post(PATH)
async def go_on(request: Request, actor: Asker) -> Response:
    """What was sent before the sign-in, where the same account signed in; nothing of it for any other.

    The form of a referral is shown as it was; a short form is shown for its sender to send it.
    """
    sealed = Entered.read(await body_of(request, LARGEST_FORM)).fields.get("sealed", [""])[-1]
    held = _opened(sealed, request.cookies.get(_cookie_name(request), ""))
    if held is None:
        raise HTTPException(422, "These answers can't be opened any more: enter them anew.")
    if (held.tenant, held.login) == (actor.tenant, actor.id):
        entered = Entered.read(held.form)
        if held.path in _OF_THE_FORM:
            return await show_form(request, entered)
        sent = {name: values[-1] for name, values in entered.fields.items()}
        return page(request, "send_now.html.jinja", send_to=held.path, sent=sent, of_choice=_OF_CHOICE)
    response = page(request, "not_yours.html.jinja", status=403)
    response.delete_cookie(_cookie_name(request), **_cookie(request))
    return response


def _is_carried(path: str) -> bool:
    return path in (*_OF_THE_FORM, PATH) or _SHORT_FORM.fullmatch(path) is not None


def _key_of(request: Request) -> str:
    """The key that the browser has, since another tab may hold a form as well; else a new one."""
    key = request.cookies.get(_cookie_name(request), "")
    try:
        Fernet(key)
    except ValueError:
        return Fernet.generate_key().decode()
    return key


def _opened(sealed: str, key: str) -> _Held | None:
    """What was sealed; None where the key is not the one, or anything was changed."""
    try:
        return json.decode(Fernet(key).decrypt(sealed, ttl=_KEY_LASTS), type=_Held)
    except (ValueError, InvalidToken, DecodeError):
        return None


def _ask_to_sign_in(request: Request, sealed: str, urgency: Any = None, login: str = "") -> Response:
    wording = Wording(state_of(request).ruleset)
    context = {"sealed": sealed, "urgency": urgency, "login": login, "wording": wording}
    return page(request, "session_ended.html.jinja", status=401, **context)


def _cookie_name(request: Request) -> str:
    return "__Host-form" if state_of(request).settings.is_secure else "form"


def _cookie(request: Request) -> dict[str, Any]:
    return {**cookie_options(state_of(request).records), "samesite": "strict"}
