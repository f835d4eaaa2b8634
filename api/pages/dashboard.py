"""The dashboard of a clinical lead: levels by week, what is in time, what open questions cost, agreement by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.actor import Asker
from api.pages.assessments import queue_of, queues
from api.pages.due import local
from api.pages.templating import page
from api.pages.wording import Wording
from api.records.deciding import agreement
from api.records.overview import Clock, InForce, OpenQuestion, overview
from api.records.times import stored
from api.request import state_of
from triage.model.ruleset import RuleSet

router = APIRouter()
WEEKS = 8
MOST_QUESTIONS = 10
"""How many open questions are shown, those that leave most referrals open."""


@dataclass(frozen=True)
class Week:
    """The assessments that were made in one week, by queue; ``monday`` is its first day."""

    monday: datetime
    by_queue: Counter[str]

    @property
    def total(self) -> int:
        """How many there are."""
        return self.by_queue.total()


@dataclass(frozen=True)
class AskedOften:
    """A question that is open in many referrals, with the number of rules that read its answer."""

    fact: str
    open_in: OpenQuestion
    rules: int


@router.get("/dashboard")
async def dashboard(request: Request, actor: Asker) -> HTMLResponse:
    """Levels and states by week, opening and first contact against the clock, agreement by rule, open questions."""
    state = state_of(request)
    now = local(state.records.now(), state.settings)
    mondays = [_monday(now) - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    counted = await state.records.read(overview(actor, [stored(monday) for monday in mondays], stored(now)))
    weeks = [Week(monday, Counter()) for monday in mondays]
    for (place, level, record_state), number in counted.weeks.items():
        weeks[place].by_queue[queue_of(level, record_state)] += number
    return page(
        request,
        "dashboard.html.jinja",
        weeks=weeks,
        busiest=max([week.total for week in weeks] + [1]),
        opened=_by_queue(counted.opened),
        contacted=_by_queue(counted.contacted),
        until_contact={queue_of(*in_force): _in_words(time) for in_force, time in counted.until_contact.items()},
        queues=queues(state.ruleset),
        agreement=await state.records.read(agreement(actor)),
        questions=_asked_often(counted.questions, state.ruleset),
        asked_of=counted.asked_of,
        wording=Wording(state.ruleset),
    )


def _monday(at: datetime) -> datetime:
    return (at - timedelta(days=at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def _by_queue(by_level: Mapping[InForce, Counter[Clock]]) -> Mapping[str, Counter[Clock]]:
    """Counts by queue; a record that is not sorted has a queue of its own."""
    by_queue: dict[str, Counter[Clock]] = {}
    for in_force, counts in by_level.items():
        by_queue.setdefault(queue_of(*in_force), Counter()).update(counts)
    return by_queue


def _asked_often(questions: Mapping[str, OpenQuestion], ruleset: RuleSet) -> Iterable[AskedOften]:
    """The questions that leave most referrals open, of the running rules."""
    read = Counter(fact for rule in ruleset.rules for fact in rule.facts)
    known = [
        AskedOften(fact, open_in, read[fact]) for fact, open_in in questions.items() if fact in ruleset.vocabulary.facts
    ]
    return sorted(known, key=lambda asked: (-asked.open_in.referrals, asked.fact))[:MOST_QUESTIONS]


def _in_words(time: timedelta) -> str:
    """A time as short as it can be read: minutes, hours or days."""
    minutes = int(time.total_seconds() // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 2_880 else f"{minutes // 1_440} days"
