"""Requests generated from the published description: what is answered is what the description says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from api.storage.database import sqlite_address
from triage.settings import Settings

REFUSED_THOUGH_IT_FITS = {"contradiction", "not-given", "key-used-before"}
"""Codes of faults that no JSON Schema can say, as that two answers exclude each other."""
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
QUICK = settings(max_examples=8, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
DEEP = settings(QUICK, max_examples=600)


@dataclass(frozen=True)
class Described:
    """A running service, and the operations that its description has."""

    client: ASGIClient
    operations: tuple[Any, ...]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    """A service with a database of its own, started once: it can't be used after it was stopped."""
    database = sqlite_address(tmp_path_factory.mktemp("records") / "records.sqlite")
    app = create_app(Settings(database_url=database))
    description = schemathesis.openapi.from_asgi("/openapi.json", app)
    app = create_app(Settings(database_url=database))
    operations = []
    for result in description.get_all_operations():
        assert isinstance(result, Ok), result
        operations.append(result.ok())
    with get_client(cast("Any", app)) as client:
        yield Described(client, tuple(operations))


def fails_nowhere(_context: CheckContext, response: Response, _case: Case[Any]) -> None:
    """Nothing that is sent makes the service fail."""
    assert response.status_code != 500, response.text


def refuses_nothing_that_fits(_context: CheckContext, response: Response, case: Case[Any]) -> None:
    """What fits the description is answered, unless it says two things that exclude each other."""
    if case.meta is None or case.meta.generation.mode.is_negative or response.status_code != 422:
        return
    codes = {fault["code"] for fault in response.json()["errors"]}
    assert codes <= REFUSED_THOUGH_IT_FITS, response.text


def _tried(described: Described, mode: GenerationMode, profile: settings) -> int:
    """Send generated requests to every operation, and give how many. Its plugin for pytest does not know pytest 9.2."""
    tried = 0
    for operation in described.operations:
        if mode.is_negative and not (operation.body or operation.query or operation.headers):
            continue

        @profile
        @given(operation.as_strategy(generation_mode=mode))
        def holds(case: Case[Any]) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(session=described.client, checks=[*CHECKS, fails_nowhere, refuses_nothing_that_fits])

        holds()
    return tried


@pytest.mark.parametrize("mode", GenerationMode)
def test_what_is_answered_is_what_is_described(described: Described, mode: GenerationMode) -> None:
    assert _tried(described, mode, QUICK)


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_what_is_answered_is_what_is_described_in_thousands_of_cases(described: Described) -> None:
    assert sum(_tried(described, mode, DEEP) for mode in GenerationMode) >= 5_000
