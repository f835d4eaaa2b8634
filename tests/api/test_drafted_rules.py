"""A draft that cites what is not there locks nobody out: every page and route about rules shows it as it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from tests.conftest import FIXTURE_RULES
from triage.settings import Settings

UNKNOWN = "  - {id: nowhere}\n  - {id: clinic-page, claim: S9}\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("drafted")
    shutil.copytree(FIXTURE_RULES, folder / "rules")
    draft = folder / "rules" / "care" / "old-wounds-drafted.yaml"
    text = draft.read_text(encoding="utf-8")
    draft.write_text(text.replace("sources:\n", f"sources:\n{UNKNOWN}"), encoding="utf-8")
    settings = Settings(rules=folder / "rules", database_url=f"sqlite:///{folder}/records.sqlite")
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as started:
        yield started


@pytest.mark.parametrize("path", ["/v1/rules", "/v1/rules/old-wounds-drafted"])
def test_its_source_is_told_as_not_there(path: str, client: TestClient) -> None:
    response = client.get(path)
    assert response.status_code == 200
    rules = response.json().get("rules", [response.json()])
    (draft,) = [rule for rule in rules if rule["id"] == "old-wounds-drafted"]
    assert draft["sources"][:2] == [
        {
            "id": "nowhere",
            "kind": "unknown",
            "verified": False,
            "citation": "nowhere, which is not in sources.yaml",
        },
        {
            "id": "clinic-page",
            "kind": "service-page",
            "verified": True,
            "citation": "The tree clinic's own page.",
            "claim": "S9",
        },
    ]


PAGES = ("/rules", "/rules/old-wounds-drafted", "/rules/print", "/rules/sources", "/rules/claims")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_about_rules_is_shown(path: str, client: TestClient) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    if path in ("/rules/old-wounds-drafted", "/rules/print"):
        assert "nowhere, which is not in sources.yaml" in response.text
