"""Each property catches a fault planted in the published rules, and which one is kept with the rules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES, RULES
from triage.analysis.planted import caught, plants_of
from triage.analysis.property_names import names
from triage.cli import app
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset

PROPERTIES = names(read_ruleset(RULES), RULES)


def test_a_fault_is_kept_for_every_property_and_for_no_other(ruleset: RuleSet) -> None:
    assert tuple(ruleset.planted) == PROPERTIES


@pytest.mark.deep
@pytest.mark.parametrize("id_", PROPERTIES)
def test_the_fault_that_is_kept_is_caught(id_: str, ruleset: RuleSet) -> None:
    kept = next(plant for plant in plants_of(id_, ruleset, RULES) if plant.fault == ruleset.planted[id_])
    assert caught(kept, id_, RULES)


@pytest.mark.parametrize("id_", PROPERTIES)
def test_the_fault_that_is_kept_can_be_planted(id_: str, ruleset: RuleSet) -> None:
    assert ruleset.planted[id_] in [plant.fault for plant in plants_of(id_, ruleset, RULES)]


def test_the_command_stores_which_fault_a_property_catches(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(FIXTURE_RULES, folder)
    result = CliRunner().invoke(app, ["prove", "--plant", "--only", "danger-nestlings", "--rules", str(folder)])
    assert result.exit_code == 0, result.output
    assert "danger-nestlings: The rule `nestlings-in-danger` is left out." in result.stdout
    assert json.loads((folder / "planted.json").read_text(encoding="utf-8")) == {
        "danger-nestlings": "The rule `nestlings-in-danger` is left out."
    }
    assert read_ruleset(folder).planted == {"danger-nestlings": "The rule `nestlings-in-danger` is left out."}
