"""Every property is proved of the published rules; each fault planted in them is caught by a named one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import RULES
from triage.analysis.proof import Proof
from triage.analysis.prove import Refuted, names, prove_all
from triage.cli import app
from triage.engines import reference
from triage.engines.outcome import outcome
from triage.model.faults import FaultyRuleSet
from triage.model.rule import Answers, Between, Effect, Format, Limits, OneOf, Rule, SourceRef, Supports, Urgency
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset
from triage.reading.properties_file import read_properties

PROPERTIES = names(read_ruleset(RULES), RULES)


@pytest.fixture(scope="module")
def proofs(ruleset: RuleSet) -> dict[str, Proof]:
    return {proof.id: proof for proof in prove_all(ruleset, RULES)}


@pytest.mark.parametrize("id_", PROPERTIES)
def test_a_property_holds_of_the_published_rules(id_: str, proofs: dict[str, Proof]) -> None:
    proof = proofs[id_]
    assert proof.holds is True, (proof.note, proof.counterexamples)


def _with(ruleset: RuleSet, rules: tuple[Rule, ...]) -> RuleSet:
    return replace(ruleset, rules=rules, all_rules=rules)


def _changed(ruleset: RuleSet, id_: str, change: Callable[[Rule], Rule]) -> RuleSet:
    assert id_ in ruleset.by_id
    return _with(ruleset, tuple(change(rule) if rule.id == id_ else rule for rule in ruleset.rules))


def _without(ruleset: RuleSet, id_: str) -> RuleSet:
    assert id_ in ruleset.by_id
    return _with(ruleset, tuple(rule for rule in ruleset.rules if rule.id != id_))


def _also(ruleset: RuleSet, id_: str, effect: Effect, *when: OneOf | Between) -> RuleSet:
    rule = Rule(id_, id_, (when,), (), effect, "planted", (SourceRef("nice-ng222"),))
    return _with(ruleset, tuple(sorted((*ruleset.rules, rule), key=lambda each: each.id)))


def _is(fact: str, value: str) -> OneOf:
    return OneOf(fact, frozenset({value}))


def _with_effect(effect: Effect) -> Callable[[Rule], Rule]:
    return lambda rule: replace(rule, effect=effect)


def _supports(rating: str, target: str) -> Supports:
    return Supports(rating, (target,), "monotherapy", "low")


MDD = _is("major_depression", "current")
CALL = Urgency("urgent", "Call.")
NOW = Urgency("emergency", "Call.")
ITEM_FROM_TWO = ((Between("phq9_item9", 2, 3),),)
ONLY_IF_TRIED = (_is("suicidal_behavior", "none"),)

PLANTED: dict[str, tuple[str, Callable[[RuleSet], RuleSet]]] = {
    "a safety rule deleted": ("red-flag-r19", lambda rules: _without(rules, "infant-harm-intent-or-delusional")),
    "a level lowered": (
        "red-flag-r03",
        lambda rules: _changed(rules, "suicidal-behavior-recent", _with_effect(CALL)),
    ),
    "a bound flipped": (
        "red-flag-r07",
        lambda rules: _changed(rules, "phq9-item-nine-positive", lambda rule: replace(rule, when=ITEM_FROM_TWO)),
    ),
    "an unless widened": (
        "red-flag-r02",
        lambda rules: _changed(rules, "suicidal-plan-or-intent", lambda rule: replace(rule, unless=ONLY_IF_TRIED)),
    ),
    "an urgency from a screen that an answer takes back": (
        "answering-more-lowers-nothing",
        lambda rules: _also(rules, "screened", NOW, _is("major_depression", "suspected")),
    ),
    "a danger only while nothing worse is said": (
        "more-serious-lowers-nothing",
        lambda rules: _also(rules, "remark", NOW, _is("harm_to_others", "ambiguous")),
    ),
    "a limit deleted": (
        "substance-use-is-not-recommended",
        lambda rules: _without(rules, "substance-use-as-the-problem"),
    ),
    "a limit raised": (
        "psychosis-before-therapy",
        lambda rules: _changed(rules, "psychosis-before-therapy", _with_effect(Limits("possible", "very_low"))),
    ),
    "couples suited without asking": (
        "couples-only-where-violence-was-ruled-out",
        lambda rules: _also(rules, "a-couple-wishes", Format("couples", True), _is("partner_willing", "yes")),
    ),
    "a purse that changes the rating": (
        "money-and-wishes-change-nothing",
        lambda rules: _also(rules, "pays", _supports("recommended", "ptsd"), _is("insured", "yes")),
    ),
    "an urgency that reads a treatment": (
        "treatment-and-delivery-change-no-urgency",
        lambda rules: _also(rules, "refuses", CALL, _is("antidepressant_declined", "yes")),
    ),
    "a rule that can't fire": (
        "every-rule-can-fire",
        lambda rules: _also(rules, "no-one", CALL, Between("age_years", 0, 5), _is("perinatal_status", "pregnant")),
    ),
    "a rule that does nothing": (
        "every-urgency-and-limit-matters",
        lambda rules: _also(rules, "again", CALL, _is("suicidal_thoughts", "plan_or_intent")),
    ),
    "a support that does nothing": (
        "every-support-matters-or-is-covered",
        lambda rules: _also(
            rules, "old", _supports("possible", "major_depression"), Between("age_years", 50, 120), MDD
        ),
    ),
    "two rules that mean the same": (
        "no-two-rules-mean-the-same",
        lambda rules: _also(rules, "twin", Limits("not_recommended", "high"), _is("primary_problem", "substance_use")),
    ),
    "a support on a remitted condition": (
        "remission-is-for-keeping-well",
        lambda rules: _also(rules, "well", _supports("possible", "ptsd"), _is("ptsd", "remitted")),
    ),
    "a bound moved inside a stretch that no rule cuts": (
        "scores-raise-urgency",
        lambda rules: _changed(
            rules, "gad7-severe", lambda rule: replace(rule, when=((Between("gad7_total", 16, 21),),))
        ),
    ),
    "a support too high on a suspicion": (
        "suspicion-is-never-recommended",
        lambda rules: _also(rules, "maybe", _supports("recommended", "ptsd"), _is("ptsd", "suspected")),
    ),
    "children rated like adults": (
        "depression-of-a-child",
        lambda rules: _also(rules, "any-age", _supports("recommended", "major_depression"), MDD),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_caught_by_its_property(name: str, ruleset: RuleSet) -> None:
    id_, plant = PLANTED[name]
    planted = plant(ruleset)
    (proof,) = prove_all(planted, RULES, only=[id_])
    assert proof.holds is False
    assert proof.note
    for facts in proof.counterexamples:
        assert not planted.vocabulary.contradictions(facts)
    if proof.counterexamples:
        assert _differs(planted, ruleset, proof.counterexamples), "the referral shows the fault"


def _differs(planted: RuleSet, published: RuleSet, referrals: tuple[Answers, ...]) -> bool:
    """Whether the planted rules do something else on these referrals than the published ones, or than on each other."""

    def told(ruleset: RuleSet, answers: Answers) -> tuple[object, ...]:
        fired = ruleset.fired(reference.evaluate(ruleset, answers).fired)
        return (outcome(fired, ruleset.scales), sorted(rule.id for rule in fired))

    return any(told(planted, facts) != told(published, facts) for facts in referrals)


def test_a_counterexample_is_as_small_as_can_be(ruleset: RuleSet) -> None:
    planted = _without(ruleset, "infant-harm-intent-or-delusional")
    (proof,) = prove_all(planted, RULES, only=["red-flag-r19"])
    assert proof.counterexamples == ({"thoughts_of_harming_infant": "intent_or_delusional"},)


def test_a_solver_without_time_settles_nothing(ruleset: RuleSet) -> None:
    (proof,) = prove_all(ruleset, RULES, timeout=0.001, only=["more-serious-lowers-nothing"])
    assert proof.holds is None
    assert proof.note.startswith("The solver gave no answer: ")
    assert proof.note.endswith("The property is not settled.")


def test_a_property_that_names_what_does_not_exist_is_a_fault(ruleset: RuleSet, tmp_path: Path) -> None:
    text = (RULES / "properties.yaml").read_text(encoding="utf-8")
    wrong = text.replace("{primary_problem: substance_use}", "{primary_problm: substance_use}", 1)
    (tmp_path / "properties.yaml").write_text(wrong.replace("rating_at_most: possible", "rating_at_most: posible", 1))
    with pytest.raises(FaultyRuleSet) as refused:
        read_properties(tmp_path, ruleset)
    messages = [str(fault) for fault in refused.value.faults]
    assert any(
        "`primary_problm` is not a fact. Did you mean `primary_problem`? [unknown-fact]" in each for each in messages
    )
    assert any("`posible` is not known here. Did you mean `possible`? [unknown-value]" in each for each in messages)


def test_the_command_says_what_holds_and_what_does_not(tmp_path: Path) -> None:
    held = CliRunner().invoke(app, ["prove", "--only", "red-flag-r19"])
    assert held.exit_code == 0
    assert "holds          red-flag-r19" in held.stdout
    shutil.copytree(RULES, tmp_path / "rules", ignore=shutil.ignore_patterns("lock.json"))
    (tmp_path / "rules" / "safety" / "infant-harm-intent-or-delusional.yaml").unlink()
    broken = CliRunner().invoke(app, ["prove", "--only", "red-flag-r19", "--rules", str(tmp_path / "rules")])
    assert broken.exit_code == 1
    assert "DOES NOT HOLD  red-flag-r19" in broken.stdout
    assert '{"facts": {"thoughts_of_harming_infant": "intent_or_delusional"}}' in broken.stdout
    assert "0 of 1 properties hold" in broken.stdout
    unknown = CliRunner().invoke(app, ["prove", "--only", "red-flag-r91"])
    assert unknown.exit_code == 2
    assert "There is no property `red-flag-r91`. Did you mean `red-flag-" in unknown.stderr


def test_a_refutation_passes_through_a_context_manager() -> None:
    """A frozen exception does not: the manager sets its traceback anew."""

    @contextmanager
    def around() -> Iterator[None]:
        yield

    with pytest.raises(Refuted, match="It does not hold"), around():
        raise Refuted("It does not hold.")
