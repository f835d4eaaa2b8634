"""The OpenAPI description: the referral's schema from the vocabulary, and worked examples answered by the engine."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import to_builtins

from api.request import State
from triage.presenting.problems import refusal
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
_MISSPELT = {"facts": {"age_year": 29}}
_TAKES_REFERRAL = ("/v1/evaluate", "/v1/explain")


def describe(app: FastAPI, state: State) -> dict[str, Any]:
    """Make the description; its examples are answered by the running engine, so they can't be out of date."""
    found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schema = state.reader.referral_model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas |= schema.pop("$defs", {})
    schemas["Referral"] = schema
    schemas["Problem"] = _PROBLEM
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _describe_operation(path, method, operation, state)
    return found


def _describe_operation(path: str, method: str, operation: dict[str, Any], state: State) -> None:
    problem_content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = operation["responses"]
    responses.pop("422", None)
    responses["500"] = {"description": "The service failed; a person takes over", "content": problem_content}
    if method != "post" or path not in _TAKES_REFERRAL:
        if "{" in path:
            responses["404"] = {"description": "Not found", "content": problem_content}
        return
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Referral"},
                "examples": {name: {"summary": said, "value": value} for name, (said, value) in _EXAMPLES.items()},
            }
        },
    }
    if path == "/v1/evaluate":
        answers = {name: {"summary": said, "value": _answer(value, state)} for name, (said, value) in _EXAMPLES.items()}
        responses["200"]["content"] = {"application/json": {"schema": {"type": "object"}, "examples": answers}}
    for status, said in (("400", "Not JSON"), ("413", "Too large")):
        responses[status] = {"description": said, "content": problem_content}
    refused = {"application/problem+json": problem_content["application/problem+json"] | {"example": _refusal(state)}}
    responses["422"] = {"description": "Something in the referral can't be answered", "content": refused}


def _answer(example: dict[str, Any], state: State) -> dict[str, Any]:
    answered: dict[str, Any] = to_builtins(state.assessor.assess(state.reader.read(example)))
    return answered


def _refusal(state: State) -> dict[str, Any]:
    try:
        state.reader.read(_MISSPELT)
    except RefusedReferral as refused:
        problem: dict[str, Any] = to_builtins(refusal(refused))
        return problem
    raise AssertionError("a misspelt fact was let in")


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "reference": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer (RFC 6901) of the field"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "given": {},
                    "allowed": {"type": "string"},
                    "near_match": {"type": "string"},
                },
            },
        },
        "hand_over": {
            "type": "object",
            "description": "Given when the engine failed: a person takes over",
            "properties": {"urgency": {"type": "string"}, "action": {"type": "string"}},
        },
    },
}
