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


@pytest.mark.parametrize(
    ("data", "pointer", "message"),
    [
        ({"facts": []}, "/facts", "`facts` must be an object: the name of each fact with its answer."),
        ({"reference": 5, "facts": {}}, "/reference", "`reference` must be text of at most 200 characters."),
        ({"reference": "x" * 201, "facts": {}}, "/reference", "`reference` must be text of at most 200 characters."),
        ({}, "/facts", "`facts` is missing."),
        ([], "", "A referral is a JSON object with `facts`."),
    ],
)
def test_a_fault_of_the_whole_is_told_in_our_words(
    data: Any, pointer: str, message: str, reader: ReferralReader
) -> None:
    assert [(fault.pointer, fault.message) for fault in _faults(reader, data)] == [(pointer, message)]
