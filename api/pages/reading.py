"""The pages to read: rules, sources, claims, proofs, about, the API, and the worklist's frame."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from api.pages.templating import page
from api.pages.wording import Wording
from api.state import state_of
from triage.describe import describe_rule, describe_ruleset
from triage.diagnostics import did_you_mean
from triage.docs import coverage, evidence_index
from triage.lang import effect_name

router = APIRouter()


@router.get("/rules")
async def rules(request: Request, q: str = "", effect: str = "") -> HTMLResponse:
    """All rules, or those whose words contain ``q`` and whose effect is ``effect``."""
    ruleset = state_of(request).ruleset
    words = q.strip().lower()
    found = [
        rule
        for rule in ruleset.all_rules
        if (not effect or effect_name(rule.effect) == effect)
        and (not words or words in f"{rule.id} {rule.title} {rule.because} {' '.join(rule.facts)}".lower())
    ]
    effects = sorted({effect_name(rule.effect) for rule in ruleset.all_rules})
    listed = [(rule, effect_name(rule.effect)) for rule in found]
    return page(request, "rules.html.jinja", listed=listed, effects=effects, words=q, chosen=effect)


@router.get("/rules/sources")
async def sources(request: Request) -> HTMLResponse:
    """The bibliography, each source with the rules that cite it."""
    ruleset = state_of(request).ruleset
    citing: dict[str, list[str]] = {}
    for rule in ruleset.all_rules:
        for id_ in dict.fromkeys(source.id for source in rule.sources):
            citing.setdefault(id_, []).append(rule.id)
    return page(request, "sources.html.jinja", citing=citing)


@router.get("/rules/claims")
async def claims(request: Request) -> HTMLResponse:
    """Each claim of the service page and each row of the evidence, with its rules."""
    ruleset = state_of(request).ruleset
    return page(request, "claims.html.jinja", coverage=coverage(ruleset), rows=evidence_index(ruleset))


@router.get("/rules/print")
async def print_rules(request: Request) -> HTMLResponse:
    """Every rule on one page, to print."""
    ruleset = state_of(request).ruleset
    described = [describe_rule(rule, ruleset) for rule in ruleset.all_rules]
    return page(request, "print.html.jinja", rules=described, wording=Wording(ruleset))


@router.get("/rules/{rule_id}")
async def rule(request: Request, rule_id: str) -> HTMLResponse:
    """One rule."""
    ruleset = state_of(request).ruleset
    found = next((each for each in ruleset.all_rules if each.id == rule_id), None)
    if found is None:
        near = did_you_mean(rule_id, tuple(each.id for each in ruleset.all_rules))
        raise HTTPException(404, f"There is no rule `{rule_id}`. {near}".strip())
    return page(request, "rule.html.jinja", rule=describe_rule(found, ruleset), wording=Wording(ruleset))


@router.get("/about")
async def about(request: Request) -> HTMLResponse:
    """What the rule set is for, for whom and not for whom, its limits, and where its sources disagree."""
    return page(request, "about.html.jinja", about=describe_ruleset(state_of(request).ruleset))


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """How to call the API."""
    return page(request, "docs.html.jinja", paths=request.app.openapi()["paths"])


@router.get("/proofs")
async def proofs(request: Request) -> HTMLResponse:
    """What is proved of the running rules; being proved until it is done."""
    found = state_of(request).proofs
    found.start()
    return page(request, "proofs.html.jinja", found=found)


@router.get("/worklist")
async def worklist(request: Request, urgency: str = "", q: str = "") -> HTMLResponse:
    """The worklist's frame; the drafts are in the browser."""
    levels = [[term.id, term.label] for term in reversed(state_of(request).ruleset.scales.urgencies)]
    return page(request, "worklist.html.jinja", chosen=urgency, words=q, levels=levels)
