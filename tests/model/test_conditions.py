"""What a condition means, open sets included, and what counts as asked, answered and core: contract §1 and §5.1."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engines.small import fact_of
from triage.model.fact import CoreRule
from triage.model.rule import Between, Condition, Empty, Includes, OneOf, Truth, Value
from triage.model.truth import all_of, any_of, not_, satisfies
from triage.model.vocabulary import Vocabulary

NONE, ONE, OPEN = frozenset[str](), frozenset({"a"}), frozenset({"a", "unknown"})
A, B, EITHER = (Includes("some", frozenset(members)) for members in (("a",), ("b",), ("a", "b")))

MEANINGS: list[tuple[Condition, Value, Truth]] = [
    (OneOf("x", frozenset({"a"})), "a", True),
    (OneOf("x", frozenset({"a"})), "b", False),
    (Between("x", 2, 3), 2, True),
    (Between("x", 2, 3), 4, False),
    (A, NONE, False),
    (A, ONE, True),
    (A, OPEN, True),
    (B, ONE, False),
    (B, OPEN, None),
    (EITHER, OPEN, True),
    (Includes("some", frozenset({"b", "c"})), OPEN, None),
    (Empty("some", empty=True), NONE, True),
    (Empty("some", empty=True), ONE, False),
    (Empty("some", empty=True), OPEN, False),
    (Empty("some", empty=False), NONE, False),
    (Empty("some", empty=False), ONE, True),
    (Empty("some", empty=False), OPEN, True),
]


@pytest.mark.parametrize(("condition", "value", "truth"), MEANINGS)
def test_an_answer_satisfies_a_condition_or_not_or_it_is_not_known(
    condition: Condition, value: Value, truth: Truth
) -> None:
    assert satisfies(condition, value) is truth


@pytest.mark.parametrize(("condition", "value"), [(A, "a"), (OneOf("x", ONE), 1), (Between("x", 0, 1), "0"), (A, 1)])
def test_a_value_of_another_type_is_an_error_and_never_false(condition: Condition, value: Value) -> None:
    with pytest.raises(TypeError, match=f"^{condition.fact}: {value!r} does not fit "):
        satisfies(condition, value)


def test_unknown_is_neither_true_nor_false() -> None:
    assert [not_(truth) for truth in (True, False, None)] == [False, True, None]
    assert [all_of(truths) for truths in ((True, None), (False, None), (None, None), ())] == [None, False, None, True]
    assert [any_of(truths) for truths in ((True, None), (False, None), (None, None), ())] == [True, None, None, False]


GATE = ((OneOf("first", frozenset({"yes"})),),)
DETAIL = replace(fact_of("detail", "choice"), asked_when=GATE)
SIGNS = fact_of("signs", "choices")


NEVER, WHEN = CoreRule("never"), CoreRule("when", GATE)


def _vocabulary(detail: CoreRule, signs: CoreRule = NEVER) -> Vocabulary:
    facts = (fact_of("first", "yes_no"), replace(DETAIL, core=detail), replace(SIGNS, core=signs))
    return Vocabulary({fact.name: fact for fact in facts})


@pytest.mark.parametrize(
    ("core", "answers", "asked"),
    [
        (NEVER, {"first": "no", "detail": "much"}, False),
        (WHEN, {"first": "no", "detail": "much"}, True),
        (WHEN, {"first": "no", "detail": "none"}, False),
        (WHEN, {"first": "no"}, False),
        (WHEN, {"detail": "much"}, True),
        (WHEN, {"detail": "none"}, None),
        (NEVER, {"detail": "much"}, None),
    ],
)
def test_a_core_fact_with_an_answer_that_is_not_neutral_counts_as_asked(
    core: CoreRule, answers: dict[str, Value], asked: Truth
) -> None:
    vocabulary = _vocabulary(core)
    assert vocabulary.asked("detail", answers) is asked
    assert vocabulary.asked_all(answers)["detail"] is asked
    not_used = asked is False and answers.get("detail", "none") != "none"
    assert vocabulary.not_used(answers) == (("detail",) if not_used else ())


def test_core_when_is_read_with_caution() -> None:
    vocabulary = _vocabulary(WHEN)
    assert vocabulary.core_unanswered({}) == ("detail",)
    assert vocabulary.core_unanswered({"first": "yes"}) == ("detail",)
    assert vocabulary.core_unanswered({"first": "no"}) == ()
    assert vocabulary.core_unanswered({"first": "yes", "detail": "none"}) == ()


def test_a_fact_that_is_not_asked_is_not_missing_though_it_is_always_core() -> None:
    vocabulary = _vocabulary(CoreRule("always"))
    assert vocabulary.core_unanswered({"first": "no"}) == ()
    assert vocabulary.core_unanswered({}) == ("detail",)


def test_an_open_set_is_not_answered() -> None:
    vocabulary = _vocabulary(NEVER, CoreRule("always"))
    whole: dict[str, Value] = {"first": "no", "signs": frozenset({"some"})}
    half = whole | {"signs": frozenset({"some", "unknown"})}
    assert vocabulary.is_complete(whole)
    assert not vocabulary.is_complete(half)
    assert vocabulary.unanswered(half) == ("signs",)
    assert vocabulary.core_unanswered(half) == ("signs",)
    assert vocabulary.core_unanswered(whole) == ()
    assert [vocabulary.is_answered("signs", answers) for answers in (whole, half, {})] == [True, False, False]


def test_a_condition_that_is_met_is_unknown_while_the_gate_is_open() -> None:
    vocabulary = _vocabulary(NEVER)
    met, other = OneOf("detail", frozenset({"much"})), OneOf("detail", frozenset({"some"}))
    answers: dict[str, Value] = {"detail": "much"}
    assert vocabulary.truth(met, answers, vocabulary.asked_all(answers)) is None
    assert vocabulary.truth(other, answers, vocabulary.asked_all(answers)) is False
