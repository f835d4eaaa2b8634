"""What an automated tool in triage must never do (safety dossier §1.7), as far as software can keep it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.knowledge.cases import cases_in, referral_of
from triage.assess import Assessor
from triage.lang import Between, Derives, Facts, Limits, Supports, Urgency, Value
from triage.referral import Referral
from triage.ruleset import RuleSet

ROOT = Path(__file__).resolve().parents[2]
RISK = re.compile(r"\b(low|lower|medium|moderate|high|higher)[ -]risk\b", re.IGNORECASE)
CASES = [*cases_in("vignettes"), *cases_in("hard_cases")]


def _level(assessor: Assessor, facts: Facts) -> int:
    answer = assessor.assess(Referral(facts))
    return assessor.ruleset.scales.urgency_rank(answer["urgency"]["level"])


def _clear(ruleset: RuleSet) -> dict[str, Value]:
    facts: dict[str, Value] = {"perinatal_status": "none"}
    for name in ruleset.vocabulary.core_unanswered(facts):
        neutral = ruleset.vocabulary[name].neutral
        assert neutral is not None
        facts[name] = neutral
    return facts


@pytest.mark.parametrize("score", [0, 1, 4])
def test_never_1_a_low_score_or_a_denial_lowers_no_urgency(assessor: Assessor, score: int) -> None:
    danger: dict[str, Value] = {"suicidal_thoughts": "plan_or_intent"}
    alone = _level(assessor, danger)
    lows = ("phq9_total", "gad7_total", "epds_total", "asrm_total")
    assert _level(assessor, {**danger, **dict.fromkeys(lows, score)}) >= alone
    assert _level(assessor, {**danger, "suicidal_behavior": "none", "means_within_reach": "no"}) >= alone


def test_never_2_no_words_of_risk_anywhere() -> None:
    texts = [*(ROOT / "rules").rglob("*.yaml"), *(ROOT / "api").rglob("*.jinja"), *(ROOT / "api").rglob("*.html")]
    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in texts
        for match in RISK.finditer(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_never_3_a_blank_is_never_no(assessor: Assessor, ruleset: RuleSet) -> None:
    clear = _clear(ruleset)
    assert _level(assessor, clear) == 0
    for name in clear:
        without = {other: value for other, value in clear.items() if other != name}
        answer = assessor.assess(Referral(without))
        assert answer["urgency"]["level"] == "urgent", name
        assert name in answer["urgency"]["missing"]


def test_never_3_a_screening_while_intoxicated_clears_nothing(assessor: Assessor, ruleset: RuleSet) -> None:
    facts = {**_clear(ruleset), "intoxication_or_withdrawal": "intoxicated"}
    assert _level(assessor, facts) >= ruleset.scales.urgency_rank("urgent")


def test_never_4_no_score_takes_the_therapy_away(ruleset: RuleSet) -> None:
    scores = {fact.name for fact in ruleset.vocabulary if fact.group == "scores"}
    for rule in ruleset.rules:
        if isinstance(rule.effect, Limits | Supports):
            assert scores.isdisjoint(rule.facts), rule.id


def test_never_5_a_screen_makes_no_diagnosis(ruleset: RuleSet) -> None:
    for rule in ruleset.deriving:
        assert isinstance(rule.effect, Derives)
        assert rule.effect.value == "suspected"


def test_never_8_unwanted_thoughts_are_neither_danger_nor_harmless(assessor: Assessor, ruleset: RuleSet) -> None:
    facts = {**_clear(ruleset), "perinatal_status": "postpartum", "thoughts_of_harming_infant": "unwanted_distressing"}
    answer = assessor.assess(Referral(facts))
    assert answer["urgency"]["level"] == "urgent"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_never_10_no_rating_is_reported_before_an_alert_is_settled(
    case: Any, assessor: Assessor, ruleset: RuleSet
) -> None:
    answer = assessor.assess(referral_of(case, ruleset))
    held = answer["urgency"]["level"] in ("very_urgent", "emergency")
    assert (answer["suitability"]["rating"] == "on_hold") is held
    if held:
        assert answer["course"] is None
        assert answer["suitability"]["for"] == []


def test_never_11_no_advice_to_stop_a_medicine_or_a_dose(ruleset: RuleSet) -> None:
    dose = re.compile(r"\b\d+\s?(mg|ml|mcg|µg)\b", re.IGNORECASE)
    for rule in ruleset.rules:
        said = rule.effect.action if isinstance(rule.effect, Urgency) else ""
        assert not dose.search(f"{said} {rule.because}"), rule.id


def test_never_12_an_adult_cut_off_applied_to_a_minor_says_so(ruleset: RuleSet) -> None:
    for rule in ruleset.deriving:
        reads_age = any(isinstance(each, Between) and each.fact == "age_years" for when in rule.when for each in when)
        assert reads_age, rule.id


def test_never_14_every_reason_names_its_rule_its_answers_and_its_sources(assessor: Assessor, ruleset: RuleSet) -> None:
    for reason, answered in _reasons(assessor, ruleset):
        assert reason["rule"]
        assert reason["sources"], reason["rule"]
        assert reason["because"]
        if reason["rule"] in ruleset.by_id:
            assert reason["facts"], reason["rule"]
            assert set(reason["facts"]) <= answered


def _reasons(assessor: Assessor, ruleset: RuleSet) -> Iterator[tuple[dict[str, Any], set[str]]]:
    for case in CASES:
        referral = referral_of(case, ruleset)
        derived = {rule.effect.fact for rule in ruleset.deriving if isinstance(rule.effect, Derives)}
        for reason in assessor.assess(referral)["reasons"]:
            yield reason, set(referral.facts) | derived
