"""The description of the service says of records what they are."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import Draft202012Validator

from api.openapi_records import OPERATIONS
from tests.api.conftest import client as client
from tests.records.conftest import Service
from triage.model.written import Written


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    description: dict[str, Any] = client.get("/openapi.json").json()
    return description


def fits(described: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator({**schema, "components": described["components"]}).validate(value)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_has_closed_types_with_examples_that_fit(
    described: dict[str, Any], method: str, path: str
) -> None:
    operation, wanted = described["paths"][path][method], OPERATIONS[method, path]
    contents = [operation["requestBody"]["content"]["application/json"]] if wanted.takes else []
    if wanted.gives is not None:
        contents.append(operation["responses"][str(wanted.status)]["content"]["application/json"])
    for content in contents:
        examples = content.get("examples", {"only": {"value": content.get("example")}})
        for example in examples.values():
            fits(described, content["schema"], example["value"])
        if isinstance(wanted.takes, type) and issubclass(wanted.takes, Written):
            schema = described["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
            assert (schema["additionalProperties"], bool(schema["description"])) == (False, True)


def test_what_is_answered_fits_its_schema(described: dict[str, Any], service: Service) -> None:
    def schema(method: str, path: str, status: str = "200") -> Any:
        return described["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]

    created = service.post("/v1/assessments", {"facts": {"lean": "falling"}})
    fits(described, schema("post", "/v1/assessments", "201"), created.json())
    fits(described, schema("get", "/v1/assessments/{id_}"), service.get(created.headers["location"]).json())
    fits(described, schema("get", "/v1/assessments"), service.get("/v1/assessments").json())
