"""The description of the service: what it says of its bodies is what it answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import Draft202012Validator, meta

from api import openapi_people, openapi_records
from api.records.worklist import FILTERS, STATUSES
from bench.referrals import as_request, complete_referrals, partial_referrals
from triage.model.ruleset import RuleSet

FIRST = json.loads((Path(__file__).resolve().parents[2] / "examples" / "first-referral.json").read_text())
ADDRESSES = (
    "/v1/evaluate", "/v1/explain", "/v1/vocabulary", "/v1/rules", "/v1/rules/{rule_id}", "/v1/sources", "/v1/ruleset",
    "/healthz", "/readyz",
)  # fmt: skip


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    description: dict[str, Any] = client.get("/openapi.json").json()
    return description


def _check(described: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    """Fail unless the value is what the published schema says. An object with a key that it does not name fails too."""
    Draft202012Validator({**schema, "components": described["components"]}).validate(value)


def _success(described: dict[str, Any], address: str) -> dict[str, Any]:
    (operation,) = described["paths"][address].values()
    content: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]
    return content


def test_every_address_is_described(described: dict[str, Any]) -> None:
    assert set(described["paths"]) == {
        *ADDRESSES,
        *(path for _, path in openapi_records.OPERATIONS | openapi_people.OPERATIONS),
    }
    for schema in described["components"]["schemas"].values():
        meta.validate(schema)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_body_has_a_closed_schema_and_examples_that_fit_it(described: dict[str, Any], address: str) -> None:
    content = _success(described, address)
    schema = described["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
    assert schema["additionalProperties"] is False
    assert schema["description"]
    examples = (
        [example["value"] for example in content["examples"].values()]
        if "examples" in content
        else [content["example"]]
    )
    for example in examples:
        _check(described, content["schema"], example)


@pytest.mark.parametrize("address", [address for address in ADDRESSES if not address.startswith("/v1/e")])
def test_what_is_read_fits_its_schema(client: TestClient, described: dict[str, Any], address: str) -> None:
    (rule, *_) = client.get("/v1/rules").json()["rules"]
    body = client.get(address.replace("{rule_id}", rule["id"])).json()
    _check(described, _success(described, address)["schema"], body)


def test_generated_answers_fit_their_schema(client: TestClient, described: dict[str, Any], ruleset: RuleSet) -> None:
    held: dict[str, Any] = {"facts": {"suicidal_thoughts": "plan_or_intent", "major_depression": "current"}}
    generated = [
        *complete_referrals(ruleset, 15),
        *partial_referrals(ruleset, 5, 0.3),
        *partial_referrals(ruleset, 5, 0.9),
    ]
    referrals = [FIRST, {"facts": {}}, held, *(as_request(ruleset, facts) for facts in generated)]
    answers = [client.post("/v1/evaluate", json=referral).json() for referral in referrals]
    for answer in answers:
        _check(described, _success(described, "/v1/evaluate")["schema"], answer)
    assert any(answer["course"] for answer in answers)
    assert {answer["suitability"]["rating"] == "on_hold" for answer in answers} == {True, False}
    assert {bool(answer["unanswered"]) for answer in answers} == {True, False}


def test_what_would_change_a_rating_fits_its_schema(client: TestClient, described: dict[str, Any]) -> None:
    explained = client.post("/v1/explain", json={"facts": {"age_years": 24, "bulimia_nervosa": "current"}}).json()
    assert any(other["changes"] for other in explained["other_ratings"])
    _check(described, _success(described, "/v1/explain")["schema"], explained)


@pytest.mark.parametrize(
    "content", ["", "[", '{"facts": {"age_year": 3}}', '{"facts": {"phq9_total": 1, "phq9_item9": 2}}', "x" * 300_000]
)
@pytest.mark.parametrize("address", ["/v1/evaluate", "/v1/explain"])
def test_a_refusal_fits_the_schema_of_its_status(
    client: TestClient, described: dict[str, Any], address: str, content: str
) -> None:
    refused = client.post(address, content=content)
    responses = described["paths"][address]["post"]["responses"]
    _check(
        described, responses[str(refused.status_code)]["content"]["application/problem+json"]["schema"], refused.json()
    )


def test_every_filter_of_the_worklist_is_described(described: dict[str, Any], ruleset: RuleSet) -> None:
    parameters = {part["name"]: part for part in described["paths"]["/v1/assessments"]["get"]["parameters"]}
    assert tuple(parameters) == FILTERS
    assert all(part["in"] == "query" and part["description"] for part in parameters.values())
    assert parameters["urgency"]["schema"]["enum"] == list(ruleset.scales.urgency_ids)
    assert parameters["status"]["schema"]["items"]["enum"] == list(STATUSES)
