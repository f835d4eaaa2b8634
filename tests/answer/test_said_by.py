"""An answer that is not counted leaves its question as open as if nobody had answered; quotes change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Answer
from triage.model.ruleset import RuleSet
from triage.model.written import encode
from triage.settings import Settings

BLIGHT = {"age_years": 10, "blight": "current"}


@pytest.fixture(scope="module")
def orchard(fixture_rules: RuleSet) -> Assessor:
    return build_assessor(fixture_rules, Settings())


def _answer(orchard: Assessor, facts: dict[str, Any], **beside: Any) -> Answer:
    return orchard.assess(orchard.reader.read({"facts": facts, **beside}))


@pytest.mark.parametrize(
    ("facts", "beside", "not_counted"),
    [
        (BLIGHT, {"lean": "none"}, {"lean": "neighbour"}),
        (BLIGHT, {"hazards": []}, {"hazards": "old_sheet"}),
        ({**BLIGHT, "hazards": ["fire", "unknown"]}, {"nesting": "none"}, {}),
    ],
)
def test_any_answer_that_is_supposed_counts_whoever_gave_the_one_that_does_not(
    orchard: Assessor, facts: dict[str, Any], beside: dict[str, Any], not_counted: dict[str, str]
) -> None:
    given = _answer(orchard, {**facts, **beside}, said_by=not_counted)
    without = _answer(orchard, facts)
    assert {answer.fact for answer in given.not_counted} == beside.keys()
    assert beside.keys() <= {*given.urgency.missing}
    assert (given.urgency, given.suitability) == (without.urgency, without.suitability)
    assert given.unanswered == without.unanswered


def test_a_quote_changes_no_byte_of_an_answer(orchard: Assessor) -> None:
    plain = _answer(orchard, {**BLIGHT, "lean": "slight"})
    quoted = _answer(orchard, {**BLIGHT, "lean": "slight"}, quotes={"lean": "It has leaned since the storm."})
    assert encode(quoted) == encode(plain)
