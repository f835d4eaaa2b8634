"""The OpenAPI description: a referral from the vocabulary, answers from their types, examples from the engine."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import to_builtins
from msgspec.structs import replace

from api import openapi_people, openapi_records
from api.people.asking import SESSION_COOKIE
from api.request import State
from api.routes.operations import Alive, Ready
from triage.analysis.explained import Explained
from triage.answer.model import Answer, RuleSetUsed
from triage.model.written import Written, schemas
from triage.presenting.as_data import describe_rule, describe_ruleset, describe_source, describe_vocabulary
from triage.presenting.descriptions import (
    RuleDescription,
    RulesDescription,
    RuleSetDescription,
    SourcesDescription,
    VocabularyDescription,
)
from triage.presenting.problems import Problem, failed, refusal
from triage.reading.referral import RefusedReferral

_EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "after_birth": (
        "Depression after a birth, the safety questions not yet asked",
        {
            "reference": "REF-0142",
            "facts": {"age_years": 29, "perinatal_status": "postpartum", "major_depression": "current"},
        },
    ),
    "danger": (
        "Suicidal intent: on hold, a clinician now",
        {"reference": "REF-0143", "facts": {"age_years": 41, "suicidal_thoughts": "plan_or_intent"}},
    ),
    "substance_use": (
        "Substance use as the problem to be treated",
        {"reference": "REF-0144", "facts": {"age_years": 35, "primary_problem": "substance_use"}},
    ),
}
_EXPLAINED = _EXAMPLES["substance_use"][1]
_MISSPELT = {"facts": {"age_year": 29}}
_TAKES_REFERRAL = ("/v1/evaluate", "/v1/explain")
_BODIES: dict[str, type[Written]] = {
    "/v1/evaluate": Answer,
    "/v1/explain": Explained,
    "/v1/vocabulary": VocabularyDescription,
    "/v1/rules": RulesDescription,
    "/v1/rules/{rule_id}": RuleDescription,
    "/v1/sources": SourcesDescription,
    "/v1/ruleset": RuleSetDescription,
    "/healthz": Alive,
    "/readyz": Ready,
}
"""What each address answers with; the description's schemas are made from these types."""
_OPERATIONS = openapi_records.OPERATIONS | openapi_people.OPERATIONS
"""What only those may ask for who signed in."""
_SIGNED_IN = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key."},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "Signed in by the page."},
}


def describe(app: FastAPI, state: State) -> dict[str, Any]:
    """Make the description; its examples are answered by the running engine, so they can't be out of date."""
    described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    referral = state.reader.referral_model.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = described.setdefault("components", {}).setdefault("schemas", {})
    parts |= referral.pop("$defs", {})
    parts["Referral"] = referral
    parts |= schemas((Problem, *_BODIES.values(), *openapi_records.types(_OPERATIONS)))
    described["components"]["securitySchemes"] = _SIGNED_IN
    examples = openapi_records.Examples(state)
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if (method, path) in _OPERATIONS:
                _describe_record_operation(_OPERATIONS[method, path], operation, state, examples)
            else:
                _describe_operation(path, method, operation, state)
    return described


def _describe_operation(path: str, method: str, operation: dict[str, Any], state: State) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    responses["200"]["content"] = {"application/json": {"schema": _ref(_BODIES[path]), **_examples(path, state)}}
    responses["500"] = _problem("The service failed; a person takes over", failed(RuntimeError()))
    if path == "/readyz":
        responses["503"] = _problem("Not ready")
    if "{" in path:
        responses["404"] = _problem("Not found")
    if method == "post" and path in _TAKES_REFERRAL:
        _describe_referral(operation, state)


def _describe_record_operation(
    record_operation: openapi_records.Operation,
    operation: dict[str, Any],
    state: State,
    examples: openapi_records.Examples,
) -> None:
    openapi_records.describe(operation, record_operation, examples)
    if record_operation.needs_sign_in:
        operation["security"] = [{name: []} for name in _SIGNED_IN]
        operation["responses"]["401"] = _problem("Nobody signed in, or the key can't be used")
        operation["responses"]["403"] = _problem("The asker may not do this")
    operation["responses"]["500"] = _problem("The service failed; a person takes over", failed(RuntimeError()))
    if record_operation.takes == "Referral":
        _describe_referral(operation, state)


def _describe_referral(operation: dict[str, Any], state: State) -> None:
    """Add what is sent, and how it is refused."""
    examples = {name: {"summary": summary, "value": value} for name, (summary, value) in _EXAMPLES.items()}
    content = {"schema": {"$ref": "#/components/schemas/Referral"}, "examples": examples}
    operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    responses = operation["responses"]
    responses["400"] = _problem("Not JSON")
    responses["413"] = _problem("Too large")
    responses["408"] = _problem("The body came too slowly")
    responses["503"] = _problem("Too many referrals are being answered; a person takes over")
    responses["422"] = _problem("Something in the referral can't be answered", _refusal(state))


def _ref(type_: type[Written]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{type_.__name__}"}


def _problem(description: str, example: Problem | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _ref(Problem)}
    if example is not None:
        content["example"] = to_builtins(example)
    return {"description": description, "content": {"application/problem+json": content}}


def _examples(path: str, state: State) -> dict[str, Any]:
    """What an address answers: to every example referral, or one example, with the first entry alone of a long list."""
    if path != "/v1/evaluate":
        return {"example": to_builtins(_example(path, state))}
    answers = {}
    for name, (summary, referral) in _EXAMPLES.items():
        answer = state.assessor.assess(state.reader.read(referral))
        answers[name] = {"summary": summary, "value": to_builtins(answer)}
    return {"examples": answers}


def _example(path: str, state: State) -> Written:
    ruleset = state.ruleset
    rule = describe_rule(ruleset.all_rules[0], ruleset)
    match path:
        case "/v1/explain":
            return _explained(state)
        case "/v1/vocabulary":
            whole = describe_vocabulary(ruleset)
            return replace(
                whole,
                groups=whole.groups[:1],
                facts=whole.facts[:1],
                constraints=whole.constraints[:1],
                said_by=whole.said_by[:1],
                instruments=whole.instruments[:1],
            )
        case "/v1/rules":
            return RulesDescription((rule,))
        case "/v1/rules/{rule_id}":
            return rule
        case "/v1/sources":
            return SourcesDescription((describe_source(next(iter(ruleset.sources.values())), ruleset),))
        case "/v1/ruleset":
            return describe_ruleset(ruleset)
        case "/readyz":
            return Ready("ready", RuleSetUsed(ruleset.name, ruleset.version, ruleset.digest))
        case "/healthz":
            return Alive("ok")
    raise AssertionError(f"{path} has no example")


def _explained(state: State) -> Explained:
    from triage.analysis.counterfactual import Explorer  # here, so that a service starts without the solver

    return Explorer(state.ruleset).explain(state.reader.read(_EXPLAINED))


def _refusal(state: State) -> Problem:
    try:
        state.reader.read(_MISSPELT)
    except RefusedReferral as refused:
        return refusal(refused, reference=refused.reference)
    raise AssertionError("a misspelt fact was let in")
