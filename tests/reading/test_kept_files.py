"""What is kept beside the rules in JSON: written, read back, and said where it can't be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.model.alarm import AlarmReport, StoredAlarm
from triage.model.faults import FaultyRuleSet
from triage.reading.alarm_file import read_alarm, write_alarm
from triage.reading.planted_file import read_planted, write_planted

PLANTED = {"first": "The rule `é` is left out.", "second": "A bound."}
ALARM = StoredAlarm("2026-11-25", "1.0.0", "sha256:0", "frequencies.yaml", 1, AlarmReport(1, {"urgent": 1}, {}, ()))


def test_planted_faults_are_written_and_read_back(tmp_path: Path) -> None:
    assert read_planted(tmp_path) == {}
    path = write_planted(PLANTED, tmp_path)
    assert path == tmp_path / "planted.json"
    assert path.read_text(encoding="utf-8") == ('{\n "first": "The rule `é` is left out.",\n "second": "A bound."\n}\n')
    assert read_planted(tmp_path) == PLANTED


def test_a_report_of_alarms_is_written_and_read_back(tmp_path: Path) -> None:
    assert read_alarm(tmp_path) is None
    assert write_alarm(ALARM, tmp_path) == tmp_path / "alarm.json"
    assert read_alarm(tmp_path) == ALARM


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("planted.json", "The planted faults can't be read."),
        ("alarm.json", "The report of alarms can't be read."),
    ],
)
def test_one_that_can_not_be_read_is_named(name: str, message: str, tmp_path: Path) -> None:
    folder = tmp_path / "trees"
    folder.mkdir()
    (folder / name).write_text("[", encoding="utf-8")
    with pytest.raises(FaultyRuleSet) as refused:
        read_planted(folder) if name == "planted.json" else read_alarm(folder)
    (fault,) = refused.value.faults
    assert (str(fault.place), fault.message) == (f"trees/{name}", message)
    assert fault.fix.startswith("Run `triage ")
