"""The form, its live panel and the result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.actor import Actor, current_actor
from api.pages.arrangement import emergency_answers, sections
from api.pages.asking import for_the_form
from api.pages.copying import Copies
from api.pages.due import local
from api.pages.entered import DRAFT, SINCE, Entered, by_question
from api.pages.followups import follow_up_styles
from api.pages.keeping import (
    AN_ID,
    CANNOT_BE_REACHED,
    NOT_SIGNED_IN,
    Whoever,
    draft_entered,
    keep_assessment,
    keep_draft,
    revision_of,
)
from api.pages.templating import page
from api.pages.wording import COURSES, HEADINGS, OFFERS, Wording
from api.records.creating import refuse_what_no_database_holds
from api.records.refused import Conflict, RecordProblem
from api.records.times import due_at
from api.request import State, body_of, remembered, state_of
from api.storage.database import StorageUnavailable
from triage.answer.actions import fill
from triage.answer.model import Answer, UrgencyPart
from triage.answer.problem_urgency import urgency_of_refused
from triage.model.rule import Action
from triage.model.scales import HIGHEST_URGENCY
from triage.reading.referral import Referral, RefusedReferral

router = APIRouter()
SHOWN_FIRST = 5
LARGEST_FORM = 4_194_304
"""Bytes of a form that are read, so that a field of a megabyte comes back with its fault and everything else kept."""


@router.get("/", response_model=None)
async def new_assessment(request: Request, draft: str = "") -> Response:
    """An empty form, or that of a draft; of a draft that was finished, the form of its record."""
    if not draft:
        return await show_form(request, Entered())
    try:
        return await show_form(request, await draft_entered(request, await current_actor(request), draft))
    except RecordProblem as problem:
        if problem.problem.status != 404 or not AN_ID.fullmatch(draft):
            raise
        return RedirectResponse(f"/assessments/{draft}/change", status_code=303)


@router.post("/")
async def change_answers(request: Request) -> HTMLResponse:
    """The form with the answers that were sent, to be changed."""
    entered = Entered.read(await body_of(request, LARGEST_FORM))
    name = entered.asks_to_clear()
    return await show_form(request, entered.without(name) if name else entered)


@router.get("/assess")
async def nothing_sent() -> RedirectResponse:
    """Redirect to the form: this address answers only a sent form."""
    return RedirectResponse("/", status_code=303)


@router.post("/assess", response_model=None)
async def assess(request: Request, actor: Whoever) -> Response:
    """Answer and keep the form, and go to its record; or show the form with its faults and everything entered."""
    entered = Entered.read(await body_of(request, LARGEST_FORM))
    name = entered.asks_to_clear()
    if name:
        return await show_form(request, entered.without(name))
    state = state_of(request)
    try:
        referral = remembered(request, entered.referral(state.reader))
        refuse_what_no_database_holds(referral)
    except RefusedReferral as refused:
        return await show_form(request, entered, refused)
    answer = await state.assess(referral)
    view = view_so_far(state, referral, answer)
    if actor is None:
        return page(request, "result.html.jinja", **view, entered=entered, record=None, not_saved=NOT_SIGNED_IN)
    try:
        id_ = await keep_assessment(request, actor, entered, referral, answer)
    except StorageUnavailable:
        return page(request, "result.html.jinja", **view, entered=entered, record=None, not_saved=CANNOT_BE_REACHED)
    except RecordProblem as problem:
        return await _changed_meanwhile(request, actor, entered, problem)
    return RedirectResponse(f"/assessments/{id_}", status_code=303)


async def _changed_meanwhile(request: Request, actor: Actor, entered: Entered, problem: RecordProblem) -> HTMLResponse:
    """The form again, which says what somebody else did with its draft or record. Raises any other problem."""
    draft = entered.text(DRAFT)
    if problem.problem.status == 404 and draft:
        revision = await revision_of(request, actor, draft)
        beside = entered.beside(draft="", record=draft, revision=str(revision))
        return await show_form(request, beside, conflict=Conflict("about:blank", "", 409, "", changed=()))
    if not isinstance(problem.problem, Conflict):
        raise problem
    beside = entered.beside(revision=str(problem.problem.revision))
    return await show_form(request, beside, conflict=problem.problem)


@router.post("/panel")
async def panel(request: Request, actor: Whoever) -> HTMLResponse:
    """The strip above the form: what the answers so far come to; they are kept as a draft."""
    entered = Entered.read(await body_of(request, LARGEST_FORM))
    state = state_of(request)
    try:
        referral = remembered(request, entered.referral(state.reader))
    except RefusedReferral as refused:
        kept = await keep_draft(request, actor, entered, refused=refused)
        errors = by_question(refused, state.ruleset.vocabulary)
        return page(request, "panel.html.jinja", errors=errors, answer=None, kept=kept, **_refused(state, refused))
    answer = await state.assess(referral)
    kept = await keep_draft(request, actor, entered, answer=answer)
    return page(request, "panel.html.jinja", errors={}, kept=kept, **view_so_far(state, referral, answer))


async def show_form(
    request: Request, entered: Entered, refused: RefusedReferral | None = None, conflict: Conflict | None = None
) -> HTMLResponse:
    """The form with what is entered, its faults, and what somebody else changed meanwhile."""
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
            context = view_so_far(state, referral, answer)
    errors = {}
    if refused is not None:
        errors = by_question(refused, vocabulary)
        context |= _refused(state, refused)
    return page(
        request,
        "form.html.jinja",
        status=422 if errors else 409 if conflict else 200,
        conflict=conflict,
        kept=None,
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


async def urgency_of_entered(request: Request, entered: Entered) -> UrgencyPart | None:
    """How urgent what is entered is, whether or not all of it can be read; None where nothing of it can."""
    state = state_of(request)
    try:
        return (await state.assess(entered.referral(state.reader))).urgency
    except RefusedReferral as refused:
        return urgency_of_refused(state.assessor, refused)


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


def view_so_far(state: State, referral: Referral, answer: Answer) -> dict[str, Any]:
    """What the strip shows of an answer that is made now."""
    at = local(state.records.now(), state.settings)
    due = due_at(answer.urgency.respond_within, at, state.settings)
    return view_of(state, referral, answer, at, local(due, state.settings))


def view_of(state: State, referral: Referral, answer: Answer, at: datetime, due: datetime) -> dict[str, Any]:
    """What the strip and the result show of an answer made ``at`` and ``due`` then."""
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
        "copies": Copies(wording, referral, answer, questions, at, due),
        "referral": referral,
        "headings": HEADINGS,
        "questions": questions,
        "shown_first": SHOWN_FIRST,
        "pivotal": ([question for question in questions if question.pivotal] or questions)[:3],
        "idle": [name for name in unanswered if name not in open_facts],
    }
