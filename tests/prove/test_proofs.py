"""Every property is proved of the published rules; each fault planted in them is caught by a named one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES, RULES
from tests.prove.planted import Plant, also, call, changed, is_, only, supports, with_rules, without
from triage.analysis.proof import Proof
from triage.analysis.property_names import names
from triage.analysis.prove import prove_all
from triage.analysis.prover import Refuted
from triage.cli import app
from triage.engines import reference
from triage.engines.floors import floors
from triage.engines.outcome import standing
from triage.model.faults import FaultyRuleSet
from triage.model.rule import Alternative, Answers, Between, Effect, Format, Limits, Rule, Urgency
from triage.model.ruleset import RuleSet
from triage.model.truth import any_holds
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


MDD = is_("major_depression", "current")
ITEM_FROM_TWO = ((Between("phq9_item9", 2, 3),),)
ONLY_IF_TRIED = (is_("suicidal_behavior", "none"),)


def _means_hold_no_floor(ruleset: RuleSet) -> RuleSet:
    facts = {**ruleset.vocabulary.facts}
    facts["means_within_reach"] = replace(facts["means_within_reach"], floor=None)
    return replace(ruleset, vocabulary=replace(ruleset.vocabulary, facts=facts))


def _couples_need_no_answer(ruleset: RuleSet) -> RuleSet:
    """Couples sessions are suited where the partner is willing, and need no answer about violence."""
    formats = tuple(replace(format_, suited_only_when=()) for format_ in ruleset.scales.formats)
    wishing = also("a-couple-wishes", Format("couples", suited=True), is_("partner_willing", "yes"))(ruleset)
    return replace(wishing, scales=replace(ruleset.scales, formats=formats))


def _no_message_line(ruleset: RuleSet) -> RuleSet:
    """No action says to leave no message."""

    def silent(effect: Effect) -> Effect:
        if not isinstance(effect, Urgency):
            return effect
        lines = tuple(line for line in effect.action.also if line != "leave_no_message")
        return replace(effect, action=replace(effect.action, also=lines))

    changed_rules = (replace(rule, effects=tuple(map(silent, rule.effects))) for rule in ruleset.rules)
    return with_rules(ruleset, tuple(changed_rules))


def _always_offered(therapy: str) -> Plant:
    """The therapy is offered with major depression, and nothing that was answered rules it out."""

    def plant(ruleset: RuleSet) -> RuleSet:
        scales = ruleset.scales
        therapies = tuple(
            replace(offered, not_offered_when=()) if offered.id == therapy else offered for offered in scales.therapies
        )
        offered = also("offered", Alternative(therapy, "first", ("major_depression",)), MDD)(ruleset)
        return replace(offered, scales=replace(scales, therapies=therapies))

    return plant


PLANTED: dict[str, tuple[str, Plant]] = {
    "a safety rule deleted": ("red-flag-r19", without("child-harm-intent-or-delusional")),
    "a level lowered": ("red-flag-r03", changed("suicidal-behavior-within-3-months", only(call("urgent")))),
    "a bound flipped": (
        "red-flag-r07",
        changed("phq9-item-nine-positive", lambda rule: replace(rule, when=ITEM_FROM_TWO)),
    ),
    "an unless widened": (
        "red-flag-r02",
        changed("suicidal-plan-or-intent", lambda rule: replace(rule, unless=ONLY_IF_TRIED)),
    ),
    "an urgency from a screen that an answer takes back": (
        "answering-more-lowers-nothing",
        also("screened", call("emergency"), is_("major_depression", "suspected")),
    ),
    "a danger only while nothing worse is said": (
        "more-serious-lowers-nothing",
        also("remark", call("emergency"), is_("harm_to_others", "ambiguous")),
    ),
    "a floor forgotten": ("plan-and-means-not-known", _means_hold_no_floor),
    "a harmless answer that sets a time": (
        "dependants-alone-set-no-level",
        also("alone", call("urgent"), is_("dependants", "alone_with_the_person")),
    ),
    "a line forgotten": ("no-message-in-violence", _no_message_line),
    "a rating for what is not to be treated": (
        "substance-use-is-not-recommended",
        without("substance-use-as-the-problem"),
    ),
    "couples suited without asking": (
        "couples-only-where-violence-was-ruled-out",
        _couples_need_no_answer,
    ),
    "a purse that changes the rating": (
        "money-and-wishes-change-nothing",
        also("pays", supports("recommended", "ptsd"), is_("insured", "yes")),
    ),
    "an urgency that reads a treatment": (
        "treatment-and-delivery-change-no-urgency",
        also("refuses", call("urgent"), is_("cbt_history", "declined")),
    ),
    "a support on a remitted condition": (
        "remission-is-for-keeping-well",
        also("well", supports("possible", "ptsd"), is_("ptsd", "remitted")),
    ),
    "a bound moved inside a stretch that no rule cuts": (
        "severity-raises",
        changed("gad7-severe", lambda rule: replace(rule, when=((Between("gad7_total", 16, 21),),))),
    ),
    "a support too high on a suspicion": (
        "suspicion-is-never-recommended",
        also("maybe", supports("recommended", "ptsd"), is_("ptsd", "suspected")),
    ),
    "children rated like adults": (
        "depression-of-a-child",
        also("any-age", supports("recommended", "major_depression"), MDD),
    ),
    "an obstacle that helps": (
        "a-suspected-obstacle-stands-between",
        also("drinks", supports("recommended", "panic_disorder"), is_("alcohol_use_disorder", "suspected")),
    ),
    "an obstacle worse suspected than confirmed": (
        "a-suspected-obstacle-stands-between",
        also("drinks", Limits("not_recommended", ("major_depression",)), is_("alcohol_use_disorder", "suspected")),
    ),
    "upkeep of what is not in remission": (
        "maintenance-is-for-remission",
        also("kept", supports("recommended", "major_depression", "maintenance"), MDD),
    ),
    "an eating disorder that was not studied": (
        "another-eating-disorder-has-no-support",
        also("eats", supports("possible", "other_eating_disorder"), is_("other_eating_disorder", "current")),
    ),
    "cbt offered again": ("cbt-is-not-offered-again", _always_offered("cbt")),
    "trauma therapy offered again": ("trauma-therapy-is-not-offered-again", _always_offered("trauma_focused_therapy")),
    "grief therapy offered again": ("grief-therapy-is-not-offered-again", _always_offered("prolonged_grief_therapy")),
    "an antidepressant ruled out": ("an-antidepressant-ruled-out-is-not-offered", _always_offered("antidepressant")),
    "an antidepressant in bipolar disorder": ("no-antidepressant-alone-in-bipolar", _always_offered("antidepressant")),
    "couples therapy without asking": (
        "no-couples-therapy-unless-violence-was-ruled-out",
        _always_offered("couples_therapy"),
    ),
    "work that dementia does not allow": ("no-cbt-in-dementia", _always_offered("behavioural_activation")),
    "bereavement support instead": ("no-bereavement-support-instead", _always_offered("bereavement_support")),
    "no problem area in pregnancy": (
        "around-a-birth-or-loss-there-is-a-problem-area",
        changed("no-problem-area-in-depression", lambda rule: replace(rule, unless=())),
    ),
    "no problem area beside a loss": (
        "no-problem-area-only-where-none-is-proposed",
        changed("no-problem-area-in-depression", lambda rule: replace(rule, when=((MDD,),))),
    ),
    "no problem area in remission": (
        "remission-needs-no-problem-area",
        changed(
            "no-problem-area-in-depression",
            lambda rule: replace(rule, when=((is_("major_depression", "remitted"),),)),
        ),
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
    """Whether the planted rules say something else of these referrals than the published ones."""

    def outcome(ruleset: RuleSet, answers: Answers) -> tuple[object, ...]:
        evaluation = reference.evaluate(ruleset, answers)
        rules = ruleset.fired(evaluation.fired)
        missing = ruleset.vocabulary.core_unanswered(answers)
        so_far = standing(ruleset, rules, evaluation.answers)
        return rules, so_far, floors(ruleset, missing, answers), _offered(ruleset, rules, answers)

    return any(outcome(planted, facts) != outcome(published, facts) for facts in referrals)


def _offered(ruleset: RuleSet, rules: tuple[Rule, ...], answers: Answers) -> set[str]:
    offered = {effect.therapy for rule in rules for effect in rule.of(Alternative)}
    barred = {therapy.id for therapy in ruleset.scales.therapies if any_holds(therapy.not_offered_when, answers)}
    return offered - barred


def test_a_counterexample_is_as_small_as_can_be(ruleset: RuleSet) -> None:
    planted = without("child-harm-intent-or-delusional")(ruleset)
    (proof,) = prove_all(planted, RULES, only=["red-flag-r19"])
    assert proof.counterexamples == ({"thoughts_of_harming_child": "intent_or_delusional"},)


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
        "`primary_problm` is not a fact. Did you mean `primary_problem`? [unknown-fact]" in message
        for message in messages
    )
    assert any(
        "`posible` is not known here. Did you mean `possible`? [unknown-value]" in message for message in messages
    )


def test_the_command_says_what_holds_and_what_does_not(tmp_path: Path) -> None:
    asked = ["prove", "--only", "danger-nestlings", "--rules"]
    held = CliRunner().invoke(app, [*asked, str(FIXTURE_RULES)])
    assert held.exit_code == 0
    assert "holds          danger-nestlings" in held.stdout
    shutil.copytree(FIXTURE_RULES, tmp_path / "rules")
    rule = tmp_path / "rules" / "dangers" / "nestlings-in-danger.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("level: very_urgent", "level: urgent"), "utf-8")
    broken = CliRunner().invoke(app, [*asked, str(tmp_path / "rules")])
    assert broken.exit_code == 1
    assert "DOES NOT HOLD  danger-nestlings" in broken.stdout
    assert '{"facts": {"nestlings": "in_danger"}}' in broken.stdout
    assert "0 of 1 properties hold" in broken.stdout
    unknown = CliRunner().invoke(app, ["prove", "--only", "danger-nestling", "--rules", str(FIXTURE_RULES)])
    assert unknown.exit_code == 2
    assert "There is no property `danger-nestling`. Did you mean `danger-nestlings`" in unknown.stderr


def test_a_counterexample_with_an_open_set_comes_back_from_json(ruleset: RuleSet) -> None:
    some: Answers = {"medical_red_flags": frozenset({"delirium", "unknown"}), "age_years": 30}
    proof = Proof("p", "P.", False, 0.25, "It is so.", (some,))
    assert Proof.from_json(proof.as_json(ruleset), ruleset) == proof


def test_a_refutation_passes_through_a_context_manager() -> None:
    """A frozen exception does not: the manager sets its traceback anew."""

    @contextmanager
    def around() -> Iterator[None]:
        yield

    with pytest.raises(Refuted, match="It does not hold"), around():
        raise Refuted("It does not hold.")
