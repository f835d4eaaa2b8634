"""Accounts and API keys, for administrators; and who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from api.actor import Actor
from api.bodies import body_as
from api.people import accounts, asking, keys
from api.people.model import AccountChange, Accounts, Me, NewAccount, NewKey
from api.records.refused import forbidden
from api.request import state_of
from api.storage.tables import accounts as accounts_table
from triage.model.written import Written, encode

router = APIRouter(prefix="/v1", tags=["Accounts"])


async def _signed_in(request: Request) -> Actor:
    return await asking.signed_in(state_of(request).records, request)


async def _admin(request: Request) -> Actor:
    actor = await _signed_in(request)
    if actor.role != "admin":
        raise forbidden("Only an administrator manages accounts and keys.")
    return actor


Asker = Annotated[Actor, Depends(_signed_in)]
Admin = Annotated[Actor, Depends(_admin)]


@router.get("/me", summary="Who asks", response_class=Response)
async def me(actor: Asker) -> Response:
    """The account behind the session or the key, and what it may do with records."""
    return _json(Me(actor.id, actor.role, actor.tenant, asking.may(actor)))


@router.get("/accounts", summary="The accounts", response_class=Response)
async def list_accounts(request: Request, actor: Admin) -> Response:
    """The accounts of the asker's clinic, by login."""
    chosen = select(accounts_table).where(accounts_table.c.tenant == actor.tenant).order_by(accounts_table.c.login)
    rows = await state_of(request).records.read(lambda connection: connection.execute(chosen).all())
    return _json(Accounts(tuple(accounts.describe(row) for row in rows)))


@router.post("/accounts", summary="Make an account", status_code=201, response_class=Response)
async def make_account(request: Request, actor: Admin) -> Response:
    """Make an account in the asker's clinic."""
    new = await body_as(request, NewAccount)
    records = state_of(request).records
    hashed = await run_in_threadpool(accounts.hashed, new, actor.tenant)
    account = await records.write(lambda transaction: accounts.add(transaction, records.at(), actor, hashed))
    return _json(account, 201)


@router.patch("/accounts/{id_}", summary="Change an account", response_class=Response)
async def change_account(request: Request, actor: Admin, id_: str) -> Response:
    """Change role or password, disable or enable. Every session of the account ends; its keys end with disabling."""
    changes = await body_as(request, AccountChange)
    records = state_of(request).records
    password = None if changes.password is None else await run_in_threadpool(accounts.hasher().hash, changes.password)
    changed = await records.write(
        lambda transaction: accounts.change(transaction, records.at(), actor, id_, changes, password)
    )
    return _json(changed)


@router.get("/accounts/{id_}/keys", summary="The keys of an account", response_class=Response)
async def list_keys(request: Request, actor: Admin, id_: str) -> Response:
    """The API keys of an account, the newest first, without their secrets."""
    return _json(await state_of(request).records.write(lambda transaction: keys.of_account(transaction, actor, id_)))


@router.post("/accounts/{id_}/keys", summary="Make a key", status_code=201, response_class=Response)
async def make_key(request: Request, actor: Admin, id_: str) -> Response:
    """Make an API key. Its secret is in this answer and nowhere else."""
    new = await body_as(request, NewKey)
    records = state_of(request).records
    at = records.now()
    return _json(await records.write(lambda transaction: keys.add(transaction, at, actor, id_, new)), 201)


@router.post("/keys/{id_}/rotate", summary="Replace a key", status_code=201, response_class=Response)
async def rotate_key(request: Request, actor: Admin, id_: str) -> Response:
    """Make a key in the place of another, which is revoked at once."""
    records = state_of(request).records
    at = records.now()
    return _json(await records.write(lambda transaction: keys.replace(transaction, at, actor, id_)), 201)


@router.delete("/keys/{id_}", summary="Revoke a key", status_code=204, response_class=Response)
async def revoke_key(request: Request, actor: Admin, id_: str) -> Response:
    """Revoke an API key, at once and for ever."""
    records = state_of(request).records
    at = records.now()
    await records.write(lambda transaction: keys.revoke(transaction, at, actor, id_))
    return Response(status_code=204)


def _json(body: Written, status: int = 200) -> Response:
    return Response(encode(body), status_code=status, media_type="application/json")
