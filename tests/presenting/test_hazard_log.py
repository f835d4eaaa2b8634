"""The hazard log and the card, as they are read."""

from __future__ import annotations

from dataclasses import replace

from triage.check.alarm import report_on
from triage.model.alarm import StoredAlarm
from triage.model.hazard import Control, Hazard
from triage.model.ruleset import RuleSet
from triage.presenting.card import Share, card_of
from triage.presenting.hazard_log import Result, hazard_log


def test_a_control_says_what_it_is_and_what_came_of_it(fixture_rules: RuleSet) -> None:
    controls = (
        Control("property", "first"),
        Control("property", "second"),
        Control("property", "third"),
        Control("rule", "falling"),
        Control("test", "tests/a.py::test_a", planned=True),
    )
    rules = replace(fixture_rules, hazards=(Hazard("a", "A tree falls.", "Wind.", "A dent.", controls),))
    (shown,) = hazard_log(rules, {"first": Result("It holds.", True), "second": Result("It does not.", False)})
    assert [(control.kind, control.says, control.state) for control in (*shown.controls, *shown.planned)] == [
        ("Property", "It holds.", "holds"),
        ("Property", "It does not.", "does not hold"),
        ("Property", "", "not proved in this run"),
        ("Rule", rules.by_id["falling"].title, "runs"),
        ("Test", "", "planned, does not exist yet"),
    ]


def test_the_card_counts_what_was_seen_and_says_whether_the_report_is_of_these_rules(fixture_rules: RuleSet) -> None:
    card = card_of(fixture_rules)
    seen = [source.verified for source in fixture_rules.sources.values() if source.kind != "proposal"]
    assert card.verified == Share(sum(seen), len(seen))
    assert card.alarm is None
    report = report_on(fixture_rules, [{"lean": "falling"}])
    for digest, is_current in ((fixture_rules.digest, True), ("sha256:0", False)):
        stored = StoredAlarm("2026-11-25", "1.0.0", digest, "frequencies.yaml", 1, report)
        alarm = card_of(replace(fixture_rules, alarm=stored)).alarm
        assert alarm is not None
        assert alarm.is_current is is_current
