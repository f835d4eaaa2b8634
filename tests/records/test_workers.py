"""The whole service with two workers: a thousand referrals stored over HTTP, then replayed and verified."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from api.people.commands import desk
from api.people.model import NewKey
from bench.referrals import as_request, complete_referrals, partial_referrals
from bench.served import served
from tests.conftest import RULES
from triage.model.ruleset import RuleSet
from triage.settings import Settings

COMPLETE, PARTIAL = 900, 100
ROOT = RULES.parent
TRIAGE = (sys.executable, "-c", "from triage.cli import main; main()")


def _triage(address: str, *arguments: str) -> str:
    environment = {**os.environ, "TRIAGE_DATABASE_URL": address}
    return subprocess.run(
        [*TRIAGE, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.deep
def test_a_thousand_referrals_are_stored_by_two_workers_and_replayed_without_a_difference(
    make_database: Callable[[], str], ruleset: RuleSet
) -> None:
    address = make_database()
    facts = [*complete_referrals(ruleset, COMPLETE), *partial_referrals(ruleset, PARTIAL, 0.7)]
    bodies = [as_request(ruleset, answers) for answers in facts]
    with desk(Settings(database_url=address)) as open_desk:
        open_desk.add("worker", "coordinator", None)
        key = open_desk.key("worker", NewKey("worker", ("read", "write"), 1)).secret
    headers = {"Authorization": f"Bearer {key}"}
    with (
        served("triage", "serve", "--workers", "2", TRIAGE_DATABASE_URL=address) as running,
        httpx2.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=60, headers=headers) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        responses = list(threads.map(lambda body: client.post("/v1/assessments", json=body), bodies))
        assert {response.status_code for response in responses} == {201}
        ids = {response.json()["id"] for response in responses}
        listed = _all_listed(client)
    assert len(ids) == len(bodies) == len(listed)
    assert listed == ids
    assert _triage(address, "replay", "--all") == f"{len(bodies)} replayed, 0 differ.\n"
    assert "none changed or missing" in _triage(address, "audit", "verify")


def _all_listed(client: httpx2.Client) -> set[str]:
    listed: set[str] = set()
    page = client.get("/v1/assessments?limit=200").json()
    while page["next"]:
        listed |= {item["id"] for item in page["items"]}
        page = client.get("/v1/assessments", params={"limit": "200", "cursor": page["next"]}).json()
    return listed | {item["id"] for item in page["items"]}
