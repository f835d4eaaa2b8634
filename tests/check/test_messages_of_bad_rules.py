"""Each file of tests/bad_rules is refused; the whole messages are public interface and stand in messages.txt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import RULES
from triage.check import load_ruleset
from triage.model.faults import FaultyRuleSet

pytestmark = pytest.mark.published  # the rules beside each faulty one are published
BAD = Path(__file__).resolve().parents[1] / "bad_rules"
NEIGHBOURS = (
    "instruments/mdq.yaml",
    "instruments/epds.yaml",
    "substance-use/substance-use.yaml",
    "grief-and-life-changes/no-problem-area.yaml",
)
"""The published rules that a bad one clashes with, or that a property names; the others are left out for speed."""


def _expected() -> dict[str, list[str]]:
    expected: dict[str, list[str]] = {}
    name = ""
    for line in (BAD / "messages.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            expected[name].append(line.strip())
        elif line:
            name = line.rstrip(":")
            expected[name] = []
    return expected


EXPECTED = _expected()


def test_every_bad_rule_has_its_message() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in BAD.glob("*.yaml"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_bad_rule_is_refused_with_place_sentence_and_fix(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    (folder / "refused").mkdir(parents=True)
    for path in RULES.glob("*.yaml"):
        shutil.copy(path, folder)
    for neighbour in NEIGHBOURS:
        (folder / neighbour).parent.mkdir(exist_ok=True)
        for path in (RULES / neighbour).parent.glob(f"{Path(neighbour).stem}.*"):
            shutil.copy(path, folder / neighbour.split("/")[0])
    shutil.copy(BAD / f"{name}.yaml", folder / "refused")
    with pytest.raises(FaultyRuleSet) as refused:
        load_ruleset(folder)
    # The order of actions in the scales lists rules that are left out here; it is checked in test_actions.py.
    messages = [str(fault) for fault in refused.value.faults if fault.check != "urgency-order"]
    assert messages == EXPECTED[name]
