"""Asking for sign-off of a rule or of all rules of a problem, objecting, and withdrawing it."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.actor import Asker
from api.pages.rules import problem_of, show_problem, versions_of
from api.pages.sent import fields_sent
from api.records import sign_offs
from api.records.sign_offs import NewSignOff
from api.request import state_of
from triage.presenting.by_problem import Problem
from triage.presenting.rule_version import version_of_all

router = APIRouter()
CHANGED = "These rules were changed since you opened the page. Read them again: nothing was stored."


@router.post("/rules/problems/{id_}/sign-off")
async def ask(request: Request, actor: Asker, id_: str) -> Response:
    """Keep what a clinician says of a rule, or of all rules of the problem, and show it on the page.

    A request that lacks something comes back with what was entered; so does one that was made from rules that have
    been changed meanwhile.
    """
    sign_offs.refuse_others(actor)
    state = state_of(request)
    problem = problem_of(state.ruleset, id_)
    sent = await fields_sent(request)
    new = await run_in_threadpool(_new, problem, sent, request)
    faults = {fault.pointer: fault.message for fault in sign_offs.faults_of(new)}
    read = sent.get("version", "")
    if read != (version_of_all(new.versions) if new.rule is None else new.versions[new.rule]):
        faults["version"] = CHANGED
    if faults:
        return await show_problem(request, problem, status=422, sent=sent, faults=faults)
    at = state.records.now()
    await state.records.write(lambda transaction: sign_offs.ask(transaction, at, actor, new))
    return _back(problem.id, new.rule)


def _new(problem: Problem, sent: dict[str, str], request: Request) -> NewSignOff:
    """What was sent. Raises HTTPException where the problem has no such rule."""
    ruleset = state_of(request).ruleset
    versions = versions_of(problem.rules, ruleset)
    rule = sent.get("rule")
    if rule is not None:
        if rule not in versions:
            raise HTTPException(422, f"{problem.title} has no rule `{rule[:80]}`. Open the page again.")
        versions = {rule: versions[rule]}
    signed_as, comment = sent.get("signed_as", "").strip(), sent.get("comment", "").strip()
    return NewSignOff(problem.id, rule, sent.get("verdict", ""), signed_as, comment, versions, ruleset.version)


@router.post("/rules/sign-offs/{id_}/withdraw")
async def withdraw(request: Request, actor: Asker, id_: str) -> Response:
    """Withdraw a request; only whoever made it can."""
    records = state_of(request).records
    at = records.now()
    withdrawn = await records.write(lambda transaction: sign_offs.withdraw(transaction, at, actor, id_))
    return _back(withdrawn.problem, withdrawn.rule)


def _back(problem: str, rule: str | None) -> Response:
    """The page of the problem, at the rule or at the sign-off of all rules."""
    return RedirectResponse(f"/rules/problems/{problem}#{rule or 'sign-off'}", status_code=303)
