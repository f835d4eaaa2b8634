"""The report of alarms: shares, and the rules that alone make a referral urgent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from triage.check.alarm import report_on
from triage.check.release import release_faults
from triage.model.alarm import AlarmReport, Cause, StoredAlarm
from triage.model.faults import FaultyRuleSet
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.alarm_file import FILE, read_alarm, write_alarm

CALM: Answers = {"lean": "none", "hazards": frozenset(), "nesting": "none", "blight": "absent"}
LINE: Answers = {**CALM, "hazards": frozenset({"power_line"})}
FALLING: Answers = {**LINE, "lean": "falling"}


def _cause(report: AlarmReport, rule: str) -> Cause:
    return next(cause for cause in report.causes if cause.rule == rule)


def test_levels_and_ratings_are_counted_the_highest_first(fixture_rules: RuleSet) -> None:
    report = report_on(fixture_rules, [CALM, LINE, LINE, FALLING])
    assert report.count == sum(report.ratings.values()) == 4
    assert {**report.levels} == {"emergency": 1, "very_urgent": 2, "urgent": 0, "semi_urgent": 0, "routine": 1}
    assert [*report.levels] == [*reversed(fixture_rules.scales.urgency_ids)]
    assert report.at_least("very_urgent") == 0.75


def test_a_rule_is_the_only_cause_where_no_other_is_as_urgent(fixture_rules: RuleSet) -> None:
    report = report_on(fixture_rules, [LINE, FALLING])
    line = _cause(report, "fire-or-power-line")
    assert (line.level, line.fired, line.only_cause) == ("very_urgent", 2, 1)
    assert _cause(report, "falling-now").only_cause == 1
    assert _cause(report, "falling").only_cause == 0
    assert _cause(report, "falling-now").alone_from["very_urgent"] == 0


def test_a_danger_is_counted_with_all_its_rules_and_where_no_other_danger_is_as_urgent(fixture_rules: RuleSet) -> None:
    report = report_on(fixture_rules, [CALM, LINE, LINE, FALLING])
    shares = {share.danger: share for share in report.dangers}
    assert [*shares] == [danger.id for danger in fixture_rules.scales.dangers]
    assert shares["falling_timber"].any_from == {"semi_urgent": 1, "urgent": 1, "very_urgent": 1, "emergency": 1}
    assert shares["falling_timber"].alone_from == {"semi_urgent": 0, "urgent": 0, "very_urgent": 0, "emergency": 1}
    assert shares["fire"].any_from == {"semi_urgent": 3, "urgent": 3, "very_urgent": 3, "emergency": 0}
    assert shares["fire"].alone_from == {"semi_urgent": 0, "urgent": 2, "very_urgent": 2, "emergency": 0}


def test_a_report_is_stored_and_read_again(fixture_rules: RuleSet, tmp_path: Path) -> None:
    report = report_on(fixture_rules, [LINE])
    stored = StoredAlarm("2026-11-25", "1.0.0", "sha256:0", "frequencies.yaml", 1, report)
    assert read_alarm(tmp_path) is None
    write_alarm(stored, tmp_path)
    assert read_alarm(tmp_path) == stored


def test_a_stored_report_that_is_spoilt_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(FaultyRuleSet) as faulty:
        read_alarm(tmp_path)
    assert str(faulty.value).endswith(
        "alarm.json: The report of alarms can't be read. Run `triage rules alarm --store`. [alarm]"
    )


def test_a_report_of_other_rules_is_not_released(fixture_rules: RuleSet, tmp_path: Path) -> None:
    report = report_on(fixture_rules, [LINE])
    stale = StoredAlarm("2026-11-25", "1.0.0", "sha256:0", "frequencies.yaml", 1, report)
    fresh = replace(stale, digest=fixture_rules.digest)
    message = "The report of alarms was made of other rules. Run `triage rules alarm --store`. [alarm]"
    for alarm, is_told in ((stale, True), (fresh, False), (None, False)):
        faults = release_faults(replace(fixture_rules, alarm=alarm), tmp_path)
        assert any(str(fault).endswith(message) for fault in faults) is is_told
