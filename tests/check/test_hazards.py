"""The hazard log: its shape, controls that name nothing, planned ones that exist."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FIXTURE_RULES
from triage.check import hazards
from triage.model.faults import FaultyRuleSet
from triage.model.hazard import Control, Hazard
from triage.model.ruleset import RuleSet
from triage.reading.hazards_file import read_hazards
from triage.reading.yaml_text import read


def _faults(rules: RuleSet, *controls: Control, folder: Path = FIXTURE_RULES) -> list[str]:
    hazard = Hazard("a-tree-falls", "A tree falls.", "Wind.", "A dent.", controls)
    return [str(fault) for fault in hazards.check(replace(rules, hazards=(hazard,)), folder, ("falling-is-urgent",))]


@pytest.mark.parametrize(
    "control",
    [Control("property", "falling-is-urgent"), Control("rule", "falling"), Control("check", "example-lacking")],
)
def test_a_control_that_exists_is_no_fault(control: Control, fixture_rules: RuleSet) -> None:
    assert not _faults(fixture_rules, control)
    (fault,) = _faults(fixture_rules, replace(control, planned=True))
    assert fault.endswith(
        f"The {control.kind} `{control.id}` exists, and the log calls it planned. Take `planned` away. [hazard]"
    )


def test_a_control_that_names_nothing_is_a_fault_unless_it_is_planned(fixture_rules: RuleSet) -> None:
    assert not _faults(fixture_rules, Control("rule", "fallen", planned=True))
    (fault,) = _faults(fixture_rules, Control("rule", "faling"))
    assert fault.endswith(
        "A control of `a-tree-falls` names a rule that does not exist: `faling`. Did you mean `falling`? [hazard]"
    )


def test_tests_are_looked_for_beside_the_rules_or_not_at_all(fixture_rules: RuleSet, tmp_path: Path) -> None:
    control = Control("test", "tests/test_trees.py::test_a_tree_falls")
    assert not _faults(fixture_rules, control, folder=tmp_path / "rules")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_trees.py").write_text("def test_a_tree_falls() -> None:\n    pass\n", encoding="utf-8")
    assert not _faults(fixture_rules, control, folder=tmp_path / "rules")
    (fault,) = _faults(fixture_rules, replace(control, id="tests/test_trees.py::test_b"), folder=tmp_path / "rules")
    assert "names a test that does not exist: `tests/test_trees.py::test_b`." in fault


def test_mistakes_of_the_log_are_named_with_their_place(tmp_path: Path) -> None:
    file = tmp_path / "hazards.yaml"
    entry = "  - {id: falls, hazard: A., cause: B., effect: C., controls: [{rule: a, check: b}]}\n"
    file.write_text(f"hazards:\n{entry}{entry}", encoding="utf-8")
    with pytest.raises(FaultyRuleSet) as faulty:
        read_hazards(read(file, "hazards.yaml"))
    assert [str(fault) for fault in faulty.value.faults] == [
        "hazards.yaml:2:63: A control of `falls` names 2 things. Name one property, rule, check or test. [hazard]",
        "hazards.yaml:3:6: The hazard `falls` is there twice. Keep one. [duplicate-id]",
        "hazards.yaml:3:63: A control of `falls` names 2 things. Name one property, rule, check or test. [hazard]",
    ]


def test_a_check_says_what_makes_it_fail_and_a_property_needs_a_planted_fault(
    tmp_path: Path, fixture_rules: RuleSet
) -> None:
    file = tmp_path / "hazards.yaml"
    entry = "  - {id: falls, hazard: A., cause: B., effect: C., controls: [{check: wording}]}\n"
    file.write_text(f"hazards:\n{entry}", encoding="utf-8")
    with pytest.raises(FaultyRuleSet) as faulty:
        read_hazards(read(file, "hazards.yaml"))
    assert [str(fault) for fault in faulty.value.faults] == [
        "hazards.yaml:2:63: The check `wording` does not say what makes it fail. "
        "Name a fault that it finds under `fault`. [hazard]"
    ]
    planted = replace(fixture_rules, planted={"another": "A rule is left out."})
    (fault,) = _faults(planted, Control("property", "falling-is-urgent"))
    assert fault.endswith(
        "No planted fault is known that the property `falling-is-urgent` catches. Run `triage prove --plant`. [hazard]"
    )
