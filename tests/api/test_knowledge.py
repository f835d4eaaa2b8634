"""What the service tells of itself: vocabulary, rules, sources, description, health."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from tests.conftest import RULES
from triage.model.faults import FaultyRuleSet
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.presenting.problems import HAND_OVER
from triage.settings import Settings


def test_the_vocabulary_is_told_whole(client: TestClient, ruleset: RuleSet) -> None:
    vocabulary = client.get("/v1/vocabulary").json()
    assert [fact["name"] for fact in vocabulary["facts"]] == [fact.name for fact in ruleset.vocabulary]
    age = next(fact for fact in vocabulary["facts"] if fact["name"] == "age_years")
    assert (age["min"], age["max"], age["unit"]) == (0, 120, "years")
    problem = next(fact for fact in vocabulary["facts"] if fact["name"] == vocabulary["leading_fact"])
    about = {value["id"]: value.get("about") for value in problem["values"]}
    assert about["trauma"] == {
        "targets": ["ptsd"],
        "also_remitted": False,
        "when_no_target_is_supported": "all_lead_capped",
    }
    assert about["staying_well"]["also_remitted"] is True
    speakers = {speaker["id"]: speaker for speaker in vocabulary["said_by"]}
    assert speakers["relative"]["why"] == "said by a relative"
    assert vocabulary["clouded_while"][1]["when"] == {"medical_red_flags": {"includes_any": ["delirium"]}}
    assert (vocabulary["not_a_condition_beside"], vocabulary["outside"]) == (
        ["adjustment_disorder"],
        ["condition_not_listed"],
    )


def test_every_score_names_its_instrument_with_its_cut_points_and_sources(client: TestClient, ruleset: RuleSet) -> None:
    vocabulary = client.get("/v1/vocabulary").json()
    instruments = {instrument["id"]: instrument for instrument in vocabulary["instruments"]}
    scores = [fact for fact in vocabulary["facts"] if fact["group"] == "scores"]
    assert {fact["instrument"] for fact in scores} == instruments.keys() == ruleset.instruments.keys()
    assert not any("instrument" in fact for fact in vocabulary["facts"] if fact["group"] != "scores")
    for instrument in instruments.values():
        assert all(instrument[part] for part in ("title", "measures", "facts", "valid_for", "licence", "cut_points"))
        assert all(cut["when_in_words"] and cut["sources"] for cut in instrument["cut_points"])
    phq9 = instruments["phq9"]
    assert (phq9["facts"], phq9["range"]) == (["phq9_total", "phq9_item9"], [0, 27])
    cutting = {cut["rule"] for cut in phq9["cut_points"]}
    assert cutting >= {"phq9-adolescent", "phq9-adult", "phq9-item-nine-positive", "phq9-severe"}


def test_every_rule_is_told_and_can_be_read_alone(client: TestClient, ruleset: RuleSet) -> None:
    rules = client.get("/v1/rules").json()["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in ruleset.all_rules]
    for rule in (rules[0], rules[len(rules) // 2], rules[-1]):
        assert client.get(f"/v1/rules/{rule['id']}").json() == rule


def test_a_misspelt_rule_is_answered_with_the_near_one(client: TestClient, ruleset: RuleSet) -> None:
    id_ = ruleset.all_rules[0].id
    problem = client.get(f"/v1/rules/{id_}x").json()
    assert problem["detail"] == f"There is no rule `{id_}x`. Did you mean `{id_}`?"


def test_the_rule_set_says_that_it_awaits_review(client: TestClient) -> None:
    described = client.get("/v1/ruleset").json()
    assert described["rules"]["reviewed"] == 0
    assert described["digest"].startswith("sha256:")
    assert described["intended_use"]


def test_the_description_has_every_fact_with_its_values(client: TestClient, ruleset: RuleSet) -> None:
    described = client.get("/openapi.json").json()
    facts = described["components"]["schemas"]["Facts"]["properties"]
    assert set(facts) == set(ruleset.vocabulary.facts)
    age = next(schema for schema in facts["age_years"]["anyOf"] if schema.get("type") == "integer")
    assert (age["minimum"], age["maximum"]) == (0, 120)
    mood = next(schema for schema in facts["major_depression"]["anyOf"] if "enum" in schema)
    assert mood["enum"] == ["absent", "suspected", "current", "remitted", "unknown"]
    examples = described["paths"]["/v1/evaluate"]["post"]["responses"]["200"]["content"]["application/json"]["examples"]
    assert examples["danger"]["value"]["suitability"]["rating"] == "on_hold"
    assert examples["substance_use"]["value"]["suitability"]["could_become"] == ["not_recommended"]


def test_health_and_readiness(client: TestClient, ruleset: RuleSet) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["ruleset"]["digest"] == ruleset.digest


def test_a_service_that_cannot_answer_is_not_ready() -> None:
    app = create_app()
    object.__setattr__(app.state.service.assessor, "live", _Broken())
    answered = TestClient(app).get("/readyz")
    assert answered.status_code == 503
    assert answered.json()["title"] == "Not ready"
    assert "can't be answered: EngineFailure(" in answered.json()["detail"]
    assert "the engine stopped" in answered.json()["detail"]


def test_a_wrong_address_or_method_is_a_problem(client: TestClient) -> None:
    nothing = client.get("/v1/nothing")
    assert (nothing.status_code, nothing.json()["detail"]) == (404, "There is nothing at /v1/nothing.")
    method = client.put("/v1/evaluate")
    assert (method.status_code, method.json()["detail"]) == (405, "/v1/evaluate does not take PUT.")


def test_a_service_with_a_broken_rule_does_not_start_and_says_which(tmp_path: Path) -> None:
    for path in RULES.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "limits").mkdir()
    (tmp_path / "limits" / "broken.yaml").write_text("id: broken\n\ttitle: no\n", encoding="utf-8")
    with pytest.raises(FaultyRuleSet, match=r"limits/broken\.yaml:2:1: There is a tab in the indentation"):
        create_app(Settings(rules=tmp_path))


class _Forgetful:
    """A live engine that says that nothing fired."""

    def fired(self, answers: Answers) -> frozenset[str]:
        return frozenset()


class _Broken:
    def fired(self, answers: Answers) -> frozenset[str]:
        raise RuntimeError("the engine stopped")


@pytest.mark.parametrize(("live", "title"), [(_Forgetful(), "The engines disagree"), (_Broken(), "The service failed")])
def test_a_failure_of_an_engine_is_handed_to_a_person(live: object, title: str) -> None:
    app = create_app()
    object.__setattr__(app.state.service.assessor, "live", live)
    answered = TestClient(app, raise_server_exceptions=False).post(
        "/v1/evaluate", json={"facts": {"suicidal_thoughts": "plan_or_intent"}}
    )
    assert answered.status_code == 500
    problem = answered.json()
    assert problem["title"] == title
    assert problem["detail"].endswith(HAND_OVER)
    assert problem["urgency"]["level"] == "emergency", "a plan, and the means not asked about"
    assert problem["urgency"]["could_become"] == ["emergency"]
    assert "suitability" not in problem
