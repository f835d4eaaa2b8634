"""The form and the records: what is entered comes back as it was, and is never lost where they can't be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from api.actor import LOCAL_PERSON, Actor
from api.app import create_app
from api.pages.entered import Entered
from api.storage.database import StorageUnavailable
from api.storage.writer import Writer
from bench.referrals import as_request, partial_referrals
from triage.model.ruleset import RuleSet
from triage.reading.referral_reader import ReferralReader
from triage.settings import Settings


def test_a_referral_comes_back_into_the_form_as_it_was(ruleset: RuleSet, reader: ReferralReader) -> None:
    for facts in partial_referrals(ruleset, 30, 0.5, seed=3):
        name = next(iter(facts))
        referral = {
            "reference": "R 1",
            **as_request(ruleset, facts),
            "said_by": {name: "relative"},
            "quotes": {name: "“So.”"},
        }
        assert Entered.of(referral, ruleset.vocabulary).data(ruleset.vocabulary) == referral


def test_a_draft_with_faults_comes_back_into_the_form(ruleset: RuleSet) -> None:
    entered = Entered({"age_years": ["abc"], "disputes": ["none_of_these", "partner"], "gad7_total": ["unknown"]})
    again = Entered.of(entered.data(ruleset.vocabulary), ruleset.vocabulary)
    assert {name: again.values(name) for name in entered.fields} == entered.fields
    assert Entered.of({"facts": ["none"], "said_by": 3}, ruleset.vocabulary).fields == {"reference": [""]}


@pytest.fixture
def without_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A service whose records are gone once it runs."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/records.sqlite"))
    with TestClient(app, headers={"Accept": "text/html"}) as client, monkeypatch.context() as gone:
        app.state.asking = _whoever_is_at_this_machine
        gone.setattr(Writer, "submit", _gone)
        yield client


async def _whoever_is_at_this_machine(request: Request) -> Actor:
    return LOCAL_PERSON


def _gone(writer: Writer, work: object) -> None:
    raise StorageUnavailable("gone")


def test_an_answer_is_shown_where_it_cannot_be_saved(without_records: TestClient) -> None:
    form = {"reference": "R-1", "untreated_overdose_or_injury": "yes"}
    strip = without_records.post("/panel", data=form).text
    assert "Urgency: Emergency" in strip
    assert 'data-draft=""' in strip
    result = without_records.post("/assess", data=form).text
    assert "Urgency: Emergency" in result
    assert "<strong>Not saved:</strong> the records can&#39;t be reached." in result
    assert 'name="untreated_overdose_or_injury" value="yes"' in result
