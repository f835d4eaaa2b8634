"""A stored answer comes out again, byte for byte, under the rules of its time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.request import State, build_state
from tests.conftest import FIXTURE_RULES
from tests.records.conftest import Running, Service
from tests.records.test_assessments import CALM, FALLING
from triage.cli import app
from triage.settings import Settings

LEANING = {**CALM, "lean": "slight"}


@pytest.fixture(scope="module")
def later_state(tmp_path_factory: pytest.TempPathFactory) -> State:
    """A service whose rules say another level for a leaning tree."""
    folder = tmp_path_factory.mktemp("rules") / "rules"
    shutil.copytree(FIXTURE_RULES, folder)
    path = folder / "dangers" / "steps-of-leaning.yaml"
    path.write_text(path.read_text().replace("level: urgent,", "level: semi_urgent,"))
    return build_state(Settings(rules=folder))


def test_an_answer_is_replayed(service: Service) -> None:
    id_ = service.new(FALLING)
    service.post(f"/v1/assessments/{id_}/amend", {"facts": CALM}, headers={"If-Match": '"1"'})
    newest = service.get(f"/v1/assessments/{id_}/replay").json()
    first = service.get(f"/v1/assessments/{id_}/replay?version=1").json()
    assert [(replayed["version"], replayed["same"]) for replayed in (newest, first)] == [(2, True), (1, True)]
    assert first["made_with"]["words"] == {
        "service_name": "this service", "crisis_line": None, "emergency_number": None,
    }  # fmt: skip
    missing = service.get(f"/v1/assessments/{id_}/replay?version=9")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no version `9`.")
    assert service.get(f"/v1/assessments/{id_}/replay?version={10**30}").status_code == 404
    wrong = service.get(f"/v1/assessments/{id_}/replay?version=first")
    assert (wrong.status_code, wrong.json()["detail"]) == (
        422,
        "?version: Input should be a valid integer, unable to parse string as an integer.",
    )


def test_old_rules_and_old_words_answer_again_after_a_change(
    make_database: Callable[[], str], small_state: State, later_state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_database()
    with Running(small_state, address) as before:
        id_ = before.new(LEANING, "T-9")
        before.new(CALM)
    settings = later_state.settings.model_copy(update={"service_name": "another name"})
    with Running(replace(later_state, settings=settings), address) as after:
        replayed = after.get(f"/v1/assessments/{id_}/replay").json()
        assert (replayed["same"], replayed["ruleset_version"]) == (True, small_state.ruleset.version)
        record = after.get(f"/v1/assessments/{id_}").json()
        assert (record["stale"], record["ruleset"]["digest"]) == (True, small_state.ruleset.digest)
        assert len(after.get("/v1/assessments?stale=true").json()["items"]) == 2
        rerated = after.get("/v1/rerate").json()
        assert (rerated["looked_at"], rerated["next"]) == (2, None)
        assert rerated["items"] == [
            {
                "id": id_, "reference": "T-9", "revision": 1,
                "stored": {"level": "urgent", "state": "sorted", "rating": "insufficient_information"},
                "now": {"level": "semi_urgent", "state": "sorted", "rating": "insufficient_information"},
            }
        ]  # fmt: skip
    monkeypatch.setenv("TRIAGE_DATABASE_URL", address)
    command = ["diff", str(FIXTURE_RULES), str(later_state.settings.rules), "--store"]
    lines = [line.rstrip() for line in CliRunner().invoke(app, command).stdout.splitlines()]
    assert lines[-1] == "1 of 2: urgency from Today to Soon"


def test_all_are_replayed_and_what_differs_is_named(
    make_database: Callable[[], str], small_state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_database()
    with Running(small_state, address) as service:
        for facts in (FALLING, CALM, {}):
            service.new(facts)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", address)
    sound = CliRunner().invoke(app, ["replay", "--all"])
    assert (sound.exit_code, sound.stdout) == (0, "3 replayed, 0 differ.\n")
    monkeypatch.setattr("api.records.replaying.encode", lambda _: b'{"urgency": {}}')
    other = CliRunner().invoke(app, ["replay", "--all"])
    assert other.exit_code == 1
    assert other.stdout.endswith("3 replayed, 3 differ.\n")
    assert "/suitability" in other.stdout


def test_replay_wants_to_know_what() -> None:
    result = CliRunner().invoke(app, ["replay"])
    assert result.exit_code == 2
    assert result.stderr == "Say which: --all replays every record. One alone: GET /v1/assessments/{id}/replay.\n"


def test_rules_that_changed_while_they_were_read_are_not_served(tmp_path: Path, fixture_rules: object) -> None:
    from api.records.rule_sets import RulesChanged, running_rules

    folder = tmp_path / "rules"
    shutil.copytree(FIXTURE_RULES, folder)
    (folder / "more.yaml").write_text("a: 1\n")
    with pytest.raises(RulesChanged, match=r"were changed while the service started\. Start it again\."):
        running_rules(fixture_rules, folder)  # type: ignore[arg-type]  # the fixture of the small rule set
