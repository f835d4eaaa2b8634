"""The pages of the rules: all of them by problem with a search, the rules of one problem, one rule, all to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from api.actor import Actor
from api.pages.due import local, moment
from api.pages.templating import page
from api.records import sign_offs
from api.records.sign_offs import SignOff
from api.records.times import parsed
from api.request import State, state_of
from triage.analysis.property_names import STRUCTURAL_SENTENCES
from triage.model.faults import did_you_mean
from triage.model.rule import Rule, effect_name
from triage.model.ruleset import RuleSet
from triage.presenting import by_problem
from triage.presenting.as_data import describe_rule, describe_ruleset, folder_of
from triage.presenting.by_problem import SECTIONS, Problem
from triage.presenting.rule_text import rule_in_words
from triage.presenting.rule_version import version_of, version_of_all
from triage.settings import Settings

router = APIRouter()
OPEN_AT_MOST = 12
"""A page shows so many rules unfolded; with more it begins as a list of their titles."""
VERDICTS = {"agree": "I agree, and ask for sign-off in my name", "object": "I object"}
"""What a clinician may say of a rule, as the page has it."""


@dataclass(frozen=True)
class Matching:
    """A problem, and those of its rules that a search found."""

    problem: Problem
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Shown:
    """A request for sign-off as the page shows it; ``older`` where a rule was changed since it was made."""

    request: SignOff
    at: str
    older: bool
    mine: bool


@router.get("/rules")
def rules(request: Request, q: str = "", effect: str = "", problem: str = "") -> HTMLResponse:
    """The problems with their rules, or with those that hold every word of ``q`` and have this ``effect``."""
    state = state_of(request)
    wanted = q.lower().split()
    every = by_problem.problems(state.ruleset)
    listed = [
        Matching(candidate, tuple(rule for rule in candidate.rules if _fits(rule, effect, wanted, state.ruleset)))
        for candidate in every
        if problem in ("", candidate.id)
    ]
    return page(
        request,
        "rules.html.jinja",
        listed=[matching for matching in listed if matching.rules],
        problems=every,
        effects=SECTIONS,
        effect_of=_effect_of,
        words=q,
        chosen=effect,
        chosen_problem=problem,
        searched=bool(wanted or effect or problem),
    )


def _effect_of(rule: Rule) -> str:
    """What a rule does, by its first effect, as the sections of a problem call it."""
    return SECTIONS[effect_name(rule.effects[0])]


def _fits(rule: Rule, effect: str, wanted: list[str], ruleset: RuleSet) -> bool:
    if effect and effect not in [effect_name(one) for one in rule.effects]:
        return False
    text = _searched_text(rule, ruleset) if wanted else ""
    return all(word in text for word in wanted)


def _searched_text(rule: Rule, ruleset: RuleSet) -> str:
    """What a search looks in, in lower case."""
    cited = " ".join(f"{ref.id} {ref.claim or ''}" for ref in rule.sources)
    named = f"{rule.id} {by_problem.title_of(folder_of(rule))} {' '.join(rule.facts)} {' '.join(rule.evidence)} {cited}"
    return f"{named} {rule_in_words(rule, ruleset)}".lower()


@router.get("/rules/problems/{id_}")
async def problem(request: Request, id_: str, fold: str = "") -> HTMLResponse:
    """The rules of one problem, to be read and signed in their order."""
    return await show_problem(request, problem_of(state_of(request).ruleset, id_), fold)


def problem_of(ruleset: RuleSet, id_: str) -> Problem:
    """The problem with this id. Raises HTTPException where there is none."""
    every = {known.id: known for known in by_problem.problems(ruleset)}
    if id_ not in every:
        raise HTTPException(404, f"There is no problem `{id_[:80]}`. {did_you_mean(id_, tuple(every))}".strip())
    return every[id_]


async def show_problem(
    request: Request, shown: Problem, fold: str = "", status: int = 200, sent: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> HTMLResponse:  # fmt: skip
    """The page of a problem; with what was ``sent`` and the ``faults`` of it where a request was refused."""
    state, actor = state_of(request), getattr(request.state, "actor", None)
    kept: tuple[SignOff, ...] = ()
    if actor is not None:
        kept = await state.records.read(lambda connection: sign_offs.standing(connection, actor.tenant, shown.id))
    is_open = fold == "no" or (fold != "yes" and len(shown.rules) <= OPEN_AT_MOST)
    context = {"is_open": is_open, "sent": sent or {}, "faults": faults or {}}
    return await run_in_threadpool(_page_of, request, status, shown, kept, actor, context)


def _page_of(
    request: Request, status: int, shown: Problem, kept: Iterable[SignOff], actor: Actor | None, context: dict[str, Any]
) -> HTMLResponse:
    """The page of a problem, which takes longer to make than other requests may wait."""
    state = state_of(request)
    ruleset = state.ruleset
    versions = versions_of(shown.rules, ruleset)
    requests = _by_rule(kept, versions, actor, state.settings)
    return page(
        request,
        "rules_of_problem.html.jinja",
        status=status,
        problem=shown,
        sections=by_problem.sections(shown, ruleset),
        offers=by_problem.offers(shown, ruleset),
        sources=tuple(by_problem.sources(shown, ruleset)),
        proofs=tuple(_proofs(state, shown)),
        structural=len(STRUCTURAL_SENTENCES),
        about=describe_ruleset(ruleset),
        versions=versions,
        version=version_of_all(versions),
        requests=requests,
        signed_as=_last_signed_as(requests),
        verdicts=VERDICTS,
        may_sign=actor is not None and actor.role == "clinician",
        **context,
    )


def _proofs(state: State, shown: Problem) -> Iterable[by_problem.ProofHere]:
    run = state.proofs
    run.start()
    return by_problem.proofs(shown, run.properties, state.ruleset, run.results, under_way=run.is_under_way)


def versions_of(rules: Iterable[Rule], ruleset: RuleSet) -> dict[str, str]:
    """The version of each of some rules."""
    return {rule.id: version_of(rule, ruleset) for rule in rules}


def _by_rule(
    kept: Iterable[SignOff], versions: Mapping[str, str], actor: Actor | None, settings: Settings
) -> dict[str | None, list[Shown]]:
    """Requests for sign-off by the rule that they are about, None for all rules, as ``actor`` sees them."""
    by_rule: dict[str | None, list[Shown]] = {}
    for request in kept:
        at = moment(local(parsed(request.at), settings))
        now = versions if request.rule is None else {request.rule: versions.get(request.rule)}
        mine = actor is not None and request.made_by == actor.id
        by_rule.setdefault(request.rule, []).append(Shown(request, at, request.versions != now, mine))
    return by_rule


def _last_signed_as(requests: Mapping[str | None, list[Shown]]) -> str:
    """The name under which whoever asks signed last; empty where they have not."""
    mine = [shown.request for listed in requests.values() for shown in listed if shown.mine]
    return max(mine, key=lambda request: request.at).signed_as if mine else ""


@router.get("/rules/print")
def print_rules(request: Request) -> HTMLResponse:
    """Every rule on one page, to print; made on a thread of its own, since it takes longer than a page may block."""
    ruleset = state_of(request).ruleset
    described = [
        (section, [describe_rule(rule, ruleset) for rule in section.rules]) for section in by_problem.problems(ruleset)
    ]
    return page(request, "print.html.jinja", problems=described, about=describe_ruleset(ruleset))


@router.get("/rules/{rule_id}")
async def rule(request: Request, rule_id: str) -> HTMLResponse:
    """One rule."""
    ruleset = state_of(request).ruleset
    wanted = next((rule for rule in ruleset.all_rules if rule.id == rule_id), None)
    if wanted is None:
        near = did_you_mean(rule_id, tuple(rule.id for rule in ruleset.all_rules))
        raise HTTPException(404, f"There is no rule `{rule_id}`. {near}".strip())
    shown: dict[str, Any] = {"rule": describe_rule(wanted, ruleset), "about": describe_ruleset(ruleset)}
    return page(request, "rule.html.jinja", **shown, problem=problem_of(ruleset, folder_of(wanted)))
