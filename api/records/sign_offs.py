"""What clinicians say of the rules: that they agree and ask for sign-off, or that they object, and why."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, bindparam, select, update

from api.actor import Actor
from api.records.refused import faulty, forbidden, not_found
from api.records.times import stored
from api.storage.audit import canonical
from api.storage.tables import sign_offs
from api.storage.transaction import Transaction
from triage.reading.referral import FieldFault

Verdict = Literal["agree", "object"]
LONGEST_NAME = 100
LONGEST_COMMENT = 2_000
_STANDING = select(sign_offs).where(sign_offs.c.tenant == bindparam("tenant"), sign_offs.c.withdrawn_at.is_(None))
_NEWEST_FIRST = (sign_offs.c.at.desc(), sign_offs.c.id)


@dataclass(frozen=True, slots=True)
class NewSignOff:
    """What a clinician says of one rule of a problem, or of all its rules (``rule`` is None).

    ``versions`` holds the version that was read of each rule that it is about.
    """

    problem: str
    rule: str | None
    verdict: str
    signed_as: str
    comment: str
    versions: Mapping[str, str]
    ruleset_version: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """The same as it is kept, with its id, when it was made, and by which account."""

    id: str
    problem: str
    rule: str | None
    at: str
    made_by: str
    signed_as: str
    verdict: Verdict
    comment: str
    versions: Mapping[str, str]
    ruleset_version: str


def ask(transaction: Transaction, at: datetime, actor: Actor, new: NewSignOff) -> str:
    """Keep what a clinician says; it takes the place of what the same one said of the same before. Gives its id.

    Raises a RecordProblem where it is no clinician, or something is missing.
    """
    refuse_others(actor)
    if faults := faults_of(new):
        raise faulty(faults)
    mine = (
        sign_offs.c.tenant == actor.tenant,
        sign_offs.c.made_by == actor.id,
        sign_offs.c.problem == new.problem,
        sign_offs.c.rule.is_(None) if new.rule is None else sign_offs.c.rule == new.rule,
        sign_offs.c.withdrawn_at.is_(None),
    )
    transaction.execute(update(sign_offs).where(*mine).values(withdrawn_at=stored(at)))
    id_ = str(uuid.uuid4())
    transaction.insert(
        sign_offs, id=id_, tenant=actor.tenant, problem=new.problem, rule=new.rule, at=stored(at), made_by=actor.id,
        signed_as=new.signed_as, verdict=new.verdict, comment=new.comment or None, versions=canonical(new.versions),
        ruleset_version=new.ruleset_version,
    )  # fmt: skip
    transaction.audit(
        stored(at), actor, "sign-off-asked", sign_off=id_, problem=new.problem, rule=new.rule, verdict=new.verdict
    )
    return id_


def refuse_others(actor: Actor) -> None:
    """Raise a RecordProblem where someone is no clinician."""
    if actor.role != "clinician":
        raise forbidden(f"Only a clinician signs rules; the role `{actor.role}` may not.")


def faults_of(new: NewSignOff) -> list[FieldFault]:
    """What is wrong with a request: everything at once."""
    faults = []
    if new.verdict not in get_args(Verdict):
        faults.append(FieldFault("verdict", "missing", "Say whether you agree or object."))
    if not new.signed_as:
        faults.append(FieldFault("signed_as", "missing", "Write your name and role as they are to stand in the rule."))
    elif not new.signed_as.isprintable() or len(new.signed_as) > LONGEST_NAME:
        message = f"Name and role are one line of at most {LONGEST_NAME} characters."
        faults.append(FieldFault("signed_as", "not-allowed", message))
    if new.verdict == "object" and not new.comment:
        faults.append(FieldFault("comment", "missing", "Write what you object to, so that the rule can be changed."))
    elif len(new.comment) > LONGEST_COMMENT or "\0" in new.comment:
        message = f"A comment has at most {LONGEST_COMMENT} characters of text."
        faults.append(FieldFault("comment", "not-allowed", message))
    return faults


def withdraw(transaction: Transaction, at: datetime, actor: Actor, id_: str) -> SignOff:
    """Withdraw a request; once withdrawn it stays so. Raises a RecordProblem where it is another's, or is not there."""
    row = transaction.execute(
        select(sign_offs).where(sign_offs.c.id == id_, sign_offs.c.tenant == actor.tenant)
    ).first()
    if row is None:
        raise not_found("request for sign-off", id_)
    if row.made_by != actor.id:
        raise forbidden(f"Only {row.made_by}, who made this request, can withdraw it.")
    if row.withdrawn_at is None:
        transaction.execute(update(sign_offs).where(sign_offs.c.id == id_).values(withdrawn_at=stored(at)))
        transaction.audit(stored(at), actor, "sign-off-withdrawn", sign_off=id_, problem=row.problem, rule=row.rule)
    return _as_kept(row)


def standing(connection: Connection, tenant: str, problem: str | None = None) -> tuple[SignOff, ...]:
    """The requests of a clinic that were not withdrawn, the newest first; those about one problem, or all."""
    of_problem = () if problem is None else (sign_offs.c.problem == problem,)
    chosen = _STANDING.where(*of_problem).order_by(*_NEWEST_FIRST)
    return tuple(map(_as_kept, connection.execute(chosen, {"tenant": tenant})))


def _as_kept(row: Row[Any]) -> SignOff:
    return SignOff(
        id=row.id,
        problem=row.problem,
        rule=row.rule,
        at=row.at,
        made_by=row.made_by,
        signed_as=row.signed_as,
        verdict=row.verdict,
        comment=row.comment or "",
        versions=json.loads(row.versions),
        ruleset_version=row.ruleset_version,
    )
