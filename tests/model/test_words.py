"""Words that people read of facts and of what was mistyped."""

from __future__ import annotations

import pytest

from triage.model.faults import did_you_mean
from triage.model.ruleset import RuleSet

MOST_NAMED = 12


@pytest.mark.parametrize("known", [1, MOST_NAMED, MOST_NAMED + 1])
def test_what_resembles_nothing_is_answered_with_what_is_known_where_that_is_short(known: int) -> None:
    words = tuple(f"w{number:02}" for number in range(known))
    listed = ", ".join(f"`{word}`" for word in words)
    assert did_you_mean("something else", words) == (f"Known: {listed}." if known <= MOST_NAMED else "")
    assert did_you_mean("something else", ()) == ""


def test_a_set_of_answers_is_named_by_its_members(fixture_rules: RuleSet) -> None:
    hazards = fixture_rules.vocabulary["hazards"]
    first = hazards.labels[hazards.values[0]].label
    assert hazards.label_of(frozenset()) == "none of these"
    assert hazards.label_of(frozenset({hazards.values[0], "unknown"})) == f"{first}, others not known"
