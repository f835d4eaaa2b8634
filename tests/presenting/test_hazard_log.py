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
        Control("check", "wording", fault="a text calls a danger high"),
        Control("test", "tests/a.py::test_a", planned=True),
    )
    hazards = (Hazard("a", "A tree falls.", "Wind.", "A dent.", controls),)
    rules = replace(fixture_rules, hazards=hazards, planted={"first": "The rule `falling` is left out."})
    proved = {"first": Result("It holds.", True), "second": Result("It does not.", False)}
    (shown,) = hazard_log(rules, proved)
    falling = rules.by_id["falling"]
    changed = "a condition of the rule is changed, and an example no longer holds; left out, a property fails"
    assert [(control.kind, control.says, control.state, control.fails) for control in shown.controls] == [
        ("Property", "It holds.", "holds", f"The rule “{falling.title}” is left out"),
        ("Property", "It does not.", "does not hold", ""),
        ("Property", "", "not proved in this run", ""),
        ("Rule", falling.title, f"runs; its {len(falling.examples)} examples hold", changed),
        ("Check", "", "found nothing in these rules", "a text calls a danger high"),
    ]
    assert [(control.id, control.says, control.state) for control in shown.planned] == [
        ("tests/a.py::test_a", "A", "planned, does not exist yet")
    ]
    (meanwhile,) = hazard_log(rules, {}, {"third": "It may hold."}, under_way=True)
    assert [control.says for control in meanwhile.controls[:3]] == ["", "", "It may hold."]
    assert [control.state for control in meanwhile.controls[:3]] == ["being proved now"] * 3


def test_the_card_counts_what_was_seen_and_says_whether_the_report_is_of_these_rules(fixture_rules: RuleSet) -> None:
    card = card_of(fixture_rules)
    seen = [source.verified for source in fixture_rules.sources.values() if source.kind != "proposal"]
    assert card.verified == Share(sum(seen), len(seen))
    assert card.alarm is None
    assert card.properties == 0
    assert card_of(replace(fixture_rules, planted={"falling-is-urgent": "It is left out."})).properties == 1
    report = report_on(fixture_rules, [{"lean": "falling"}])
    for digest, is_current in ((fixture_rules.digest, True), ("sha256:0", False)):
        stored = StoredAlarm("2026-11-25", "1.0.0", digest, "frequencies.yaml", 1, report)
        alarm = card_of(replace(fixture_rules, alarm=stored)).alarm
        assert alarm is not None
        assert alarm.is_current is is_current
        assert alarm.reached == ("Today", "Within the hour", "At once")
        assert alarm.dangers[0] == ("Falling timber", ("100.0%", "100.0%", "0.0%"))
        assert alarm.dangers[1][1] == ("0.0%", "0.0%", "0.0%")
