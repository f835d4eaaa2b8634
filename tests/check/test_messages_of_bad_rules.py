"""Each file of tests/bad_rules is refused; the whole messages are public interface and stand in messages.txt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import FIXTURE_RULES
from triage.check import load_ruleset
from triage.model.faults import FaultyRuleSet

BAD = Path(__file__).resolve().parents[1] / "bad_rules"


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
    assert _messages(_with_bad_rule(name, tmp_path)) == EXPECTED[name]


def test_known_words_are_not_listed_where_there_are_many(tmp_path: Path) -> None:
    folder = _with_bad_rule("evidence-row-that-does-not-exist", tmp_path)
    with (folder / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.writelines(
            f"  - {{id: T{number}, title: Row {number}, no_rule: Invented.}}\n" for number in range(3, 14)
        )
    assert _messages(folder) == [
        "rules/refused/evidence-row-that-does-not-exist.yaml:14:12: `X99` is not a row of the evidence index. "
        "The rows stand in sources.yaml under `evidence_rows`. [evidence]"
    ]


def _with_bad_rule(name: str, tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(FIXTURE_RULES, folder)
    (folder / "refused").mkdir()
    shutil.copy(BAD / f"{name}.yaml", folder / "refused")
    return folder


def _messages(folder: Path) -> list[str]:
    with pytest.raises(FaultyRuleSet) as refused:
        load_ruleset(folder)
    # A bad rule has no place in the order of actions; that order is checked in test_actions.py.
    return [str(fault) for fault in refused.value.faults if fault.check != "urgency-order"]
