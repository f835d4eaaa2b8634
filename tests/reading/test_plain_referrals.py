"""A referral read without pydantic is the one that pydantic would have let in, and what it refuses is left to it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import generated
from triage.model.fact import Fact
from triage.model.rule import UNKNOWN
from triage.model.ruleset import RuleSet
from triage.reading.referral_reader import ReferralReader

STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    [True, False, 1.0, 1.5, "1", "", "no such answer", [], [1], [["x"]], {}, -1, 10**30, None]
)


def _values(fact: Fact) -> st.SearchStrategy[Any]:
    """Answers to a fact, and what is nearly one."""
    if fact.is_integer:
        sound: st.SearchStrategy[Any] = st.integers(fact.minimum - 1, fact.maximum + 1)
    elif fact.is_set:
        sound = st.lists(st.sampled_from([*fact.values, UNKNOWN]), max_size=4)
    else:
        sound = st.sampled_from(fact.values)
    return sound | sound | st.just(UNKNOWN) | STRANGE


@settings(deadline=None, max_examples=generated(300))
@given(st.data())
def test_both_ways_of_reading_say_the_same(fixture_rules: RuleSet, data: st.DataObject) -> None:
    vocabulary = fixture_rules.vocabulary
    reader = ReferralReader(vocabulary)
    names = data.draw(st.lists(st.sampled_from([*vocabulary.facts, "no_such_fact"]), max_size=4))
    facts = {name: data.draw(_values(vocabulary[name]) if name in vocabulary.facts else STRANGE) for name in names}
    whole: dict[str, Any] = {"facts": facts, **data.draw(st.sampled_from([{}, {"reference": "R"}, {"reference": None},
                             {"reference": 1}, {"reference": "x" * 201}, {"said_by": {}}, {"more": 1}]))}  # fmt: skip
    plain = reader._without_fault(whole)
    if plain is not None:
        assert reader._shape_faults(whole) == []
        assert plain == reader._sound(whole)
    elif whole.keys() <= {"facts", "reference"}:
        assert reader._shape_faults(whole)
