"""An answer in the words of a page, without a browser: what a tag says, what one more answer would do, who said it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from api.pages.wording import NOT_SORTED, Wording
from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Answer, Citation, Consequence, Reason, UnansweredQuestion
from triage.model.ruleset import RuleSet
from triage.settings import Settings

CALM = {"lean": "none", "hazards": [], "nesting": "none"}
ALL = ("not_recommended", "no_indication", "possible", "suitable", "recommended")


@pytest.fixture(scope="module")
def assessor(fixture_rules: RuleSet) -> Assessor:
    return build_assessor(fixture_rules, Settings())


@pytest.fixture(scope="module")
def wording(fixture_rules: RuleSet) -> Wording:
    return Wording(fixture_rules)


def _answer(assessor: Assessor, **facts: Any) -> Answer:
    return assessor.assess(assessor.reader.read({"facts": facts}))


def _rated(answer: Answer, *could_become: str, rating: str = "suitable", missing: tuple[str, ...] = ()) -> Answer:
    suitability = replace(
        answer.suitability, rating=rating, could_become=could_become, settled=could_become == (rating,)
    )
    return replace(answer, suitability=suitability, urgency=replace(answer.urgency, missing=missing))


def _reason(effect: str, value: str | None, rule: str = "bark-missing") -> Reason:
    return Reason(rule, effect, value, None, "title", "because", None, decides=True, facts={}, sources=())


@pytest.mark.parametrize(
    ("facts", "queue", "in_short"),
    [
        ({}, NOT_SORTED, "Not sorted yet: 4 safety questions open"),
        (CALM, "routine", "Urgency: Routine"),
        ({**CALM, "lean": "falling"}, "very_urgent", "Urgency: Within the hour"),
        ({**CALM, "lean": "falling", "hazards": ["power_line"]}, "emergency", "Urgency: At once"),
    ],
)
def test_what_is_not_sorted_has_a_queue_of_its_own(
    facts: dict[str, Any], queue: str, in_short: str, assessor: Assessor, wording: Wording
) -> None:
    urgency = _answer(assessor, **facts).urgency
    assert (wording.queue(urgency), wording.urgency_in_short(urgency)) == (queue, in_short)


def test_an_emergency_is_never_called_unsorted(assessor: Assessor, wording: Wording) -> None:
    urgency = replace(_answer(assessor).urgency, level="emergency")
    assert (urgency.not_sorted, wording.queue(urgency)) == (True, "emergency")
    unsorted = replace(_answer(assessor).urgency, missing=())
    assert wording.urgency_in_short(unsorted) == "Not sorted yet"


@pytest.mark.parametrize(
    ("effect", "value", "rule", "tag"),
    [
        ("urgency", "very_urgent", "falling", "Within the hour"),
        ("urgency", "urgent", "leaning", "At least Today"),
        ("urgency", "urgent", "core-safety-unanswered", ""),
        ("urgency", None, "urgency-certain", ""),
        ("limits", "possible", "bark-missing", "At most Possible"),
        ("limits", "suitable", "severe-and-dry", "At most Suitable for blight"),
        ("limits", "suitable", "not-the-leading-problem", "At most Suitable"),
        ("supports", "recommended", "blight-young-tree", ""),
        ("advice", None, "watering-beside", ""),
    ],
)
def test_a_tag_never_contradicts_the_headline(
    effect: str, value: str | None, rule: str, tag: str, assessor: Assessor, wording: Wording
) -> None:
    answer = _rated(_answer(assessor, **{**CALM, "lean": "falling"}), "suitable")
    assert answer.urgency.level == "very_urgent"
    assert wording.tag(_reason(effect, value, rule), answer) == tag
    held = _rated(answer, *ALL, rating="on_hold")
    assert wording.tag(_reason(effect, value, rule), held) == ("" if effect == "limits" else tag)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (("suitable",), "suitable"),
        (("not_recommended", "no_indication", "possible"), "at most possible"),
        (("possible", "suitable", "recommended"), "at least possible"),
        (("not_recommended", "recommended"), "not no reason for it or possible or suitable"),
    ],
)
def test_what_an_answer_would_leave_of_the_rating(
    left: tuple[str, ...], words: str, assessor: Assessor, wording: Wording
) -> None:
    answer = _rated(_answer(assessor, **CALM), *ALL)
    question = UnansweredQuestion(
        "blight", "?", ("suitability",), pivotal=True, would=(Consequence("current", left, ("routine",)),)
    )
    assert wording.consequences(question, answer) == [f"“Current”: {words}"]
    held = _rated(_answer(assessor, **CALM), *ALL, rating="on_hold")
    assert wording.consequences(question, held) == []


def test_of_many_consequences_the_three_that_change_most_are_said(assessor: Assessor, wording: Wording) -> None:
    answer = _rated(_answer(assessor, **CALM), *ALL)
    would = (
        Consequence("absent", ALL, ("routine",)),
        Consequence("suspected", ("possible", "suitable"), ("routine",)),
        Consequence("current", ("suitable",), ("urgent", "emergency")),
        Consequence("remitted", ("possible",), ("very_urgent",)),
        Consequence("unknown", ("possible",), ("semi_urgent",)),
    )
    question = UnansweredQuestion("blight", "?", ("suitability", "urgency"), pivotal=True, would=would)
    shown = wording.consequences(question, answer)
    assert [text.split("”: ")[1] for text in shown] == [
        "at least within the hour, possible", "at least today, suitable", "at least soon, possible",
    ]  # fmt: skip
    only = replace(question, can_change=("urgency",))
    assert [text.split("”: ")[1] for text in wording.consequences(only, answer)] == [
        "at least within the hour", "at least today", "at least soon",
    ]  # fmt: skip


def test_a_range_is_shown_and_what_holds_so_far_only_once_it_is_sorted(assessor: Assessor, wording: Wording) -> None:
    answer = _answer(assessor, **CALM)
    settled, open_ = _rated(answer, "suitable"), _rated(answer, "possible", "suitable")
    assert wording.rating_words(settled) == "Suitable"
    assert wording.rating_words(open_) == "Can still be: Possible / Suitable. So far: Suitable"
    assert wording.rating_words(_rated(answer, "possible", "suitable", missing=("lean",))) == (
        "Can still be: Possible / Suitable"
    )
    assert wording.rating_in_short(open_) == wording.rating_words(open_)
    assert wording.rating_in_short(_rated(answer, *ALL)) == "Suitability: every step is still possible"


def test_an_answer_is_quoted_with_whoever_said_it(assessor: Assessor, wording: Wording) -> None:
    speakers = assessor.ruleset.vocabulary.speakers
    data = {
        "facts": {"lean": "slight", "insured": "yes"},
        "said_by": {"lean": speakers[0].id},
        "quotes": {"lean": "It leans."},
    }
    referral = assessor.reader.read(data)
    assert wording.quoted(referral.answers, referral) == [
        ("Lean", "A little", "It leans.", speakers[0].label),
        ("Insured", "Yes", "", ""),
    ]
    assert wording.answers({"lean": "slight"}) == [("lean", "A little")]


def test_a_name_leads_to_its_question_and_any_other_to_the_reference(wording: Wording) -> None:
    assert (wording.anchor("lean"), wording.field("lean")) == ("#q-lean", "Lean")
    assert (wording.anchor("reference"), wording.field("reference")) == ("#reference", "Reference")


def test_rules_and_what_is_built_in_have_titles(wording: Wording) -> None:
    assert wording.title("bark-missing") == "Half of the bark is missing"
    assert wording.title("no-urgent-indicator") == "No danger was reported"


def test_a_source_says_what_it_is_cited_for(wording: Wording) -> None:
    assert wording.cited(Citation("clinic-page", claim="S1")) == {
        "id": "clinic-page",
        "short": "service page, S1",
        "said": "Pruning helps against blight.",
        "citation": "The tree clinic's own page.",
        "verified": True,
        "proposal": False,
    }
    assert wording.cited(Citation("orchard-trial", finding="six visits"))["said"] == "six visits"
    proposed = wording.cited(Citation("house-rules"))
    assert (proposed["short"], proposed["said"], proposed["proposal"]) == ("house-rules", "", True)
    assert wording.cited(Citation("hearsay"))["verified"] is False
