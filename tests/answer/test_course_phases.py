"""The course that a referral would start: its phases and their sessions, its reviews, its cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.answer.course import course_for
from triage.answer.decide import Verdict
from triage.answer.fired_rules import FiredRules
from triage.answer.model import Citation, Cost, Course, Phase, PhaseSessions, ReviewPoint
from triage.engines.outcome import Common
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet

HOUSE, TRIAL = Citation("house-rules"), "orchard-trial"
AFTERWARDS = Phase(
    id="afterwards",
    title="Afterwards",
    sessions=None,
    frequency=None,
    minutes=(),
    aims=("Fewer visits towards the end.", "Look again in spring."),
    techniques=(),
    reviews=(),
    notes=(),
    sources=(HOUSE,),
)


def _course(ruleset: RuleSet, plan: str | None, given: Answers | None = None) -> Course | None:
    verdict = Verdict("routine", "sorted", "suitable", Common(plan=plan), limited_by=(), built_in=())
    return course_for(FiredRules(ruleset, (), given or {}), verdict)


def _planned(ruleset: RuleSet, plan: str, given: Answers | None = None) -> Course:
    course = _course(ruleset, plan, given)
    assert course is not None
    return course


def test_a_course_has_its_phases_in_the_shortest_and_in_the_longest_form(fixture_rules: RuleSet) -> None:
    course = _planned(fixture_rules, "default")
    assert (course.kind, course.sessions) == ("acute", (4, 6))
    assert course.phases == (
        Phase(
            id="look",
            title="Looking",
            sessions=PhaseSessions((1, 1), (1, 1)),
            frequency="weekly",
            minutes=(30, 40),
            aims=("See the crown.",),
            techniques=("Climbing",),
            reviews=(ReviewPoint("every-visit", (1, 6), "Count the spots.", "Habit of the house.", (HOUSE,)),),
            notes=("Fewer in winter.", "Bring a ladder."),
            sources=(HOUSE, Citation("clinic-page", claim="S1"), Citation(TRIAL, finding="six visits")),
        ),
        Phase(
            id="cut",
            title="Cutting",
            sessions=PhaseSessions((2, 3), (2, 5)),
            frequency="weekly",
            minutes=(30, 40),
            aims=("Cut.",),
            techniques=("Sawing",),
            reviews=(ReviewPoint("half-way", (2,), "Step back and look.", "Habit of the house.", (HOUSE,)),),
            notes=(),
            sources=(HOUSE,),
        ),
        Phase(
            id="close",
            title="Closing",
            sessions=PhaseSessions((4, 4), (6, 6)),
            frequency="weekly",
            minutes=(30, 40),
            aims=("Clear up.",),
            techniques=("Raking",),
            reviews=(),
            notes=(),
            sources=(HOUSE,),
        ),
        AFTERWARDS,
    )


def test_a_course_without_phases_is_one_stretch(fixture_rules: RuleSet) -> None:
    course = _planned(fixture_rules, "upkeep")
    assert (course.kind, course.sessions) == ("maintenance", (10, 12))
    assert course.phases == (
        Phase(
            id="upkeep",
            title="Upkeep",
            sessions=PhaseSessions((1, 10), (1, 12)),
            frequency="monthly",
            minutes=(30, 40),
            aims=(),
            techniques=(),
            reviews=(),
            notes=("Once a month.",),
            sources=(Citation(TRIAL, finding="twelve visits"),),
        ),
        AFTERWARDS,
    )


def test_a_length_that_no_source_gives_is_not_made_up(fixture_rules: RuleSet) -> None:
    plan = fixture_rules.course
    assert plan is not None
    unknown = replace(plan.default, sessions=None, note=None)
    course = _planned(replace(fixture_rules, course=replace(plan, default=unknown)), "default", {"insured": "no"})
    assert (course.sessions, course.cost_usd) == (None, None)
    stretch, afterwards = course.phases
    assert (stretch.id, stretch.title, stretch.sessions, stretch.notes) == ("default", "default", None, ())
    assert afterwards == AFTERWARDS


@pytest.mark.parametrize(
    ("given", "cost"),
    [
        ({"insured": "no"}, Cost(80 + 3 * 60, 80 + 5 * 60)),
        ({"insured": "no", "copay_usd": 10}, Cost(80 + 3 * 60, 80 + 5 * 60)),
        ({"insured": "yes", "copay_usd": 10}, Cost(40, 60)),
        ({"insured": "yes", "copay_usd": 0}, Cost(0, 0)),
        ({"insured": "yes"}, None),
        ({"insured": "yes", "copay_usd": "unknown"}, None),
        ({"insured": "unknown"}, None),
        ({"copay_usd": 10}, None),
        ({}, None),
    ],
)
def test_the_cost_is_said_where_it_is_known(given: Answers, cost: Cost | None, fixture_rules: RuleSet) -> None:
    assert _planned(fixture_rules, "default", given).cost_usd == cost


def test_no_course_is_planned_where_the_targets_have_different_ones(fixture_rules: RuleSet) -> None:
    assert _course(fixture_rules, None) is None
    assert _course(replace(fixture_rules, course=None), "default") is None


@pytest.mark.parametrize(
    ("given", "plan"),
    [
        ({"age_years": 5}, "young-trees"),
        ({"age_years": 6}, "default"),
        ({}, "default"),
        ({"age_years": "unknown"}, "default"),
        ({"blight": "remitted"}, "upkeep"),
        ({"blight": "current"}, "default"),
        ({"blight": "remitted", "age_years": 5}, "upkeep"),
    ],
)
def test_the_first_length_that_fits_is_the_plan(given: Answers, plan: str, fixture_rules: RuleSet) -> None:
    course = fixture_rules.course
    assert course is not None
    assert course.length_for("blight", given).id == plan
    assert course.length_for("mildew", given).id == "default"
