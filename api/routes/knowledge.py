"""Everything the engine knows: vocabulary, rules, sources, and the rule set about itself."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from api.request import state_of
from triage.model.faults import did_you_mean
from triage.model.written import Written, encode
from triage.presenting.as_data import describe_rule, describe_ruleset, describe_source, describe_vocabulary
from triage.presenting.descriptions import RulesDescription, SourcesDescription

router = APIRouter(prefix="/v1", tags=["Knowledge"])


def _json(described: Written) -> Response:
    return Response(encode(described), media_type="application/json")


@router.get("/vocabulary", summary="Every fact that may be asked")
async def vocabulary(request: Request) -> Response:
    """The facts in the order of the form, their groups, what contradicts what, and the instruments of the scores."""
    return _json(describe_vocabulary(state_of(request).ruleset))


@router.get("/rules", summary="Every rule")
async def rules(request: Request) -> Response:
    """All rules, also those that do not run, in order of id."""
    ruleset = state_of(request).ruleset
    return _json(RulesDescription(tuple(describe_rule(rule, ruleset) for rule in ruleset.all_rules)))


@router.get("/rules/{rule_id}", summary="One rule")
async def rule(request: Request, rule_id: str) -> Response:
    """One rule with its conditions as data and in words, reason, sources and examples."""
    ruleset = state_of(request).ruleset
    wanted = next((rule for rule in ruleset.all_rules if rule.id == rule_id), None)
    if wanted is None:
        known = tuple(rule.id for rule in ruleset.all_rules)
        raise HTTPException(404, f"There is no rule `{rule_id}`. {did_you_mean(rule_id, known)}".strip())
    return _json(describe_rule(wanted, ruleset))


@router.get("/sources", summary="Every source")
async def sources(request: Request) -> Response:
    """All sources that a rule may cite, with which rules do."""
    ruleset = state_of(request).ruleset
    return _json(SourcesDescription(tuple(describe_source(source, ruleset) for source in ruleset.sources.values())))


@router.get("/ruleset", summary="The rule set about itself")
async def ruleset(request: Request) -> Response:
    """Name, version, digest, review, source attributes, change log, and how many rules of which effect run."""
    return _json(describe_ruleset(state_of(request).ruleset))
