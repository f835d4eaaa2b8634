"""The order in which open questions are asked, and the form of each answer's consequence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from triage.answer.fired_rules import FiredRules
from triage.answer.model import NumberRange, UnansweredQuestion
from triage.answer.open_questions import OpenQuestions
from triage.answer.pivotal import PivotalQuestions
from triage.engines.outcome import Consequence, OpenQuestion
from triage.model.fact import Floor
from triage.model.rule import OneOf, Rule, SourceRef, Urgency
from triage.model.ruleset import RuleSet


def _question(fact: str, *would: tuple[tuple[str, ...], tuple[str, ...]]) -> OpenQuestion:
    return OpenQuestion(fact, ("suitability", "urgency"), tuple(Consequence("x", *parts) for parts in would))


def _ordered(ruleset: RuleSet, *questions: OpenQuestion, missing: tuple[str, ...] = ()) -> list[str]:
    fired = FiredRules(ruleset, (), missing=missing, asked=ruleset.vocabulary.asked_all({}))
    return [question.fact for question in OpenQuestions(ruleset).of(fired, questions)]


def test_open_questions_stand_by_core_then_reach_then_width_then_the_vocabulary(fixture_rules: RuleSet) -> None:
    without = replace(fixture_rules, rules=())
    narrow, wide = ("possible",), ("possible", "suitable")
    low = _question("bark", (narrow, ("routine",)), (narrow, ("routine", "semi_urgent")))
    high = _question("insured", (narrow, ("routine",)), (narrow, ("routine", "urgent")), (narrow, ("semi_urgent",)))
    assert _ordered(without, low, high) == ["insured", "bark"]
    two_ratings = _question(
        "crowded", (narrow, ("routine",)), (("recommended",), ("semi_urgent",)), (wide, ("routine",))
    )
    assert _ordered(without, low, two_ratings, high) == ["insured", "crowded", "bark"]
    same = _question("crowded", (narrow, ("semi_urgent",)))
    assert _ordered(without, same, low) == _ordered(without, low, same) == ["bark", "crowded"]
    core = _question("nestlings", (narrow, ("routine",)))
    assert _ordered(without, high, core, missing=("nestlings",)) == ["nestlings", "insured"]
    without_consequences = _question("ring_count")
    assert _ordered(without, without_consequences, low, core) == ["bark", "nestlings", "ring_count"]


def test_a_pivotal_question_stands_before_one_that_reaches_higher(fixture_rules: RuleSet) -> None:
    when = (OneOf("crowded", frozenset({"yes"})),)
    urgent = Urgency("urgent", "fire")
    rule = Rule("crowded-now", "Crowded", (when,), (), (urgent,), "Because.", (SourceRef("house-rules"),))
    ruleset = replace(fixture_rules, rules=(rule,))
    questions = (
        _question("bark", (("possible",), ("emergency",))),
        _question("crowded", (("possible",), ("urgent",))),
    )
    fired = FiredRules(ruleset, (), asked=ruleset.vocabulary.asked_all({}))
    asked = OpenQuestions(ruleset).of(fired, questions)
    assert [(question.fact, question.pivotal) for question in asked] == [("crowded", True), ("bark", False)]
    worse = replace(ruleset, rules=(replace(rule, effects=(Urgency("emergency", "fire"),)),))
    core = _question("nestlings", (("possible",), ("routine",)))  # with another one open, it changes nothing alone
    assert _ordered(worse, *questions, core, missing=("lean", "nestlings")) == ["nestlings", "crowded", "bark"]


def test_a_question_is_pivotal_where_what_is_derived_from_it_holds_a_floor(fixture_rules: RuleSet) -> None:
    facts = fixture_rules.vocabulary.facts
    suspected = (OneOf("canker", frozenset({"suspected"})),)
    lean = replace(facts["lean"], floor=Floor("very_urgent", (suspected,)))
    deriving = tuple(rule for rule in fixture_rules.rules if rule.id == "canker-from-rings")
    vocabulary = replace(fixture_rules.vocabulary, facts={**facts, "lean": lean})
    ruleset = replace(fixture_rules, vocabulary=vocabulary, rules=deriving)
    given = {"age_years": 6}
    fired = FiredRules(ruleset, (), given=given, missing=("lean",), asked=vocabulary.asked_all(given))
    assert PivotalQuestions(ruleset).among(("bark", "ring_count"), fired) == {"ring_count"}


def test_a_range_of_numbers_is_written_as_one(fixture_rules: RuleSet) -> None:
    answers: tuple[Any, ...] = ({"from": 0, "to": 4}, 5, "yes", ["fire"])
    would = tuple(Consequence(answer, ("possible",), ("routine", "urgent")) for answer in answers)
    fired = FiredRules(fixture_rules, (), asked=fixture_rules.vocabulary.asked_all({}))
    (question,) = OpenQuestions(fixture_rules).of(fired, (OpenQuestion("ring_count", ("urgency",), would),))
    assert isinstance(question, UnansweredQuestion)
    assert (question.question, question.can_change) == ("How many dark rings are there?", ("urgency",))
    assert [consequence.answer for consequence in question.would] == [NumberRange(0, 4), 5, "yes", ["fire"]]
    assert {(consequence.suitability, consequence.urgency) for consequence in question.would} == {
        (("possible",), ("routine", "urgent"))
    }


def test_nothing_is_asked_where_nothing_is_open(fixture_rules: RuleSet) -> None:
    assert OpenQuestions(fixture_rules).of(FiredRules(fixture_rules, ()), ()) == ()
