"""The pages to read: rules, sources, claims, proofs, about, the API."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from msgspec import structs

from api.pages.entered import Entered
from api.pages.templating import page
from api.pages.wording import NOT_SORTED, Wording
from api.request import state_of
from triage.check import coverage
from triage.model.faults import did_you_mean
from triage.model.rule import Rule, effect_name
from triage.model.ruleset import RuleSet
from triage.presenting.as_data import describe_instruments, describe_rule, describe_ruleset, describe_source, folder_of
from triage.presenting.card import card_of
from triage.presenting.hazard_log import Result, hazard_log
from triage.presenting.rule_text import rule_in_words
from triage.presenting.words import answer_in_words

router = APIRouter()


@router.get("/rules")
async def rules(request: Request, q: str = "", effect: str = "", folder: str = "") -> HTMLResponse:
    """All rules, or those that hold every word of ``q``, have this ``effect`` and stand in this ``folder``."""
    ruleset = state_of(request).ruleset
    wanted = q.lower().split()
    matching = [
        rule
        for rule in ruleset.all_rules
        if (not effect or effect in _effects(rule))
        and (not folder or folder_of(rule) == folder)
        and _holds(rule, wanted, ruleset)
    ]
    return page(
        request,
        "rules.html.jinja",
        listed=[(rule, ", ".join(_effects(rule)), folder_of(rule)) for rule in matching],
        effects=sorted({name for rule in ruleset.all_rules for name in _effects(rule)}),
        folders=sorted({folder_of(rule) for rule in ruleset.all_rules}),
        words=q,
        chosen=effect,
        chosen_folder=folder,
    )


def _effects(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(effect_name, rule.effects)))


def _holds(rule: Rule, wanted: list[str], ruleset: RuleSet) -> bool:
    if not wanted:
        return True
    cited = " ".join(f"{ref.id} {ref.claim or ''}" for ref in rule.sources)
    text = f"{rule.id} {' '.join(rule.facts)} {' '.join(rule.evidence)} {cited} {rule_in_words(rule, ruleset)}".lower()
    return all(word in text for word in wanted)


@router.get("/rules/sources")
async def sources(request: Request) -> HTMLResponse:
    """The bibliography, each source with the rules that cite it."""
    ruleset = state_of(request).ruleset
    described = [describe_source(source, ruleset) for source in ruleset.sources.values()]
    return page(request, "sources.html.jinja", sources=described)


@router.get("/rules/questionnaires")
async def questionnaires(request: Request) -> HTMLResponse:
    """The questionnaires, each with what it measures, in whom, and where the rules cut its result."""
    return page(request, "questionnaires.html.jinja", instruments=describe_instruments(state_of(request).ruleset))


@router.get("/rules/claims")
async def claims(request: Request) -> HTMLResponse:
    """Each claim of the service page and each row of the evidence, with its rules."""
    ruleset = state_of(request).ruleset
    return page(request, "claims.html.jinja", coverage=coverage.claims(ruleset), rows=coverage.rows(ruleset))


@router.get("/rules/print")
def print_rules(request: Request) -> HTMLResponse:
    """Every rule on one page, to print; made on a thread of its own, since it takes longer than a page may block."""
    ruleset = state_of(request).ruleset
    described = sorted(
        (describe_rule(rule, ruleset) for rule in ruleset.all_rules), key=lambda rule: (rule.folder, rule.id)
    )
    about = describe_ruleset(ruleset)
    return page(request, "print.html.jinja", rules=described, about=about)


@router.get("/rules/{rule_id}")
async def rule(request: Request, rule_id: str) -> HTMLResponse:
    """One rule."""
    ruleset = state_of(request).ruleset
    wanted = next((rule for rule in ruleset.all_rules if rule.id == rule_id), None)
    if wanted is None:
        near = did_you_mean(rule_id, tuple(rule.id for rule in ruleset.all_rules))
        raise HTTPException(404, f"There is no rule `{rule_id}`. {near}".strip())
    about = describe_ruleset(ruleset)
    return page(request, "rule.html.jinja", rule=describe_rule(wanted, ruleset), about=about)


@router.get("/about")
async def about(request: Request) -> HTMLResponse:
    """What the rule set is for, for whom and not for whom, its limits, and where its sources disagree."""
    ruleset = state_of(request).ruleset
    return page(request, "about.html.jinja", about=describe_ruleset(ruleset), card=card_of(ruleset))


@router.get("/safety")
async def safety(request: Request) -> HTMLResponse:
    """The hazard log, each control with what the proofs of the running rules say of it."""
    state = state_of(request)
    state.proofs.start()
    proved = {proof.id: Result(proof.sentence, proof.holds) for proof in state.proofs.proofs}
    under_way = not state.proofs.proofs and not state.proofs.failure
    hazards = hazard_log(state.ruleset, proved, under_way=under_way)
    return page(request, "safety.html.jinja", hazards=hazards, found=state.proofs)


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """How to call the API."""
    return page(request, "docs.html.jinja", paths=request.app.openapi()["paths"])


@router.get("/proofs")
async def proofs(request: Request) -> HTMLResponse:
    """What is proved of the running rules; being proved until it is done."""
    state = state_of(request)
    state.proofs.start()
    vocabulary = state.ruleset.vocabulary
    breaking = {
        proof.id: [
            [answer_in_words(vocabulary[n], value) for n, value in facts.items()] for facts in proof.counterexamples
        ]
        for proof in state.proofs.proofs
    }
    return page(request, "proofs.html.jinja", found=state.proofs, breaking=breaking)


@router.get("/components")
async def components(request: Request) -> HTMLResponse:
    """What the pages are made of: each part once, as it looks."""
    state = state_of(request)
    vocabulary, scales = state.ruleset.vocabulary, state.ruleset.scales
    empty = await state.assess(state.reader.read({"facts": {}}))
    levels = {
        id_: structs.replace(empty.urgency, level=id_, state="sorted", missing=())
        for id_ in reversed(scales.urgency_ids)
    }
    by_type = {fact.type: fact for fact in vocabulary}
    return page(
        request,
        "components.html.jinja",
        levels={"not_sorted": empty.urgency, **levels},
        queues=[(term.id, term.label) for term in reversed(scales.urgencies)] + [(NOT_SORTED, "Not sorted yet")],
        possible=scales.rating_ids[1:],
        so_far=scales.rating_ids[-2],
        facts=tuple(by_type.values()),
        entered=Entered(),
        wording=Wording(state.ruleset),
    )
