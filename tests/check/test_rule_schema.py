"""The JSON Schema of rule files takes every rule that is written, and refuses what shape and vocabulary refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES, RULES
from triage.check.new_rule import KINDS, scaffold
from triage.check.rule_schema import SCHEMA_COMMENT, rule_schema
from triage.cli import app
from triage.model.ruleset import RuleSet
from triage.reading.folder import rule_paths
from triage.reading.yaml_text import read

SCORE, INSTRUMENT = "scores/canker-from-rings.yaml", "instruments/spots.yaml"


def _data(path: Path) -> Any:
    return read(path, path.name).data


def test_every_published_rule_fits_the_schema(ruleset: RuleSet) -> None:
    schema = Draft7Validator(rule_schema(ruleset))
    assert [path.stem for path in rule_paths(RULES) if not schema.is_valid(_data(path))] == []


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (SCORE, "age_years:", "age_year:"),
        (SCORE, "{at_least: 6}", "{at_lest: 6}"),
        (SCORE, "{at_least: 6}", "{at_least: 600}"),
        (SCORE, "canker: suspected", "canker: current"),
        (SCORE, "derives:", "derive:"),
        (SCORE, "id: orchard-trial", "id: orchard-trail"),
        (SCORE, "fires: unknown", "fires: maybe"),
        (SCORE, "ring_count: 3}", "ring_count: many}"),
        (INSTRUMENT, "fact: spots_total", "fact: spot_total"),
        (INSTRUMENT, "licence:", "license:"),
        (INSTRUMENT, "range: [0, 21]", "range: [0, 21, 27]"),
        (INSTRUMENT, "    at_least: 10", "    at_lest: 10"),
        (INSTRUMENT, "    at_least: 10", "    at_least: many"),
        (INSTRUMENT, "{at_least: 6}", "{at_least: 600}"),
        (INSTRUMENT, "fires: unknown", "fires: maybe"),
    ],
)
def test_what_is_misspelt_does_not_fit(
    file: str, before: str, after: str, fixture_rules: RuleSet, tmp_path: Path
) -> None:
    text = (FIXTURE_RULES / file).read_text(encoding="utf-8")
    schema = Draft7Validator(rule_schema(fixture_rules))
    path = tmp_path / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    assert schema.is_valid(_data(path))
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert not schema.is_valid(_data(path))


def test_a_scaffolded_rule_names_the_schema_that_the_command_writes(tmp_path: Path) -> None:
    folder = tmp_path / "trees"
    shutil.copytree(FIXTURE_RULES, folder)
    for kind in KINDS:
        first = scaffold(folder, kind, f"new-{kind}", "care").read_text(encoding="utf-8").splitlines()[0]
        assert first == SCHEMA_COMMENT == "# yaml-language-server: $schema=../rule.schema.json"
    written = CliRunner().invoke(app, ["rules", "schema", "--rules", str(folder)])
    assert written.exit_code == 0
    schema = json.loads((folder / "rule.schema.json").read_text(encoding="utf-8"))
    of_a_rule = schema["else"]["else"]
    facts = of_a_rule["properties"]["when"]["anyOf"][0]["properties"]
    assert facts["wound_paint"]["anyOf"][0] == {"enum": ["no", "yes"]}
