"""Whose word an answer is: reassurance about a core fact counts from the person alone, and while nothing clouds it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from triage.model.fact import CoreRule, Fact, Floor, Label, Reassuring
from triage.model.rule import Includes, OneOf, Value
from triage.model.vocabulary import AtMost, Clouded, Speaker, Vocabulary
from triage.reading.counting import NotCounted
from triage.reading.referral import Referral, RefusedReferral
from triage.reading.referral_reader import ReferralReader

ALWAYS = CoreRule("always")


def _choice(name: str, *values: str, core: CoreRule = ALWAYS, **more: Any) -> Fact:
    labels = {value: Label(value) for value in values}
    return Fact(name, "choice", "safety", f"{name}?", name, labels, core=core, **more)


FACTS = (
    _choice("thoughts", "none", "wish", "plan"),
    _choice("means", "no", "held", "yes", core=CoreRule("when", (((OneOf("thoughts", frozenset({"plan"}))),),)),
            asked_when=((OneOf("thoughts", frozenset({"wish", "plan"})),),),
            reassuring=Reassuring(frozenset({"held"})),
            floor=Floor("emergency", ((OneOf("thoughts", frozenset({"plan"})),),))),
    _choice("violence", "none", "past", "current", reassuring=Reassuring(in_part=frozenset({"past"}))),
    _choice("drunk", "none", "drunk", reassuring=Reassuring(but=frozenset({"clouded"}))),
    _choice("age_band", "none", "old", reassuring=Reassuring(but=frozenset({"said_by", "clouded"}))),
    replace(_choice("signs", "muddled", "frozen"), type="choices"),
    Fact("total", "integer", "scores", "total?", "total", maximum=9),
    Fact("item", "integer", "scores", "item?", "item", maximum=3, core=CoreRule("given", given="total")),
    _choice("partner_comes", "no", "yes", core=CoreRule("never")),
)  # fmt: skip
SPEAKERS = (
    Speaker("person", "Person", counts=True),
    Speaker("referrer", "Referrer", counts=True),
    Speaker("record", "Record", counts=False, why="copied from a record"),
    Speaker("relative", "Relative", counts=False, why="said by a relative"),
)
VOCABULARY = Vocabulary(
    {fact.name: fact for fact in FACTS},
    constraints=(AtMost("item-in-total", "The item is more than the total.", "item", "total", 0),),
    speakers=SPEAKERS,
    clouded_while=(
        Clouded((OneOf("drunk", frozenset({"drunk"})),), "the person is drunk"),
        Clouded((Includes("signs", frozenset({"muddled"})),), "the person is muddled"),
    ),
)
READER = ReferralReader(VOCABULARY)


def _read(facts: dict[str, Any], **said_by: str) -> Referral:
    return READER.read({"facts": facts, "said_by": said_by})


def _why(referral: Referral) -> dict[str, str]:
    return {answer.fact: answer.why for answer in referral.not_counted}


def test_a_relatives_no_is_kept_and_reasoned_about_as_unknown() -> None:
    referral = _read({"thoughts": "none"}, thoughts="relative")
    assert referral.answers == {}
    assert referral.given == {"thoughts": "none"}
    assert referral.not_counted == (NotCounted("thoughts", "said by a relative"),)
    assert "thoughts" in VOCABULARY.core_unanswered(referral.answers)


@pytest.mark.parametrize("speaker", ["relative", "record"])
def test_what_does_not_reassure_counts_whoever_said_it(speaker: str) -> None:
    referral = _read({"thoughts": "wish", "drunk": "drunk"}, thoughts=speaker, drunk=speaker)
    assert referral.answers == {"thoughts": "wish", "drunk": "drunk"}
    assert referral.not_counted == ()


@pytest.mark.parametrize("speaker", ["person", "referrer"])
def test_the_persons_own_no_counts(speaker: str) -> None:
    assert _read({"thoughts": "none"}, thoughts=speaker).answers == {"thoughts": "none"}
    assert _read({"thoughts": "none"}).answers == {"thoughts": "none"}


def test_a_named_value_reassures_like_the_neutral_one() -> None:
    referral = _read({"thoughts": "plan", "means": "held"}, means="relative")
    assert referral.answers == {"thoughts": "plan"}
    assert VOCABULARY.core_unanswered(referral.answers)[0] == "means"


def test_an_item_of_nought_copied_from_a_record_does_not_count() -> None:
    referral = _read({"total": 4, "item": 0}, item="record", total="record")
    assert referral.answers == {"total": 4}, "the total is no core fact"
    assert "item" in VOCABULARY.core_unanswered(referral.answers)
    assert _read({"total": 4, "item": 1}, item="record").answers == {"total": 4, "item": 1}


def test_a_fact_that_is_never_core_counts_whoever_said_it() -> None:
    assert _read({"partner_comes": "no"}, partner_comes="relative").answers == {"partner_comes": "no"}


def test_past_violence_from_a_relative_counts_for_rules_and_not_for_the_floor() -> None:
    referral = _read({"violence": "past"}, violence="relative")
    assert referral.answers == {"violence": "past"}
    assert referral.unanswered_for_floor == {"violence"}
    assert _why(referral) == {"violence": "said by a relative"}
    assert "violence" not in VOCABULARY.core_unanswered(referral.answers)
    assert "violence" in VOCABULARY.core_unanswered(referral.answers, referral.unanswered_for_floor)
    assert _read({"violence": "past", "drunk": "drunk"}).unanswered_for_floor == frozenset()


def test_while_the_person_is_drunk_no_reassurance_counts_but_of_what_is_excepted() -> None:
    referral = _read({"thoughts": "none", "drunk": "drunk", "age_band": "none"})
    assert referral.answers == {"drunk": "drunk", "age_band": "none"}
    assert _why(referral) == {"thoughts": "the person is drunk"}


def test_a_state_that_clouds_is_believed_of_an_open_set_too() -> None:
    referral = _read({"thoughts": "none", "signs": ["muddled", "unknown"]})
    assert _why(referral) == {"thoughts": "the person is muddled", "signs": "the person is muddled"}


@pytest.mark.parametrize(
    ("given", "counts"),
    [([], None), (["frozen"], {"frozen", "unknown"}), (["frozen", "unknown"], {"frozen", "unknown"})],
)
def test_a_set_from_a_relative_stays_open(given: list[str], counts: set[str] | None) -> None:
    referral = _read({"signs": given}, signs="relative")
    assert referral.answers == ({} if counts is None else {"signs": frozenset(counts)})
    assert _why(referral) == {"signs": "said by a relative"}
    assert "signs" in VOCABULARY.core_unanswered(referral.answers)


def test_who_said_it_comes_before_the_state_that_clouds_and_facts_in_their_order() -> None:
    referral = _read({"drunk": "drunk", "violence": "none", "thoughts": "none"}, violence="record")
    assert referral.not_counted == (
        NotCounted("thoughts", "the person is drunk"),
        NotCounted("violence", "copied from a record"),
    )


def test_a_set_of_which_nothing_is_known_is_unknown() -> None:
    referral = _read({"signs": ["unknown"]})
    assert referral.answers == {}
    assert referral.unknown == {"signs"}


def test_contradictions_are_found_in_the_answers_given() -> None:
    with pytest.raises(RefusedReferral) as refused:
        _read({"total": 0, "item": 2, "thoughts": "plan"}, total="relative")
    assert [fault.code for fault in refused.value.faults] == ["contradiction"]
    left: list[dict[str, Value]] = [dict(referral.answers) for referral in refused.value.could_be]
    assert left == [{"thoughts": "plan", "item": 2}, {"thoughts": "plan", "total": 0}]


@pytest.mark.parametrize(
    ("beside", "pointer", "code", "message"),
    [
        ({"said_by": {"thoughts": "relative"}}, "/said_by/thoughts", "not-given",
         "`thoughts` has no answer, so nobody can have said it."),
        ({"said_by": {"violence": "relativ"}}, "/said_by/violence", "wrong-value",
         '"relativ" is not a kind of person under `said_by`. Did you mean `relative`?'),
        ({"said_by": {"violence": 6}}, "/said_by/violence", "wrong-value",
         "6 is not a kind of person under `said_by`."),
        ({"said_by": {"violenc": "person"}}, "/said_by/violenc", "unknown-fact",
         "`violenc` is not a fact. Did you mean `violence`?"),
        ({"quotes": {"violence": "x" * 301}}, "/quotes/violence", "too-long",
         "The quote for `violence` has 301 characters: at most 300."),
        ({"quotes": {"violence": 3}}, "/quotes/violence", "wrong-type", "The quote for `violence` is not text."),
        ({"quotes": {"a/b": "x"}}, "/quotes/a~1b", "unknown-fact", "`a/b` is not a fact."),
        ({"said_by": ["relative"]}, "/said_by", "wrong-type",
         "`said_by` must be an object: the name of each fact with who said it."),
    ],
)  # fmt: skip
def test_a_fault_beside_the_facts_is_told_where_it_is(
    beside: dict[str, Any], pointer: str, code: str, message: str
) -> None:
    with pytest.raises(RefusedReferral) as refused:
        READER.read({"facts": {"violence": "past"}, **beside})
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code, fault.message) == (pointer, code, message)
    assert [referral.answers for referral in refused.value.could_be] == [{"violence": "past"}], "nothing is lost"


def test_a_quote_of_three_hundred_characters_is_kept_and_reaches_no_answer() -> None:
    referral = READER.read({"facts": {"violence": "past"}, "quotes": {"violence": "x" * 300}})
    assert referral.quotes == {"violence": "x" * 300}
    assert "xxx" not in repr(referral)


def test_a_misspelt_member_of_an_open_set_is_named_and_the_others_still_count() -> None:
    with pytest.raises(RefusedReferral) as refused:
        READER.read({"facts": {"signs": ["frozn", "muddled", "unknown"]}})
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/facts/signs", "wrong-value")
    assert fault.message == '"frozn" is not an answer to `signs`. Did you mean `frozen`?'
    assert fault.allowed == (
        'a list of any of muddled, frozen, with "unknown" among them where there may be more; or "unknown", or null'
    )
    assert [referral.answers for referral in refused.value.could_be] == [{"signs": frozenset({"muddled", "unknown"})}]


def test_reassurance_from_an_unknown_kind_of_person_counts_in_no_refusal() -> None:
    with pytest.raises(RefusedReferral) as refused:
        READER.read({"facts": {"thoughts": "none", "violence": "current"}, "said_by": {"thoughts": "neighbour"}})
    assert [referral.answers for referral in refused.value.could_be] == [{"violence": "current"}]


def test_of_what_can_not_be_read_nothing_is_left() -> None:
    with pytest.raises(RefusedReferral) as refused:
        READER.read(["no object"])
    assert [referral.answers for referral in refused.value.could_be] == [{}]
