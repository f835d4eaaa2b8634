"""The generated pages against the rule set that they come from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from triage.cli import app
from triage.docs import coverage, write
from triage.ruleset import RuleSet


@pytest.fixture(scope="module")
def written(ruleset: RuleSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("document")
    write(ruleset, folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> TestClient:
    return TestClient(create_app(), headers={"Accept": "text/html"})


def test_every_rule_has_its_page_with_its_reason_and_sources(written: Path, ruleset: RuleSet) -> None:
    for rule in ruleset.all_rules:
        page = (written / f"{rule.id}.html").read_text(encoding="utf-8")
        assert rule.because.split("'")[0].split('"')[0].split("&")[0] in page
        assert page.count("<li>") >= len(rule.sources) + len(rule.examples)
        assert "Awaiting clinical sign-off." in page


def test_every_link_leads_somewhere(written: Path) -> None:
    for path in written.glob("*.html"):
        for target in re.findall(r'href="([^"]+)"', path.read_text(encoding="utf-8")):
            if target.startswith("#"):
                assert f'id="{target[1:]}"' in path.read_text(encoding="utf-8")
            else:
                assert (written / target).is_file(), (path.name, target)


def test_the_printable_document_has_each_rule_once(written: Path, ruleset: RuleSet) -> None:
    text = (written / "all.html").read_text(encoding="utf-8")
    for rule in ruleset.all_rules:
        assert text.count(f'<section class="rule" id="{rule.id}">') == 1


def test_the_same_rules_give_the_same_bytes(written: Path, ruleset: RuleSet, tmp_path: Path) -> None:
    write(ruleset, tmp_path)
    for path in written.glob("*.html"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_no_claim_of_the_page_is_without_a_place(ruleset: RuleSet) -> None:
    assert [each.id for each in coverage(ruleset) if not each.is_covered] == []


def test_the_command_writes_it(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["docs", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert (tmp_path / "out" / "index.html").is_file()


@pytest.mark.parametrize(
    "address", ["/rules", "/rules/sources", "/rules/claims", "/rules/print", "/about", "/docs", "/worklist"]
)
def test_a_page_to_read_is_there(address: str, browser: TestClient) -> None:
    page = browser.get(address)
    assert page.status_code == 200
    assert "Not a medical device" in page.text


def test_rules_are_found_by_word_and_effect(browser: TestClient, ruleset: RuleSet) -> None:
    found = browser.get("/rules", params={"q": "bulimia", "effect": "supports"}).text
    assert "bulimia-after-cbt" in found
    assert "suicidal-plan-or-intent" not in found
    assert "0 rules." in browser.get("/rules", params={"q": "xyzzy"}).text


def test_the_pages_show_every_source_and_every_disagreement(browser: TestClient, ruleset: RuleSet) -> None:
    sources = browser.get("/rules/sources").text
    assert all(f'id="{each}"' in sources for each in ruleset.sources)
    about = browser.get("/about").text
    assert about.count("<strong>Decided:</strong>") == len(ruleset.about["disagreements"])
    assert about.count("govuk-summary-list__row") == 13


def test_a_rule_that_is_not_there_is_answered_with_the_near_one(browser: TestClient) -> None:
    page = browser.get("/rules/bulimia-after-cbtt")
    assert page.status_code == 404
    assert "Did you mean `bulimia-after-cbt`?" in page.text
