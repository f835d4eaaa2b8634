"""A clinician's decision about an answer: agreement, or another rating or level with the reason."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, select

from api.actor import Actor
from api.records import levels
from api.records.changing import Work, due_of, row_at, touch
from api.records.levels import InForce
from api.records.model import Name, Text
from api.records.reading import Read, row_of, seen_by, shown
from api.records.refused import forbidden, not_one_of, wrong_field
from api.records.service import Records
from api.records.times import due_at, stored
from api.storage.tables import decisions, records, versions
from api.storage.transaction import Transaction
from triage.model.written import Written

ReasonCode = Literal[
    "more_is_known", "clinical_judgement", "wish_of_the_person", "not_available", "rule_does_not_fit", "other"
]


class NewDecision(Written, frozen=True):
    """What a clinician decides: `agree`, or `override` with a rating or a level, a code, a reason.

    ``signed_as`` is the clinician's name; a level is lowered by name only.
    """

    decision: Literal["agree", "override"]
    rating: str | None = None
    level: str | None = None
    reason_code: ReasonCode | None = None
    reason: Text | None = None
    signed_as: Name | None = None


class RuleAgreement(Written, frozen=True):
    """How often clinicians agreed with the answers that a rule decided, or overrode them, and with which reasons."""

    rule: str
    effect: str
    decided: int
    agreed: int
    overrode: int
    reasons: dict[str, int]


class Agreement(Written, frozen=True):
    """Agreement by rule. ``decisions`` counts the newest decision of each record."""

    decisions: int
    agreed: int
    rules: tuple[RuleAgreement, ...]


def decide(service: Records, actor: Actor, id_: str, revision: int, wanted: NewDecision) -> Work:
    """The write that keeps a decision. The answer of the rules is never changed; both are shown."""

    def work(transaction: Transaction) -> Read:
        if actor.role != "clinician":
            raise forbidden("Only a clinician agrees with an answer or overrides it.")
        row = row_at(transaction, actor, id_, revision)
        answer = json.loads(transaction.execute(_ANSWER, {"id": id_, "number": row.version}).scalar_one())
        _refuse_unsound(service, row, answer, wanted)
        force = _force_of(service, row, answer, wanted)
        _keep(service, transaction, actor, row, answer, wanted)
        now = service.now()
        values: dict[str, Any] = {} if force is None else force.row(service.scales)
        if force is not None:
            values["due_at"] = _due(service, row, force)
        touch(transaction, actor, row, stored(now), "decided", values, decision=wanted.decision, level=wanted.level)
        return shown(service, transaction, row_of(transaction, actor, id_))

    return work


_ANSWER = select(versions.c.answer).where(
    versions.c.record_id == bindparam("id"), versions.c.number == bindparam("number")
)


def _refuse_unsound(service: Records, row: Row[Any], answer: dict[str, Any], wanted: NewDecision) -> None:
    scales = service.scales
    if wanted.decision == "agree":
        for name in ("rating", "level", "reason_code"):
            if getattr(wanted, name) is not None:
                raise wrong_field(f"/{name}", "not-allowed", f"Who agrees gives no `{name}`.")
        return
    if wanted.rating is None and wanted.level is None:
        raise wrong_field("", "missing", "An override gives another `rating`, another `level`, or both.")
    if wanted.rating is not None and wanted.rating not in scales.rating_ids:
        raise not_one_of("/rating", wanted.rating, scales.rating_ids)
    if wanted.level is not None and wanted.level not in scales.urgency_ids:
        raise not_one_of("/level", wanted.level, scales.urgency_ids)
    for name in ("reason_code", "reason"):
        if getattr(wanted, name) is None:
            raise wrong_field(f"/{name}", "missing", f"An override gives its `{name}`.")
    if wanted.level is not None and scales.urgency_rank(wanted.level) < scales.urgency_rank(row.level):
        _refuse_lowering(service, answer, wanted)


def _refuse_lowering(service: Records, answer: dict[str, Any], wanted: NewDecision) -> None:
    """Refuse to lower a level without a name, or below the floor, which only answers lift."""
    scales = service.scales
    if wanted.signed_as is None:
        raise wrong_field("/signed_as", "missing", "A level is lowered by name: give `signed_as`.")
    floor = levels.floor_of(answer)
    if (
        floor is not None
        and wanted.level is not None
        and scales.urgency_rank(wanted.level) < scales.urgency_rank(floor)
    ):
        missing = ", ".join(answer["urgency"]["missing"])
        message = f"The level is at least `{floor}` until the safety questions are answered: {missing}."
        raise wrong_field("/level", "below-the-floor", message)


def _force_of(service: Records, row: Row[Any], answer: dict[str, Any], wanted: NewDecision) -> InForce | None:
    """The level in force after the decision; None where it stays."""
    if wanted.level is not None:
        because = "A clinician decided on this level."
        return InForce(wanted.level, "sorted", wanted.level, "decision", because)
    if wanted.decision == "agree" and row.level_from == "decision":
        return levels.of_stored(answer, service.scales)
    return None


def _due(service: Records, row: Row[Any], force: InForce) -> str:
    """When the record is due: a level that a clinician lowered counts from the decision."""
    rank = service.scales.urgency_rank
    if rank(force.level) < rank(row.level):
        return stored(due_at(levels.within(service.assessor, force.level), service.now(), service.settings))
    return due_of(service, row, force, service.now())


def _keep(
    service: Records,
    transaction: Transaction,
    actor: Actor,
    row: Row[Any],
    answer: dict[str, Any],
    wanted: NewDecision,
) -> None:
    deciding = sorted({(reason["effect"], reason["rule"]) for reason in answer["reasons"] if reason["decides"]})
    accepted = [] if wanted.level is None else levels.rules_above(answer, wanted.level, service.scales)
    transaction.insert(
        decisions,
        id=str(uuid.uuid4()),
        record_id=row.id,
        tenant=actor.tenant,
        version=row.version,
        at=service.at(),
        revision=row.revision + 1,
        made_by=actor.id,
        signed_as=wanted.signed_as,
        decision=wanted.decision,
        rating=wanted.rating,
        level=wanted.level,
        reason_code=wanted.reason_code,
        reason=wanted.reason,
        rules=json.dumps(deciding),
        accepted=json.dumps(accepted),
    )


def agreement(actor: Actor) -> Callable[[Connection], Agreement]:
    """What counts, by rule, how often clinicians agreed. Of each record the newest decision counts."""

    def work(connection: Connection) -> Agreement:
        rows = connection.execute(
            select(decisions)
            .join(records, records.c.id == decisions.c.record_id)
            .where(seen_by(actor))
            .order_by(decisions.c.revision)
        )
        newest = {row.record_id: row for row in rows if row.rules is not None}
        agreed = sum(row.decision == "agree" for row in newest.values())
        return Agreement(len(newest), agreed, tuple(_by_rule(newest.values())))

    return work


def _by_rule(rows: Iterable[Row[Any]]) -> Iterable[RuleAgreement]:
    counts: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        for effect, rule in json.loads(row.rules):
            if effect in _DECIDING:
                counts.setdefault((rule, effect), []).append(row)
    for (rule, effect), about in sorted(counts.items()):
        agreed = sum(_agrees(row, effect) for row in about)
        codes = Counter(row.reason_code for row in about if not _agrees(row, effect))
        yield RuleAgreement(rule, effect, len(about), agreed, len(about) - agreed, dict(sorted(codes.items())))


_DECIDING = ("urgency", "supports", "limits")


def _agrees(row: Row[Any], effect: str) -> bool:
    """Whether a decision leaves standing what a rule with this effect decided."""
    overridden = row.level if effect == "urgency" else row.rating
    return row.decision == "agree" or overridden is None
