"""What a clinical lead is told: assessments by week, how soon they were opened and tried to reach, what is open.

The database counts; only what needs each record, a time or the questions of an answer, is read, of the newest records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median_high
from typing import Literal, get_args

from msgspec import Struct, json
from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from api.actor import Actor
from api.records.model import DONE
from api.records.reading import seen_by
from api.records.times import parsed
from api.storage.tables import attempts, records, versions
from triage.model.scales import HIGHEST_URGENCY

MOST_TIMES = 1_000
"""Of how many records, the newest, the middle time to the first attempt is taken."""
MOST_ANSWERS = 200
"""Of how many records that are to be done, the newest, the open questions are counted."""

InForce = tuple[str | None, str | None]
"""The level and the state in force of a record."""
Clock = Literal["in_time", "late", "overdue", "waiting", "without"]
"""How something stands to its due time: done before it or after it, not done after it or before it, done without it."""
CLOCKS: tuple[Clock, ...] = get_args(Clock)


@dataclass(slots=True)
class OpenQuestion:
    """In how many answers a question is open and can change the urgency, or the rating, or either by itself."""

    referrals: int = 0
    urgency: int = 0
    rating: int = 0
    alone: int = 0


@dataclass(frozen=True)
class Overview:
    """Counts over the assessments since the first week. ``weeks`` has the place of a week with level and state."""

    weeks: Counter[tuple[int, str | None, str | None]]
    opened: Mapping[InForce, Counter[Clock]]
    contacted: Mapping[InForce, Counter[Clock]]
    until_contact: Mapping[InForce, timedelta]
    questions: Mapping[str, OpenQuestion] = field(default_factory=dict)
    asked_of: int = 0


def overview(actor: Actor, weeks: Sequence[str], now: str) -> Callable[[Connection], Overview]:
    """What counts the assessments that someone sees since the first of these weeks, given by when each begins."""
    chosen = and_(seen_by(actor), records.c.kind == "assessment", records.c.created_at >= weeks[0])

    def work(connection: Connection) -> Overview:
        questions, asked_of = _open_questions(connection, actor)
        return Overview(
            weeks=_by_week(connection, chosen, weeks),
            opened=_by_clock(connection, chosen, records.c.opened_at, now),
            contacted=_by_clock(connection, chosen, _FIRST.c.at, now),
            until_contact=_until_contact(connection, chosen),
            questions=questions,
            asked_of=asked_of,
        )

    return work


_FIRST = (
    select(attempts.c.record_id, func.min(attempts.c.at).label("at")).group_by(attempts.c.record_id).subquery("first")
)
_CONTACTED = records.outerjoin(_FIRST, _FIRST.c.record_id == records.c.id)
_IN_FORCE = (records.c.level, records.c.state)


def _by_week(
    connection: Connection, chosen: ColumnElement[bool], weeks: Sequence[str]
) -> Counter[tuple[int, str | None, str | None]]:
    places = reversed(list(enumerate(weeks)))
    week = case(*((records.c.created_at >= begins, place) for place, begins in places)).label("week")
    counting = select(week, *_IN_FORCE, func.count()).where(chosen).group_by(week, *_IN_FORCE)
    return Counter({(place, level, state): number for place, level, state, number in connection.execute(counting)})


def _by_clock(
    connection: Connection, chosen: ColumnElement[bool], done_at: ColumnElement[str], now: str
) -> Mapping[InForce, Counter[Clock]]:
    """Records by level and state, and by how this stands to their due time.

    At the highest level everything is due at the moment it is made: what was done counts as in time.
    """
    in_time = or_(done_at <= records.c.due_at, records.c.level == HIGHEST_URGENCY)
    clock = case(
        (and_(done_at.is_not(None), in_time), "in_time"),
        (done_at.is_not(None), "late"),
        (records.c.status.in_(DONE), "without"),
        (records.c.due_at < now, "overdue"),
        else_="waiting",
    ).label("clock")
    counting = select(*_IN_FORCE, clock, func.count()).select_from(_CONTACTED).where(chosen).group_by(*_IN_FORCE, clock)
    counted: dict[InForce, Counter[Clock]] = defaultdict(Counter)
    for level, state, stands, number in connection.execute(counting):
        counted[level, state][stands] = number
    return counted


def _until_contact(connection: Connection, chosen: ColumnElement[bool]) -> Mapping[InForce, timedelta]:
    """The middle time, of two the longer, from a record's making to the first attempt to reach the person."""
    timing = (
        select(*_IN_FORCE, records.c.created_at, _FIRST.c.at)
        .select_from(_CONTACTED)
        .where(chosen, _FIRST.c.at.is_not(None))
        .order_by(records.c.created_at.desc())
        .limit(MOST_TIMES)
    )
    times: dict[InForce, list[timedelta]] = defaultdict(list)
    for level, state, made_at, first_at in connection.execute(timing):
        times[level, state].append(parsed(first_at) - parsed(made_at))
    return {in_force: median_high(of_level) for in_force, of_level in times.items()}


class _Question(Struct):
    """What is counted of an open question; an answer of an older edition may say less."""

    fact: str
    can_change: tuple[str, ...] = ()
    pivotal: bool = False


class _OpenPart(Struct):
    """The open questions of a stored answer."""

    unanswered: tuple[_Question, ...] = ()


_DECODER = json.Decoder(_OpenPart)


def _open_questions(connection: Connection, actor: Actor) -> tuple[Mapping[str, OpenQuestion], int]:
    """The open questions of the newest records that are to be done, by fact, and how many records these are."""
    to_do = (seen_by(actor), records.c.kind == "assessment", records.c.status.not_in(DONE))
    newest = select(records.c.id, records.c.version).where(*to_do).order_by(records.c.created_at.desc())
    chosen = newest.limit(MOST_ANSWERS).subquery()  # sorted before the answers are read, not with them
    of_chosen = and_(versions.c.record_id == chosen.c.id, versions.c.number == chosen.c.version)
    reading = select(versions.c.answer).join(chosen, of_chosen)
    counted: dict[str, OpenQuestion] = defaultdict(OpenQuestion)
    number = 0
    for (answer,) in connection.execute(reading):
        number += 1
        for question in _DECODER.decode(answer).unanswered:
            line = counted[question.fact]
            line.referrals += 1
            line.urgency += "urgency" in question.can_change
            line.rating += "suitability" in question.can_change
            line.alone += question.pivotal
    return counted, number
