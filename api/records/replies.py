"""Reply links: a referrer answers open questions of one record, once, without signing in."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from msgspec import Meta, convert
from sqlalchemy import Row, bindparam, select, update

from api.actor import Actor
from api.records.changing import add_version, refuse_referrer, row_at, touch
from api.records.creating import Answered
from api.records.reading import row_of
from api.records.refused import faulty, gone, not_found, wrong_field
from api.records.service import Records
from api.records.times import stored
from api.storage.audit import digest
from api.storage.tables import records, reply_links, versions
from api.storage.transaction import Transaction
from triage.answer.model import Answer
from triage.model.vocabulary import Vocabulary
from triage.model.written import Written, encode
from triage.presenting.labels import answer_label
from triage.presenting.letter import questions_to_referrer
from triage.reading.referral import FieldFault

REFERRER = "referrer"
"""Who said it, where a referrer replies: the speaker of the vocabulary who asked the person."""


class ReplyLink(Written, frozen=True):
    """A link for a referrer. The token is told once and kept nowhere."""

    token: str
    path: str
    expires_at: str
    facts: tuple[str, ...]


class AskedAnswer(Written, frozen=True):
    """An answer that a question takes."""

    value: str
    label: str


class AskedQuestion(Written, frozen=True):
    """A question to a referrer: its fact, its text, and the answers that it takes, or the bounds of a number."""

    fact: str
    question: str
    help: str
    answers: tuple[AskedAnswer, ...]
    several: bool
    minimum: int | None
    maximum: int | None


class AskedReferrer(Written, frozen=True):
    """What a reply link shows: the caller's own reference and the open questions, and nothing else of the record."""

    reference: str | None
    expires_at: str
    questions: tuple[AskedQuestion, ...]


class Reply(Written, frozen=True):
    """What a referrer replies: answers to questions that the link asks."""

    facts: Annotated[dict[str, Any], Meta(extra_json_schema={"minProperties": 1})]


class Thanks(Written, frozen=True):
    """The reply was taken."""

    status: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reply is made to: the record with its revision, its referral, and the facts that are asked."""

    id: str
    revision: int
    referral: dict[str, Any]
    facts: tuple[str, ...]
    actor: Actor


def make_link(service: Records, actor: Actor, id_: str, revision: int) -> Callable[[Transaction], ReplyLink]:
    """The write that makes a link to the open questions that a referrer may be asked."""
    token = secrets.token_urlsafe(32)

    def work(transaction: Transaction) -> ReplyLink:
        row = row_at(transaction, actor, id_, revision)
        refuse_referrer(actor)
        answer = convert(
            json.loads(transaction.execute(_NEWEST, {"id": id_, "number": row.version}).scalar_one()), Answer
        )
        if answer.is_emergency:
            raise wrong_field("", "emergency", "This is an emergency: act first. Nothing is asked of the referrer now.")
        facts = tuple(fact for fact, _ in questions_to_referrer(answer, service.assessor.ruleset))
        if not facts:
            raise wrong_field("", "nothing-open", "No question is open that a referrer may be asked.")
        now = service.now()
        expires_at = stored(now + timedelta(days=service.settings.reply_days))
        transaction.insert(
            reply_links,
            token_digest=digest(token.encode()),
            record_id=id_,
            facts=json.dumps(facts),
            created_at=stored(now),
            created_by=actor.id,
            expires_at=expires_at,
        )
        values = {"status": "waiting_for_referrer"} if row.status in ("new", "trying") else {}
        touch(transaction, actor, row, stored(now), "reply-link-made", values)
        return ReplyLink(token, f"/v1/replies/{token}", expires_at, facts)

    return work


_NEWEST = select(versions.c.answer).where(
    versions.c.record_id == bindparam("id"), versions.c.number == bindparam("number")
)
_REFERRAL = select(versions.c.referral).where(
    versions.c.record_id == bindparam("id"), versions.c.number == bindparam("number")
)
_LINK = (
    select(reply_links, records.c.tenant)
    .join(records, records.c.id == reply_links.c.record_id)
    .where(reply_links.c.token_digest == bindparam("digest"))
)


def _link(service: Records, transaction: Transaction, token: str) -> Row[Any]:
    row = transaction.execute(_LINK, {"digest": digest(token.encode())}).first()
    if row is None:
        raise not_found("reply link", "…")
    if row.used_at is not None:
        raise gone("This link was used. Ask the clinic for another one.")
    if row.expires_at < service.at():
        raise gone("This link has expired. Ask the clinic for another one.")
    return row


def _actor(link: Row[Any]) -> Actor:
    return Actor("reply-link", "auditor", link.tenant)


def questions(service: Records, token: str) -> Callable[[Transaction], AskedReferrer]:
    """The write that reads what a link asks; the audit keeps that it was opened."""

    def work(transaction: Transaction) -> AskedReferrer:
        link = _link(service, transaction, token)
        row = row_of(transaction, _actor(link), link.record_id)
        transaction.audit(service.at(), _actor(link), "reply-opened", row.id)
        vocabulary = service.assessor.ruleset.vocabulary
        asked = [name for name in json.loads(link.facts) if name in vocabulary.facts]
        return AskedReferrer(row.reference, link.expires_at, tuple(_question(vocabulary, name) for name in asked))

    return work


def _question(vocabulary: Vocabulary, name: str) -> AskedQuestion:
    fact = vocabulary[name]
    bounds = (fact.minimum, fact.maximum) if fact.is_integer else (None, None)
    answers = tuple(AskedAnswer(value, answer_label(fact, value) if not fact.is_set else fact.labels[value].label)
                    for value in fact.values)  # fmt: skip
    return AskedQuestion(name, fact.question, fact.help, answers, fact.is_set, *bounds)


def asked_by(service: Records, token: str) -> Callable[[Transaction], Asked]:
    """A query for the record that a reply belongs to."""

    def work(transaction: Transaction) -> Asked:
        link = _link(service, transaction, token)
        row = row_of(transaction, _actor(link), link.record_id)
        text = transaction.execute(_REFERRAL, {"id": row.id, "number": row.version}).scalar_one()
        return Asked(row.id, row.revision, json.loads(text), tuple(json.loads(link.facts)), _actor(link))

    return work


def with_reply(asked: Asked, reply: Reply, vocabulary: Vocabulary) -> tuple[bytes, dict[str, Any]]:
    """The referral with a reply in it, as text and as data. Raises a RecordProblem for what was not asked."""
    beside = [name for name in reply.facts if name not in asked.facts]
    if beside:
        message = "This is not asked here. Answer the questions of the link."
        raise faulty(FieldFault(f"/facts/{name}", "not-asked", message) for name in beside)
    if not reply.facts:
        raise wrong_field("/facts", "missing", "A reply has at least one answer.")
    answered = dict(asked.referral)
    answered["facts"] = {**answered["facts"], **reply.facts}
    if any(speaker.id == REFERRER for speaker in vocabulary.speakers):
        answered["said_by"] = {**(answered.get("said_by") or {}), **dict.fromkeys(reply.facts, REFERRER)}
    return encode(answered), answered


def take_reply(service: Records, token: str, asked: Asked, answered: Answered) -> Callable[[Transaction], Thanks]:
    """The write that keeps the reply as a new version and uses the link up."""

    def work(transaction: Transaction) -> Thanks:
        service.keep_rules(transaction, service.at())
        link = _link(service, transaction, token)
        row = row_at(transaction, asked.actor, asked.id, asked.revision)
        used = update(reply_links).where(reply_links.c.token_digest == link.token_digest).values(used_at=service.at())
        transaction.execute(used)
        add_version(service, transaction, asked.actor, row, answered, "replied")
        return Thanks("taken")

    return work
