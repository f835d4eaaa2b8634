"""What an automated tool in triage must never do (safety dossier §1.7), as far as software can keep it.

Number 6 (no alert to an unattended inbox, none that expires or closes by itself) is kept by whatever stores and shows
alerts, and is tested there; the rules and the answer know no clock. What a rule as written must never do is held by
`triage rules check`, where its author sees it (`triage/check/`: scores, urgency, wording, suspicion), and shown by
`tests/bad_rules/`: no urgency rests on a denial (1), no score decides a rating (4), no rating in an action (5), no dose
and nothing to be stopped (11), no cut-off without an age (12). That a screen only makes a condition suspected (5) is
held as the file is read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.knowledge.cases import cases_in, referral_of
from triage.answer.assess import Assessor
from triage.answer.model import Reason
from triage.engines.outcome import outcome
from triage.engines.reference import evaluate
from triage.model.rule import Advice, Answers, Between, Rule, Value
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral, RefusedReferral
from triage.reading.referral_reader import ReferralReader

ROOT = Path(__file__).resolve().parents[2]
CALLERS = {
    "smtplib",
    "requests",
    "httpx",
    "httpx2",
    "aiohttp",
    "socket",
    "http.client",
    "urllib.request",
    "ftplib",
    "telnetlib",
}
RISK = re.compile(r"\b(low|lower|medium|moderate|high|higher)[ -]risk\b", re.IGNORECASE)
CASES = [*cases_in("vignettes"), *cases_in("hard_cases")]


def _level(assessor: Assessor, answers: Answers) -> int:
    answer = assessor.assess(Referral(answers))
    return assessor.ruleset.scales.urgency_rank(answer.urgency.level)


def _clear(ruleset: RuleSet) -> dict[str, Value]:
    """An adult of whom every core question was asked, with nothing found; what is not asked then is left out."""
    facts: dict[str, Value] = {"perinatal_status": "none", "age_years": 30}
    for name in ruleset.vocabulary.core_unanswered(facts):
        neutral = ruleset.vocabulary[name].neutral
        assert neutral is not None
        facts[name] = neutral
    return {name: value for name, value in facts.items() if ruleset.vocabulary.asked(name, facts)}


def _rule_level(ruleset: RuleSet, answers: Answers) -> int:
    fired = ruleset.fired(evaluate(ruleset, answers).fired)
    return ruleset.scales.urgency_rank(outcome(ruleset, fired, answers).level)


def _dangers(ruleset: RuleSet) -> Iterator[tuple[str, Value]]:
    """Every answer to a core safety question that is not its neutral one."""
    for fact in ruleset.vocabulary:
        if fact.group == "safety":
            for value in fact.values:
                if value != fact.neutral:
                    yield fact.name, frozenset([value]) if fact.is_set else value


def _suits(answers: Answers, ruleset: RuleSet) -> bool:
    return not ruleset.vocabulary.contradictions(answers)


def test_never_1_no_low_score_and_no_denial_of_anything_else_lowers_a_danger(ruleset: RuleSet) -> None:
    scores = {fact.name: "no" if fact.values else 0 for fact in ruleset.vocabulary if fact.group == "scores"}
    denied = {**_clear(ruleset), **scores, "recent_psychiatric_discharge": "no", "other_red_flags": frozenset[str]()}
    for name, value in _dangers(ruleset):
        around = {} if name != "thoughts_of_harming_child" else {"perinatal_status": "postpartum"}
        everything = {**denied, **around, name: value}
        assert _suits(everything, ruleset), name
        assert _rule_level(ruleset, everything) >= _rule_level(ruleset, {name: value}), (name, value)


@pytest.mark.parametrize("score", [0, 1, 4])
def test_never_1_a_low_score_or_a_denial_lowers_no_urgency(assessor: Assessor, score: int) -> None:
    danger: dict[str, Value] = {"suicidal_thoughts": "plan_or_intent"}
    lows = ("phq9_total", "gad7_total", "epds_total", "asrm_total")
    assert _level(assessor, {**danger, **dict.fromkeys(lows, score)}) >= _level(assessor, danger)
    denied: dict[str, Value] = {**danger, "suicidal_behavior": "none", "means_within_reach": "no"}
    assert _level(assessor, denied) >= _rule_level(assessor.ruleset, danger)  # the floor lifts, what a rule set stays


def test_never_2_no_words_of_risk_anywhere() -> None:
    kinds = {"rules": ("*.yaml",), "api": ("*.jinja", "*.html", "*.py", "*.js"), "triage": ("*.py",)}
    texts = [path for folder, globs in kinds.items() for glob in globs for path in (ROOT / folder).rglob(glob)]
    texts = [path for path in texts if "built" not in path.parts]  # compiled from elsewhere
    assert len(texts) > 300
    risky = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in texts
        for match in RISK.finditer(path.read_text(encoding="utf-8"))
    }
    assert not risky


def test_never_3_a_blank_is_never_no(assessor: Assessor, ruleset: RuleSet) -> None:
    clear = _clear(ruleset)
    assert _level(assessor, clear) == 0
    assert {fact.name for fact in ruleset.vocabulary if fact.core.kind == "always"} <= set(clear)
    for name in clear:
        without = {other: value for other, value in clear.items() if other != name}
        answer = assessor.assess(Referral(without))
        assert answer.urgency.level == "urgent", name
        assert name in answer.urgency.missing


def test_never_3_a_screening_while_intoxicated_clears_nothing(assessor: Assessor, ruleset: RuleSet) -> None:
    facts = {**_clear(ruleset), "intoxication_or_withdrawal": "intoxicated"}
    assert _level(assessor, facts) >= ruleset.scales.urgency_rank("urgent")


def test_never_11_the_words_that_no_rule_may_say_are_the_published_ones(ruleset: RuleSet) -> None:
    """The check reads them from ruleset.yaml: a list cut short there would let a rule say them."""
    assert ruleset.about is not None
    wording = ruleset.about.wording
    assert {"low", "lower", "medium", "moderate", "high", "higher"} <= set(wording.levels)
    assert {"risk"} <= set(wording.of)
    assert {"mg", "ml", "mcg", "µg"} <= set(wording.units)
    assert {"stop", "stopping", "cut down", "cutting", "taper", "come off", "discontinue"} <= set(wording.stop)
    known = {"alcohol", "drink", "drinking", "tablet", "medic", "antidepress", "lithium", "sedative", "benzodiaz"}
    assert known <= set(wording.substances)


def test_never_7_nothing_here_can_call_or_write_to_anybody() -> None:
    """Two modules call: the webhook and sign-in, each the one address that the service's own deployment sets."""
    calling = {
        path.relative_to(ROOT).as_posix()
        for path in [*(ROOT / "triage").rglob("*.py"), *(ROOT / "api").rglob("*.py")]
        if not CALLERS.isdisjoint(_imported(path))
    }
    connections = "api/records/outside.py"  # the webhook's, to addresses outside the network alone
    assert calling == {"api/records/webhooks.py", connections, "api/people/openid/provider.py"}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_never_8_unwanted_thoughts_are_neither_danger_nor_harmless(assessor: Assessor, ruleset: RuleSet) -> None:
    facts = {**_clear(ruleset), "perinatal_status": "postpartum", "thoughts_of_harming_child": "unwanted_distressing"}
    answer = assessor.assess(Referral(facts))
    assert answer.urgency.level == "urgent"


def test_never_9_an_instrument_is_held_as_its_result_never_as_items_of_our_wording(ruleset: RuleSet) -> None:
    for fact in ruleset.vocabulary:
        if fact.group == "scores":
            assert re.fullmatch(r"\w+_(total|item9|item10|positive)", fact.name)
            assert fact.is_integer or fact.values == ("no", "yes")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_never_10_no_rating_is_reported_before_an_alert_is_settled(
    case: Any, assessor: Assessor, ruleset: RuleSet
) -> None:
    answer = assessor.assess(referral_of(case, ruleset))
    held = answer.urgency.level in ("very_urgent", "emergency")
    assert (answer.suitability.rating == "on_hold") is held
    if held:
        assert answer.course is None
        assert answer.suitability.for_ == ()


def test_never_12_a_perinatal_cut_off_outside_and_an_adult_scale_in_a_minor_are_remarked(ruleset: RuleSet) -> None:
    adult = {
        condition.fact
        for rule in ruleset.deriving
        for when in rule.when
        for condition in when
        if _adults_only(rule.when)
    }
    scales = {name for name in adult if ruleset.vocabulary[name].group == "scores"}
    for name in scales - {"phq9_total", "epds_total"}:  # these have a rule of their own below 18, or outside
        value: Value = "yes" if ruleset.vocabulary[name].values else ruleset.vocabulary[name].maximum
        fired = evaluate(ruleset, {"age_years": 13, name: value}).fired
        assert any(_remarks(ruleset.by_id[id_]) for id_ in fired), name
    outside = evaluate(ruleset, {"age_years": 30, "perinatal_status": "none", "epds_total": 12}).fired
    assert any(ruleset.by_id[id_].of(Advice) for id_ in outside)


def _remarks(rule: Rule) -> bool:
    """Whether the rule says something of the score, or takes it for what it is at this age."""
    return rule.derives is not None or bool(rule.of(Advice))


def _adults_only(when: Any) -> bool:
    ages = [condition for alternative in when for condition in alternative if isinstance(condition, Between)]
    return any(age.fact == "age_years" and age.low >= 18 for age in ages)


def test_never_13_free_text_is_taken_for_no_answer(ruleset: RuleSet) -> None:
    reader = ReferralReader(ruleset.vocabulary)
    for fact in ruleset.vocabulary:
        with pytest.raises(RefusedReferral):
            reader.read({"facts": {fact.name: "says she is fine and has no such thoughts"}})


def test_never_14_every_reason_names_its_rule_its_answers_and_its_sources(assessor: Assessor, ruleset: RuleSet) -> None:
    for reason, answered in _reasons(assessor, ruleset):
        assert reason.rule
        assert reason.sources, reason.rule
        assert reason.because
        if reason.rule in ruleset.by_id:
            assert reason.facts, reason.rule
            assert set(reason.facts) <= answered


def _reasons(assessor: Assessor, ruleset: RuleSet) -> Iterator[tuple[Reason, set[str]]]:
    for case in CASES:
        referral = referral_of(case, ruleset)
        derived = {rule.derives.fact for rule in ruleset.deriving if rule.derives}
        for reason in assessor.assess(referral).reasons:
            yield reason, set(referral.answers) | derived
