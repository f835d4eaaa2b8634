"""``POST /v1/explain`` and ``triage explain``."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from triage.analysis.counterfactual import Explorer
from triage.cli import app

BULIMIA = {"reference": "R-9", "facts": {"age_years": 24, "bulimia_nervosa": "current", "cbt_history": "not_tried"}}


def test_the_service_explains_every_other_rating(client: TestClient) -> None:
    explained = client.post("/v1/explain", json=BULIMIA).json()
    assert explained["reference"] == "R-9"
    assert explained["rating_so_far"] == "possible"
    assert {other["rating"] for other in explained["other_ratings"]} == {
        "not_recommended", "no_indication", "suitable", "recommended",
    }  # fmt: skip
    suitable = next(other for other in explained["other_ratings"] if other["rating"] == "suitable")
    assert suitable["proved"]
    assert suitable["why_not"]["lacking"]


def test_the_service_refuses_what_it_refuses_elsewhere(client: TestClient) -> None:
    refused = client.post("/v1/explain", json={"facts": {"age_year": 3}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["near_match"] == "age_years"


def test_the_command_says_it_in_words() -> None:
    result = CliRunner().invoke(app, ["explain", "-"], input=json.dumps(BULIMIA), env={"COLUMNS": "160"})
    assert result.exit_code == 0
    assert "Rating so far: Possible" in result.stdout
    assert "No indication: nothing that could still be answered or changed gives this." in result.stdout


def test_the_command_tells_nothing_of_the_rating_on_hold() -> None:
    given = json.dumps({"facts": {"suicidal_thoughts": "plan_or_intent"}})
    result = CliRunner().invoke(app, ["explain", "-"], input=given)
    assert "On hold: safety first." in result.stdout
    assert "Recommended" not in result.stdout


def test_the_command_says_first_how_urgent_a_refused_referral_is() -> None:
    facts = {"suicidal_thoughts": "plan_or_intent", "means_within_reach": "yes", "age_year": 3}
    given = json.dumps([{"reference": "R-1", "facts": facts}, BULIMIA])
    result = CliRunner().invoke(app, ["explain", "--json", "-"], input=given)
    refused, explained = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 2
    assert refused["error"]["urgency"]["level"] == "emergency"
    assert explained["reference"] == "R-9"
    assert result.stderr.startswith("standard input (R-1): Urgency: Emergency. ")
    assert result.stderr.endswith("Refused. /facts/age_year: `age_year` is not a fact. Did you mean `age_years`?\n")


def test_a_failure_to_explain_is_handed_over_with_its_urgency(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("no solver")

    monkeypatch.setattr(Explorer, "explain", broken)
    given = json.dumps({"reference": "R-2", "facts": {"untreated_overdose_or_injury": "yes"}})
    result = CliRunner().invoke(app, ["explain", "--json", "-"], input=given)
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["urgency"]["level"] == "emergency"
    assert result.stderr.startswith("standard input (R-2): Urgency: Emergency. ")
    assert "no solver" not in result.stdout


def test_the_proofs_are_shown_once_they_are_made(client: TestClient) -> None:
    first = client.get("/proofs")
    assert first.status_code == 200
    service = client.app.state.service  # type: ignore[attr-defined]  # FastAPI's own
    service.proofs.wait(60)
    shown = client.get("/proofs").text
    holding = sum(proof.holds is True for proof in service.proofs.proofs)
    assert f"{holding} of {len(service.proofs.proofs)} hold." in shown
    assert "Where substance use is what is to be treated, IPT is never rated above" in shown
