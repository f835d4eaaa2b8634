"""The course of an answer (contract §3): its kind and length by target, one plan an answer, a known cost."""

from __future__ import annotations

from typing import Any

import pytest

from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Answer, Course
from triage.model.ruleset import RuleSet
from triage.settings import Settings

CALM = {"lean": "none", "hazards": [], "nesting": "none"}
GROWN = {**CALM, "age_years": 10, "blight": "current"}


@pytest.fixture(scope="module")
def orchard(fixture_rules: RuleSet) -> Assessor:
    return build_assessor(fixture_rules, Settings())


def _answer(orchard: Assessor, facts: dict[str, Any]) -> Answer:
    return orchard.assess(orchard.reader.read({"facts": facts}))


def _course(orchard: Assessor, facts: dict[str, Any]) -> Course:
    course = _answer(orchard, facts).course
    assert course is not None
    return course


@pytest.mark.parametrize(
    ("facts", "kind", "sessions"),
    [
        (GROWN, "acute", (4, 6)),
        ({**GROWN, "age_years": 4}, "acute", (3, 3)),
        ({**GROWN, "blight": "remitted"}, "maintenance", (10, 12)),
    ],
)
def test_kind_and_length_are_those_of_the_target(
    orchard: Assessor, facts: dict[str, Any], kind: str, sessions: tuple[int, int]
) -> None:
    course = _course(orchard, facts)
    assert (course.kind, course.sessions) == (kind, sessions)


def test_there_is_no_course_where_the_plans_of_the_targets_differ(orchard: Assessor) -> None:
    answer = _answer(orchard, {**CALM, "age_years": 10, "blight": "remitted", "mildew": "current"})
    assert (answer.suitability.rating, answer.suitability.for_) == ("possible", ("blight", "mildew"))
    assert answer.course is None


@pytest.mark.parametrize("beside", [{"lean": "falling"}, {"main_wish": "felling"}])
def test_there_is_no_course_on_hold_and_below_possible(orchard: Assessor, beside: dict[str, Any]) -> None:
    answer = _answer(orchard, {**GROWN, **beside})
    assert answer.suitability.rating in ("on_hold", "not_recommended")
    assert answer.course is None


@pytest.mark.parametrize(
    ("terms", "cost"),
    [
        ({}, None),
        ({"insured": "yes"}, None),
        ({"insured": "unknown", "copay_usd": 20}, None),
        ({"insured": "yes", "copay_usd": 20}, (80, 120)),
        ({"insured": "no"}, (260, 380)),
    ],
)
def test_a_cost_is_named_only_where_it_is_known(
    orchard: Assessor, terms: dict[str, Any], cost: tuple[int, int] | None
) -> None:
    named = _course(orchard, {**GROWN, **terms}).cost_usd
    assert (named and (named.low, named.high)) == cost
