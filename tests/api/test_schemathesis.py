"""Requests generated from the published description: what is answered is what the description says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import CheckContext
from schemathesis.core.result import Ok
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.specs.openapi import checks

from api.app import create_app
from api.request import State, build_state
from api.storage.database import sqlite_address
from tests.api.signed_in import REVISION, Asker, Client, address, make_keys
from triage.settings import Settings

REFUSED_THOUGH_IT_FITS = {
    "contradiction", "not-given", "key-used-before", "not-storable", "not-asked", "taken", "not-a-cursor",
    "easily-guessed",
}  # fmt: skip
"""Codes of faults that no JSON Schema can say: answers that exclude each other, a NUL in a free object, a question that
one link does not ask, a login that is taken, a cursor that no page gave, a password that is easily guessed."""
OF_PARTS_TOGETHER = {
    "/v1/assessments/{id_}/decision": {"missing", "not-allowed"},
    "/v1/export": {"missing"},
    "/v1/erase": {"missing"},
}
"""The same for bodies whose parts depend on each other, as an override on its reason."""
CHECKS = (
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
)
PHASES = (Phase.explicit, Phase.generate)
QUICK = settings(
    max_examples=8, derandomize=True, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck)
)
DEEP = settings(QUICK, derandomize=False, max_examples=150)


@dataclass(frozen=True)
class Described:
    """A running service, and the operations that its description has."""

    client: ASGIClient
    operations: tuple[Any, ...]
    asker: Asker

    def answer(self, case: Case[Any]) -> None:
        """Send a request with the key that it needs; one that is meant well is about something that is there."""
        operation = case.operation
        if case.meta is not None and not case.meta.generation.mode.is_negative:
            parameters = self.asker.about(operation.path)
            if parameters:
                case.path_parameters = parameters
        headers = self.asker.headers(operation.method, operation.path)
        case.call_and_validate(session=cast("Any", self.client), headers=headers, checks=[*CHECKS, *OWN_CHECKS])


@pytest.fixture(scope="module")
def state() -> State:
    """What is made once; each test has a service of its own on it, since Schemathesis stops it after the test."""
    return build_state(Settings())


@pytest.fixture(scope="module")
def operations(state: State) -> tuple[Any, ...]:
    app = create_app(state=replace(state))
    for methods in app.openapi()["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)  # else headers are made in the place of the key that is sent
    listed = []
    for result in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations():
        assert isinstance(result, Ok), result
        listed.append(result.ok())
    return tuple(listed)


@pytest.fixture
def described(state: State, operations: tuple[Any, ...], tmp_path: Path) -> Iterator[Described]:
    settings_ = state.settings.model_copy(update={"database_url": sqlite_address(tmp_path / "records.sqlite")})
    keys = make_keys(settings_)
    with get_client(cast("Any", create_app(state=replace(state, settings=settings_)))) as client:
        yield Described(client, operations, Asker(cast("Client", client), keys))


def fails_nowhere(_context: CheckContext, response: Response, _case: Case[Any]) -> None:
    """Nothing that is sent makes the service fail."""
    assert response.status_code != 500, response.text


def lets_in_whoever_has_the_key(_context: CheckContext, response: Response, _case: Case[Any]) -> None:
    """The key of the role that an operation needs is enough."""
    assert response.status_code not in (401, 403), response.text


def refuses_nothing_that_fits(_context: CheckContext, response: Response, case: Case[Any]) -> None:
    """What fits the description is answered, unless it says two things that exclude each other."""
    if case.meta is None or case.meta.generation.mode.is_negative or response.status_code != 422:
        return
    codes = {fault["code"] for fault in response.json()["errors"]}
    assert codes <= REFUSED_THOUGH_IT_FITS | OF_PARTS_TOGETHER.get(case.operation.path, set()), response.text


OWN_CHECKS = (fails_nowhere, lets_in_whoever_has_the_key, refuses_nothing_that_fits)


def _tried(described: Described, mode: GenerationMode, profile: settings) -> int:
    """Send generated requests to every operation, and give how many. Its plugin for pytest does not know pytest 9.2."""
    tried = 0
    for operation in described.operations:
        if mode.is_negative and not _can_be_wrong(operation):
            continue

        @profile
        @given(operation.as_strategy(generation_mode=mode))
        def holds(case: Case[Any]) -> None:
            nonlocal tried
            tried += 1
            described.answer(case)

        holds()
    return tried


def _can_be_wrong(operation: Any) -> bool:
    """Whether anything can be sent that does not fit. A query of free text, `?after=`, always does."""
    return bool(operation.body or operation.headers or (operation.query and operation.path != "/v1/rerate"))


@pytest.mark.parametrize("mode", GenerationMode)
def test_what_is_answered_is_what_is_described(described: Described, mode: GenerationMode) -> None:
    assert _tried(described, mode, QUICK)


def test_the_example_of_every_operation_is_answered(described: Described) -> None:
    """Each operation is reached and does what it is for: not only refusals are held to the description."""
    for operation in described.operations:
        method, path = operation.method, operation.path
        content = operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json", {})
        examples = [example["value"] for example in content.get("examples", {}).values()]
        examples = examples or [content.get("example")]
        for example in examples:
            where = address(path, described.asker.about(path))
            headers = described.asker.headers(method, path) | REVISION
            response = described.asker.client.request(method.upper(), where, json=example, headers=headers)
            assert response.status_code in (200, 201, 204), (method, path, response.text)
            assert str(response.status_code) in operation.definition.raw["responses"], (method, path)


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_what_is_answered_is_what_is_described_in_thousands_of_cases(described: Described) -> None:
    assert sum(_tried(described, mode, DEEP) for mode in GenerationMode) >= 5_000
