"""The pages to read beside those of the rules: sources, claims, proofs, about, the API."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from msgspec import structs

from api.pages.entered import Entered
from api.pages.templating import page
from api.pages.wording import NOT_SORTED, Wording
from api.request import State, state_of
from triage.analysis.proof import Proof
from triage.analysis.property_names import STRUCTURAL_SENTENCES
from triage.answer.model import Course
from triage.check import coverage
from triage.presenting import by_problem
from triage.presenting.as_data import describe_instruments, describe_ruleset, describe_source
from triage.presenting.card import card_of
from triage.presenting.hazard_log import hazard_log
from triage.presenting.words import answer_in_words
from triage.reading.referral import Referral

router = APIRouter()


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


@router.get("/about")
async def about(request: Request) -> HTMLResponse:
    """What the rule set is for, for whom and not for whom, its limits, and where its sources disagree."""
    ruleset = state_of(request).ruleset
    return page(request, "about.html.jinja", about=describe_ruleset(ruleset), card=card_of(ruleset))


@router.get("/safety")
async def safety(request: Request) -> HTMLResponse:
    """The hazard log, each control with what the proofs of the running rules say of it."""
    state = state_of(request)
    run = state.proofs
    run.start()
    sentences = {property_.id: property_.sentence for property_ in run.properties} | dict(STRUCTURAL_SENTENCES)
    hazards = hazard_log(state.ruleset, run.results, sentences, under_way=run.is_under_way)
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
    return page(request, "proofs.html.jinja", found=state.proofs, breaking=breaking, groups=_by_problem(state))


def _by_problem(state: State) -> list[tuple[str, list[Proof]]]:
    """The proofs that hold, by the problem that they concern, with those of no problem last."""
    run, ruleset = state.proofs, state.ruleset
    holding = {proof.id: proof for proof in run.proofs if proof.holds}
    groups = []
    for problem in by_problem.problems(ruleset):
        concerned = by_problem.proofs(problem, run.properties, ruleset, run.results, under_way=False)
        groups.append((problem.title, [holding[proof.id] for proof in concerned if proof.id in holding]))
    listed = {proof.id for _, proofs in groups for proof in proofs}
    groups.append(("All rules", [proof for id_, proof in holding.items() if id_ not in listed]))
    return [(title, proofs) for title, proofs in groups if proofs]


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
        course=await _some_course(state),
    )


async def _some_course(state: State) -> Course | None:
    """A course with phases, of one of the referrals that are answered at the start; None where there is none."""
    for probe in state.probes:
        course = (await state.assess(Referral(probe.answers))).course
        if course is not None and course.phases:
            return course
    return None
