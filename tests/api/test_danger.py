"""A refusal never hides an emergency, whichever way the referral came; all dangers at once make one short action."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from triage.model.fact import Fact
from triage.model.ruleset import RuleSet

PLAN = {"suicidal_thoughts": "plan_or_intent", "means_within_reach": "yes"}
REFUSED: dict[str, dict[str, str]] = {
    "an age that is no number beside a plan and means": {**PLAN, "age_years": "forty"},
    "contradicting scores beside an overdose": {
        "phq9_total": "1", "phq9_item9": "3", "untreated_overdose_or_injury": "yes",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("address", ["/panel", "/assess", "/"])
def test_the_form_says_first_that_a_refused_referral_is_an_emergency(
    client: TestClient, address: str, name: str
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
    page = client.post(address, content=urlencode(REFUSED[name]), headers=headers).text
    assert "Urgency: Emergency" in page
    assert page.index("Urgency: Emergency") < page.index("to correct")


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("address", ["/v1/evaluate", "/v1/explain"])
def test_the_service_says_that_a_refused_referral_is_an_emergency(client: TestClient, address: str, name: str) -> None:
    facts = {fact: int(value) if value.isdigit() else value for fact, value in REFUSED[name].items()}
    refused = client.post(address, json={"facts": facts})
    assert (refused.status_code, refused.json()["urgency"]["level"]) == (422, "emergency")


def _worst(fact: Fact) -> Any:
    """Every member of a set, the highest number, the last answer."""
    if fact.is_set:
        return list(fact.values)
    return fact.maximum if fact.is_integer else fact.values[-1]


def test_all_red_flags_at_once_are_one_action_of_at_most_ninety_words(client: TestClient, ruleset: RuleSet) -> None:
    dangers = [fact for fact in ruleset.vocabulary if fact.can_be_core and fact.name != "perinatal_status"]
    facts = {fact.name: _worst(fact) for fact in dangers}
    facts |= {"perinatal_status": "postpartum", "age_years": 15, "phq9_total": 27, "epds_total": 30}
    facts["needs"] = ["safe_contact_only"]
    answer = client.post("/v1/evaluate", json={"facts": facts}).json()
    action = answer["urgency"]["action"]
    assert (answer["urgency"]["level"], answer["suitability"]["rating"]) == ("emergency", "on_hold")
    assert (len(action["do"]), len(action["ask"])) == (2, 1)
    assert action["never"][0] == "Leave no message; safe contact only."
    shown = [action["first"], *action["do"], *action["ask"], *action["never"], *action["also"]]
    assert sum(len(line.split()) for line in shown) <= 90
