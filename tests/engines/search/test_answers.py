"""The answers that a question is shown with."""

from __future__ import annotations

from tests.engines.search.answers import AnswerList
from tests.engines.search.space import axis_of
from triage.model.fact import Fact, Label
from triage.model.rule import Between, Includes

AGE = Fact("age", "integer", "all", "How old?", "Age", maximum=20)
SOME = Fact("some", "choices", "all", "Which?", "Some", labels={each: Label(each) for each in ("a", "b", "c")})


def test_numbers_are_grouped_between_cut_points_and_broken_where_none_is_possible() -> None:
    cuts = [Between("age", 7, 11), Between("age", 12, 20)]
    axis = axis_of(AGE, [*cuts, Between("age", 14, 15)], singly=False)
    answers = AnswerList(axis, cuts)
    assert [answer for answer, _ in answers.within(axis.everything)] == [
        {"from": 0, "to": 6},
        {"from": 7, "to": 11},
        {"from": 12, "to": 20},
    ]
    without = axis.everything & ~axis.mask(Between("age", 14, 15))
    assert [answer for answer, _ in answers.within(without)][2:] == [{"from": 12, "to": 13}, {"from": 16, "to": 20}]


def test_a_set_is_answered_with_nothing_or_one_member() -> None:
    answers = AnswerList(axis_of(SOME, [Includes("some", frozenset({"a"}))], singly=False), [])
    assert [answer for answer, _ in answers.within(0b11)] == [[], ["a"], ["b"], ["c"]]
    assert [answer for answer, _ in answers.within(0b10)] == [["a"]]
