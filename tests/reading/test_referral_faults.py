"""A fault of a referral is told at its own field, whatever the field is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from triage.model.fact import Fact, Label
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Vocabulary
from triage.reading.referral import FieldFault, RefusedReferral
from triage.reading.referral_reader import ReferralReader

TYPE_NAMES = ("int", "integer_of", "str", "strange", "list", "listed", "literal", "function-after", "dictated", "none")
"""Names that a fact could have and that pydantic gives to the branches of a type."""


def _faults(reader: ReferralReader, data: Any) -> tuple[FieldFault, ...]:
    with pytest.raises(RefusedReferral) as refused:
        reader.read(data)
    return refused.value.faults


def test_a_bad_value_of_every_fact_is_told_at_that_fact(ruleset: RuleSet, reader: ReferralReader) -> None:
    for name in ruleset.vocabulary.facts:
        for value in (3.5, {"a": 1}, [["b"]], "no such answer"):
            (fault,) = _faults(reader, {"facts": {name: value}})
            assert (fault.pointer, fault.code) == (f"/facts/{name}", "wrong-value")
            assert f"is not an answer to `{name}`." in fault.message


def test_two_bad_values_are_two_faults(reader: ReferralReader) -> None:
    faults = _faults(reader, {"facts": {"intoxication_or_withdrawal": "x", "interpersonal_focus_rejected": "y"}})
    assert [(fault.pointer, fault.message) for fault in faults] == [
        ("/facts/intoxication_or_withdrawal", '"x" is not an answer to `intoxication_or_withdrawal`.'),
        ("/facts/interpersonal_focus_rejected", '"y" is not an answer to `interpersonal_focus_rejected`.'),
    ]


@pytest.mark.parametrize("name", TYPE_NAMES)
@pytest.mark.parametrize("kind", ["yes_no", "integer", "choices"])
def test_a_fact_named_like_a_type_keeps_its_faults(name: str, kind: Any) -> None:
    labels: Mapping[str, Label] = {} if kind == "integer" else {"no": Label("No"), "yes": Label("Yes")}
    fact = Fact(name, kind, "group", "Asked?", "Title", labels, maximum=9)
    (fault,) = _faults(ReferralReader(Vocabulary({name: fact})), {"facts": {name: "maybe"}})
    assert fault.pointer == f"/facts/{name}"


A_REFERENCE = "`reference` must be text of at most 200 characters."
WHOLE: dict[str, tuple[Any, FieldFault]] = {
    "facts that are a list": (
        {"facts": [3]},
        FieldFault("/facts", "wrong-type", "`facts` must be an object: the name of each fact with its answer.", [3],
                   "an object of facts"),
    ),
    "a reference that is a number": (
        {"reference": 5, "facts": {}},
        FieldFault("/reference", "wrong-type", A_REFERENCE, 5, "text of at most 200 characters, or null"),
    ),
    "a reference of 201 characters": (
        {"reference": "x" * 201, "facts": {}},
        FieldFault("/reference", "wrong-type", A_REFERENCE, "x" * 100 + "…", "text of at most 200 characters, or null"),
    ),
    "no facts": ({}, FieldFault("/facts", "missing", "`facts` is missing.", allowed="an object of facts")),
    "a list": (
        [1],
        FieldFault("", "wrong-type", "A referral is a JSON object with `facts`.", [1], "an object with `facts`"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_fault_of_the_whole_is_told_in_our_words(name: str, reader: ReferralReader) -> None:
    data, expected = WHOLE[name]
    assert _faults(reader, data) == (expected,)


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"phq9_total": 1, "phq9_item9": 2}, "`phq9_item9` of at most `phq9_total`"),
        ({"epds_total": 28, "epds_item10": 0}, "`epds_total` of at most `epds_item10` + 27"),
        ({"bipolar_disorder": "absent", "bipolar_type": "i"},
         "not these answers to `bipolar_type` and `bipolar_disorder` together"),
    ],
)  # fmt: skip
def test_a_contradiction_says_what_is_allowed(facts: Any, allowed: str, reader: ReferralReader) -> None:
    (fault,) = _faults(reader, {"facts": facts})
    assert (fault.given, fault.allowed) == (facts, allowed)


def test_every_fault_says_what_is_allowed(reader: ReferralReader) -> None:
    everything = {
        "facts": {"age_year": 3, "phq9_total": 99, "disputes": "partner", "insured": None},
        "said_by": {"insured": "person", "age_years": "neighbour", "nobody": "person"},
        "quotes": {"age_years": "x" * 301, "insured": 3, "nobody": "x"},
        "refrence": "x",
    }
    assert [fault.pointer for fault in _faults(reader, everything) if fault.allowed is None] == []


@pytest.mark.parametrize(
    ("name", "pointer"), [("a/b", "a~1b"), ("a~b", "a~0b"), ("~1", "~01"), ("~/", "~0~1"), ("", ""), ("é", "é")]
)
@pytest.mark.parametrize("part", ["facts", "said_by", "quotes"])
def test_a_pointer_leads_to_the_name_whatever_it_has_in_it(
    part: str, name: str, pointer: str, fixture_rules: RuleSet
) -> None:
    data = {"facts": {}, part: {name: "x"}}
    with pytest.raises(RefusedReferral) as refused:
        ReferralReader(fixture_rules.vocabulary).read(data)
    assert [fault.pointer for fault in refused.value.faults] == [f"/{part}/{pointer}"]


@pytest.mark.parametrize("members", [["water"], ["fire", 3], [["fire"]], [None, "fire"], ["fire", "water", "water"]])
def test_a_wrong_member_of_a_list_is_told_at_its_question(members: list[object], fixture_rules: RuleSet) -> None:
    with pytest.raises(RefusedReferral) as refused:
        ReferralReader(fixture_rules.vocabulary).read({"facts": {"lean": "none", "hazards": members}})
    assert [(fault.pointer, fault.code, fault.given) for fault in refused.value.faults] == [
        ("/facts/hazards", "wrong-value", members)
    ]


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("lean", 'one of none, slight, falling; or "unknown", or null'),
        ("age_years", 'a whole number from 0 to 120; or "unknown", or null'),
        ("crowded", 'one of no, yes; or "unknown", or null'),
        ("blight", 'one of absent, suspected, current, remitted; or "unknown", or null'),
        ("hazards", 'a list of any of fire, power_line, footpath, with "unknown" among them where there may be more; '
                    'or "unknown", or null'),
    ],
)  # fmt: skip
def test_what_is_allowed_is_said_of_each_kind_of_question(name: str, allowed: str, fixture_rules: RuleSet) -> None:
    (fault,) = _faults(ReferralReader(fixture_rules.vocabulary), {"facts": {name: "quite other"}})
    message = f'"quite other" is not an answer to `{name}`.'
    assert fault == FieldFault(f"/facts/{name}", "wrong-value", message, "quite other", allowed)
