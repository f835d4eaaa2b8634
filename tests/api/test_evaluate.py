"""``POST /v1/evaluate``: what a referring provider's system gets back, for good input and bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from triage.model.ruleset import RuleSet

FIRST = json.loads((Path(__file__).resolve().parents[2] / "examples" / "first-referral.json").read_text())
PROBLEM = "application/problem+json"


def _evaluate(client: TestClient, data: Any) -> dict[str, Any]:
    response = client.post("/v1/evaluate", json=data)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert isinstance(answer, dict)
    return answer


def _refused(client: TestClient, content: str | bytes, status: int) -> dict[str, Any]:
    response = client.post("/v1/evaluate", content=content)
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM)
    problem = response.json()
    assert isinstance(problem, dict)
    assert problem["status"] == status
    return problem


def test_the_first_referral_of_the_readme(client: TestClient) -> None:
    answer = _evaluate(client, FIRST)
    assert answer["reference"] == "REF-0142"
    assert answer["urgency"]["level"] == "routine"
    assert answer["urgency"]["respond_within"] == {"business_days": 10}
    assert answer["urgency"]["missing"] == []
    assert answer["suitability"]["rating"] == "recommended"
    assert answer["suitability"]["for"] == ["major_depression"]
    assert {"format": "telephone", "stance": "suited"}.items() <= answer["formats"][-1].items() or any(
        stance["format"] == "telephone" and stance["stance"] == "suited" for stance in answer["formats"]
    )
    assert [area["area"] for area in answer["focus"]] == ["role_transition"]
    assert answer["course"]["cost_usd"]["low"] == 150 * answer["course"]["sessions"][0]
    assert answer["unanswered"], "there are questions left that can change this rating"


def test_every_reason_has_a_source_that_the_service_knows(client: TestClient, ruleset: RuleSet) -> None:
    known = {source["id"] for source in client.get("/v1/sources").json()["sources"]}
    for facts in ({}, FIRST["facts"], {"suicidal_thoughts": "plan_or_intent"}, {"primary_problem": "substance_use"}):
        for reason in _evaluate(client, {"facts": facts})["reasons"]:
            assert reason["sources"], reason["rule"]
            assert {source["id"] for source in reason["sources"]} <= known


def test_the_same_referral_gives_the_same_bytes(client: TestClient) -> None:
    first, second = (client.post("/v1/evaluate", json=FIRST).content for _ in range(2))
    assert first == second


def test_nothing_asked_is_urgent_and_never_routine(client: TestClient) -> None:
    answer = _evaluate(client, {"facts": {}})
    assert answer["urgency"]["level"] == "urgent"
    assert answer["urgency"]["state"] == "not_sorted"
    assert answer["urgency"]["missing"]
    assert answer["suitability"]["rating"] == "insufficient_information"
    assert answer["suitability"]["settled"] is False
    assert answer["course"] is None
    assert "core-safety-unanswered" in {reason["rule"] for reason in answer["reasons"]}


def test_asked_not_known_is_reasoned_about_like_not_asked(client: TestClient) -> None:
    blank = _evaluate(client, {"facts": {}})
    unknown = _evaluate(client, {"facts": {"suicidal_thoughts": "unknown", "age_years": None}})
    assert blank == unknown


def test_intent_is_an_emergency_and_holds_the_rating(client: TestClient) -> None:
    answer = _evaluate(
        client,
        {"facts": {"major_depression": "current", "age_years": 30, "suicidal_thoughts": "plan_or_intent",
                   "means_within_reach": "yes"}},
    )  # fmt: skip
    assert answer["urgency"]["level"] == "emergency"
    assert answer["suitability"]["rating"] == "on_hold"
    assert answer["suitability"]["for"] == []
    assert answer["suitability"]["role"] is None
    assert answer["course"] is None


def test_a_detail_that_does_not_apply_is_named_and_not_used(client: TestClient) -> None:
    answer = _evaluate(client, {"facts": {"bipolar_disorder": "absent", "mood_stabilizer": "yes"}})
    assert answer["not_used"] == ["mood_stabilizer"]


MISTAKES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "unknown fact": (
        {"facts": {"age_year": 29}},
        {
            "pointer": "/facts/age_year",
            "code": "unknown-fact",
            "message": "`age_year` is not a fact. Did you mean `age_years`?",
            "given": 29,
            "allowed": "the name of a fact in the vocabulary",
            "near_match": "age_years",
        },
    ),
    "misspelt value": (
        {"facts": {"major_depression": "curent"}},
        {
            "pointer": "/facts/major_depression",
            "code": "wrong-value",
            "message": '"curent" is not an answer to `major_depression`. Did you mean `current`?',
            "given": "curent",
            "allowed": 'one of absent, suspected, current, remitted; or "unknown", or null',
            "near_match": "current",
        },
    ),
    "number as text": (
        {"facts": {"age_years": "29"}},
        {
            "pointer": "/facts/age_years",
            "code": "wrong-value",
            "message": '"29" is not an answer to `age_years`.',
            "given": "29",
            "allowed": 'a whole number from 0 to 120; or "unknown", or null',
        },
    ),
    "out of bounds": (
        {"facts": {"phq9_total": 28}},
        {
            "pointer": "/facts/phq9_total",
            "code": "wrong-value",
            "message": "28 is not an answer to `phq9_total`.",
            "given": 28,
            "allowed": 'a whole number from 0 to 27; or "unknown", or null',
        },
    ),
    "true is no yes": (
        {"facts": {"insured": True}},
        {
            "pointer": "/facts/insured",
            "code": "wrong-value",
            "message": "true is not an answer to `insured`.",
            "given": True,
            "allowed": 'one of no, yes; or "unknown", or null',
        },
    ),
    "a set is a list": (
        {"facts": {"disputes": "partner"}},
        {
            "pointer": "/facts/disputes",
            "code": "wrong-value",
            "message": '"partner" is not an answer to `disputes`. The answer is a list: write `["partner"]`.',
            "given": "partner",
            "allowed": (
                "a list of any of partner, parents, family, friend, coworker, school, other, "
                'with "unknown" among them where there may be more; or "unknown", or null'
            ),
        },
    ),
    "a part that no referral has": (
        {"facts": {}, "refrence": "x"},
        {
            "pointer": "/refrence",
            "code": "unknown-field",
            "message": (
                "`refrence` is not a part of a referral, which has `reference`, `facts`, `said_by` and `quotes`."
            ),
            "given": "x",
            "allowed": "one of reference, facts, said_by, quotes",
            "near_match": "reference",
        },
    ),
    "no facts": (
        {"reference": "x"},
        {"pointer": "/facts", "code": "missing", "message": "`facts` is missing.", "allowed": "an object of facts"},
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_what_is_allowed(client: TestClient, name: str) -> None:
    given, expected = MISTAKES[name]
    problem = _refused(client, json.dumps(given), 422)
    assert problem["errors"] == [expected]
    assert problem["detail"] == f"{expected['pointer']}: {expected['message']}"


def test_every_mistake_of_a_referral_is_told_at_once(client: TestClient) -> None:
    problem = _refused(client, json.dumps({"facts": {"age_year": 1, "phq9_total": 99, "insured": "maybe"}}), 422)
    assert {error["pointer"] for error in problem["errors"]} == {
        "/facts/age_year",
        "/facts/phq9_total",
        "/facts/insured",
    }


CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "item above its total": {"phq9_total": 1, "phq9_item9": 2},
    "total above what the other items allow": {"phq9_total": 25, "phq9_item9": 0},
    "EPDS item above its total": {"epds_total": 1, "epds_item10": 2},
    "EPDS total above what the other items allow": {"epds_total": 28, "epds_item10": 0},
    "a bipolar type without the disorder": {"bipolar_disorder": "absent", "bipolar_type": "ii"},
    "a bipolar phase without the disorder": {"bipolar_disorder": "absent", "bipolar_phase": "euthymic"},
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_names_both_facts(client: TestClient, name: str) -> None:
    facts = CONTRADICTIONS[name]
    problem = _refused(client, json.dumps({"facts": facts}), 422)
    assert problem["title"] == "Two answers contradict each other"
    assert problem["errors"][0]["given"] == facts


def test_what_only_looks_contradictory_is_let_in(client: TestClient) -> None:
    for facts in (
        {"perinatal_status": "pregnant", "age_years": 9},
        {"perinatal_status": "postpartum", "age_years": 61},
        {"phq9_total": 24, "phq9_item9": 0},
        {"phq9_total": 2, "phq9_item9": 2},
        {"perinatal_status": "none", "thoughts_of_harming_child": "unwanted_distressing"},
        {"primary_problem": "depression", "major_depression": "absent"},
    ):
        _evaluate(client, {"facts": facts})


def test_what_is_not_json_is_told_with_line_and_column(client: TestClient) -> None:
    problem = _refused(client, '{"facts": {"age_years": 29,}}', 400)
    assert problem["detail"].startswith("This is not JSON: ")
    assert "line 1, column 28" in problem["detail"]


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "There is nothing here: a referral is a JSON object."),
        (b"   \n", "There is nothing here: a referral is a JSON object."),
        (b"[1, 2]", "A referral is a JSON object with `facts`."),
        (b'{"facts": {"insured": "no", "insured": "yes"}}', "The key `insured` stands twice in one object. Keep one."),
        (b"\xff\xfe", "This is not UTF-8 text: byte 0 can't be read."),
        (b'{"facts": {"age_years": NaN}}', "This is not JSON: NaN is not a JSON number."),
        (b'{"reference": "\\ud800", "facts": {}}', "The text has half of a surrogate pair, which is no character."),
    ],
)
def test_text_that_is_no_referral_is_refused_in_a_sentence(client: TestClient, content: bytes, detail: str) -> None:
    response = client.post("/v1/evaluate", content=content)
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["detail"] == detail


def test_a_deep_nest_is_refused_and_not_a_failure(client: TestClient) -> None:
    problem = client.post("/v1/evaluate", content="[" * 100_000)
    assert problem.status_code == 400


def test_a_body_of_ten_megabytes_is_not_read(client: TestClient) -> None:
    problem = _refused(client, b'{"reference": "' + b"x" * 10_000_000 + b'", "facts": {}}', 413)
    assert problem["detail"] == (
        "The request is larger than the 262144 bytes that are read. A referral needs about 2,000."
    )


def test_a_long_answer_is_not_repeated_in_the_error(client: TestClient) -> None:
    problem = _refused(client, json.dumps({"facts": {"insured": "x" * 100_000}}), 422)
    assert len(json.dumps(problem)) < 3_000


def test_a_refusal_says_how_urgent_the_referral_is_all_the_same(client: TestClient) -> None:
    facts = {"suicidal_thoughts": "plan_or_intent", "means_within_reach": "yes", "age_year": 29}
    problem = _refused(client, json.dumps({"reference": "REF-1", "facts": facts}), 422)
    assert (problem["reference"], problem["urgency"]["level"]) == ("REF-1", "emergency")
    assert problem["urgency"]["action"]["first"]
    assert problem["urgency"]["respond_within"] == {"hours": 0}
    assert "urgency" not in _refused(client, "{", 400)
