"""One's own account: another password, and where one is signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.actor import Actor
from api.pages.due import local, moment
from api.pages.sent import fields_sent
from api.pages.templating import page
from api.people import asking, passwords
from api.people.tokens import stored_form
from api.records.refused import RecordProblem
from api.records.times import parsed
from api.request import state_of

router = APIRouter(prefix="/account")


async def _signed_in(request: Request) -> Actor:
    return await asking.signed_in(state_of(request).records, request)


SignedIn = Annotated[Actor, Depends(_signed_in)]


@router.get("")
async def account(request: Request, actor: SignedIn) -> Response:
    """The page of one's own account."""
    return await _page(request, actor)


@router.post("/password")
async def change_password(request: Request, actor: SignedIn) -> Response:
    """Set another password, with the present one."""
    sent, records = await fields_sent(request), state_of(request).records
    present, new = sent.get("present", ""), sent.get("new", "")
    try:
        await passwords.change_own(records, actor, _address(request), _token(request), present, new)
    except RecordProblem as refused:
        return await _page(request, actor, fault=refused)
    return await _page(request, actor, done="Your password is changed. You are signed in here alone.")


@router.post("/sessions")
async def end_sessions(request: Request, actor: SignedIn) -> Response:
    """Sign out everywhere else, with the present password."""
    present, records = (await fields_sent(request)).get("present", ""), state_of(request).records
    try:
        await passwords.end_others(records, actor, _address(request), _token(request), present)
    except RecordProblem as refused:
        return await _page(request, actor, fault=refused)
    return await _page(request, actor, done="You are signed in here alone.")


async def _page(request: Request, actor: Actor, done: str = "", fault: RecordProblem | None = None) -> Response:
    state = state_of(request)
    records, at = state.records, state.records.now()
    rows = await records.read(lambda connection: passwords.open_sessions(connection, at, actor.id))
    present = stored_form(_token(request))
    listed = [
        (moment(local(parsed(row.began_at), state.settings)), moment(local(parsed(row.seen_at), state.settings)),
         row.token_digest == present)
        for row in rows
    ]  # fmt: skip
    return page(
        request,
        "account.html.jinja",
        status=200 if fault is None else fault.problem.status,
        done=done,
        fault="" if fault is None else fault.problem.detail.removeprefix("/new: ").removeprefix("/present: "),
        sessions=listed,
        has_password=await records.read(lambda connection: passwords.has_password(connection, actor.id)),
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
    )


def _token(request: Request) -> str:
    return request.cookies.get(asking.cookie_name(state_of(request).records), "")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
