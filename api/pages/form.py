"""The form, its live panel and the result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.arrangement import emergency_answers, sections
from api.pages.asking import for_the_form
from api.pages.copying import Copies
from api.pages.entered import SINCE, Entered, by_question
from api.pages.followups import follow_up_styles
from api.pages.templating import page
from api.pages.wording import COURSES, HEADINGS, OFFERS, Wording
from api.request import State, body_of, remembered, state_of
from triage.answer.actions import fill
from triage.answer.model import Answer
from triage.answer.problem_urgency import urgency_of_refused
from triage.model.rule import Action
from triage.model.scales import HIGHEST_URGENCY
from triage.reading.referral import Referral, RefusedReferral

router = APIRouter()
SHOWN_FIRST = 5
LARGEST_FORM = 4_194_304
"""Bytes of a form that are read, so that a field of a megabyte comes back with its fault and everything else kept."""


@router.get("/")
async def new_assessment(request: Request) -> HTMLResponse:
    """An empty form."""
    return await _form(request, Entered())


@router.post("/")
async def change_answers(request: Request) -> HTMLResponse:
    """The form with the answers that were sent, to be changed."""
    entered = Entered.read(await body_of(request, LARGEST_FORM))
    name = entered.asks_to_clear()
    return await _form(request, entered.without(name) if name else entered)


@router.get("/assess")
async def nothing_sent() -> RedirectResponse:
    """Redirect to the form: this address answers only a sent form."""
    return RedirectResponse("/", status_code=303)


@router.post("/assess")
async def assess(request: Request) -> HTMLResponse:
    """The result, or the form with its faults and everything that was entered."""
    entered = Entered.read(await body_of(request, LARGEST_FORM))
    name = entered.asks_to_clear()
    if name:
        return await _form(request, entered.without(name))
    state = state_of(request)
    try:
        referral = remembered(request, entered.referral(state.reader))
    except RefusedReferral as refused:
        return await _form(request, entered, refused)
    answer = await state.assess(referral)
    return page(request, "result.html.jinja", **_view(state, referral, answer), entered=entered)


@router.post("/panel")
async def panel(request: Request) -> HTMLResponse:
    """The panel beside the form: what the answers so far come to."""
    entered = Entered.read(await body_of(request, LARGEST_FORM))
    state = state_of(request)
    try:
        referral = remembered(request, entered.referral(state.reader))
    except RefusedReferral as refused:
        errors = by_question(refused, state.ruleset.vocabulary)
        return page(request, "panel.html.jinja", errors=errors, answer=None, **_refused(state, refused))
    answer = await state.assess(referral)
    return page(request, "panel.html.jinja", errors={}, **_view(state, referral, answer))


async def _form(request: Request, entered: Entered, refused: RefusedReferral | None = None) -> HTMLResponse:
    state = state_of(request)
    vocabulary = state.ruleset.vocabulary
    context: dict[str, Any] = {"answer": None}
    if refused is None:
        try:
            referral = remembered(request, entered.referral(state.reader))
        except RefusedReferral as error:
            refused = error
        else:
            answer = await state.assess(referral)
            context = _view(state, referral, answer)
    errors = {}
    if refused is not None:
        errors = by_question(refused, vocabulary)
        context |= _refused(state, refused)
    return page(
        request,
        "form.html.jinja",
        status=422 if errors else 200,
        sections=sections(state.ruleset, entered, errors, context.get("idle", ())),
        now=emergency_answers(state.ruleset),
        emergency_action=_emergency_action(state),
        since=entered.text(SINCE),
        asking=for_the_form(vocabulary),
        entered=entered,
        errors=errors,
        follow_ups=follow_up_styles(vocabulary),
        **context,
    )


def _emergency_action(state: State) -> Action:
    """What to do at any emergency, for a page that can't reach the service."""
    action = state.ruleset.scales.urgency(HIGHEST_URGENCY).action
    return Action(first=fill(action.first, state.settings.words()))


def _refused(state: State, refused: RefusedReferral) -> dict[str, Any]:
    """What the form and the panel show of a referral that has faults: how urgent it is all the same."""
    return {
        "urgency": urgency_of_refused(state.assessor, refused),
        "wording": Wording(state.ruleset),
        "questions": (),
    }


def _view(state: State, referral: Referral, answer: Answer) -> dict[str, Any]:
    """What the panel and the result show of an answer."""
    open_facts = {question.fact for question in answer.unanswered}
    unanswered = state.ruleset.vocabulary.unanswered(referral.answers)
    questions = [question for question in answer.unanswered if not answer.on_hold or "urgency" in question.can_change]
    wording = Wording(state.ruleset)
    return {
        "answer": answer,
        "urgency": answer.urgency,
        "offers": OFFERS,
        "courses": COURSES,
        "held": answer.on_hold,
        "emergency": answer.is_emergency,
        "wording": wording,
        "copies": Copies(wording, referral, answer, questions, datetime.now().astimezone()),
        "referral": referral,
        "headings": HEADINGS,
        "questions": questions,
        "shown_first": SHOWN_FIRST,
        "pivotal": ([question for question in questions if question.pivotal] or questions)[:3],
        "idle": [name for name in unanswered if name not in open_facts],
    }
