"""What is shown of the small rules, held word for word: rules, the document, letters, problems, descriptions."""

from __future__ import annotations

import pytest
from msgspec import structs

from tests.cli.printed import REFERRALS
from tests.presenting.written import FOLDER, written
from triage.answer.assess import build_assessor
from triage.model.ruleset import RuleSet
from triage.presenting.letter import Letter, letter

FILES = ("rules.txt", "vocabulary.json", "rules.json", "sources.json", "ruleset.json", "document.txt",
         "problems.txt", "letters.txt", "problems.json", "urgency.txt")  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_is_shown_is_as_it_stands_written(name: str) -> None:
    assert written()[name]() == (FOLDER / name).read_text(encoding="utf-8"), (
        "where the change is meant: python -m tests.presenting.written"
    )


def test_every_file_is_held() -> None:
    assert {*FILES} == {*written()} == {path.name for path in FOLDER.iterdir()}


def test_a_letter_offers_what_comes_first_or_beside_and_nothing_more(fixture_rules: RuleSet) -> None:
    orchard = build_assessor(fixture_rules)
    answer = orchard.assess(orchard.reader.read(REFERRALS["two targets and what else to offer"]))
    assert [offered.offer for offered in answer.alternatives] == ["first"]
    about = Letter("25 Nov 2026", "by Thu", "urgent", "sorted")
    for offer, is_said in (("first", True), ("beside", True), ("more", False)):
        offers = tuple(structs.replace(offered, offer=offer) for offered in answer.alternatives)
        text = letter(fixture_rules, structs.replace(answer, alternatives=offers), about)
        assert ("Spraying" in text) is is_said, offer
