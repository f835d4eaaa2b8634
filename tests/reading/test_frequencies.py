"""A file of frequencies: what it is read as, and every mistake in one, its message whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.model.fact import Fact, Label
from triage.model.faults import FaultyRuleSet
from triage.model.frequencies import FactFrequency, Shares
from triage.model.rule import Between, OneOf
from triage.model.vocabulary import Vocabulary
from triage.reading.frequencies_file import read_frequencies

LABELS = {value: Label(value) for value in ("none", "some")}
SOME = OneOf("mood", frozenset({"some"}))
FACTS = (
    Fact("age", "integer", "all", "How old?", "Age", maximum=20),
    Fact("mood", "choice", "all", "How?", "Mood", labels=LABELS),
    Fact("signs", "choices", "all", "Which?", "Signs", labels={value: Label(value) for value in ("one", "two")}),
    Fact(
        "detail",
        "choice",
        "all",
        "Detail",
        "How much?",
        labels=LABELS,
        asked_when=((OneOf("mood", frozenset(("some",))),),),
    ),
)
VOCABULARY = Vocabulary({fact.name: fact for fact in FACTS})

GOOD = """\
about: A clinic.
facts:
  age:
    source: counted in 2025
    of_1000: [{from: 0, to: 9, count: 400}, {from: 10, to: 20, count: 600}]
  mood:
    guess: true
    of_1000: {none: 900, some: 100}
    where:
      - {when: {age: {at_most: 9}}, of_1000: {none: 1000, some: 0}}
  signs: {guess: true, of_1000: {one: 20, two: 5}}
  detail: {guess: true, of_1000: {none: 500, some: 500}}
"""


def _read(tmp_path: Path, text: str) -> dict[str, FactFrequency]:
    file = tmp_path / "frequencies.yaml"
    file.write_text(text, encoding="utf-8")
    return dict(read_frequencies(file, VOCABULARY))


def test_a_file_is_read(tmp_path: Path) -> None:
    assert _read(tmp_path, GOOD) == {
        "age": FactFrequency(Shares(of_ranges=((0, 9, 0.4), (10, 20, 0.6))), source="counted in 2025"),
        "mood": FactFrequency(
            Shares({"none": 0.9, "some": 0.1}), ((Between("age", 0, 9), Shares({"none": 1.0, "some": 0.0})),)
        ),
        "signs": FactFrequency(Shares({"one": 0.02, "two": 0.005})),
        "detail": FactFrequency(Shares({"none": 0.5, "some": 0.5})),
    }


def test_the_share_of_an_answer_is_that_of_its_range_or_its_value(tmp_path: Path) -> None:
    read = _read(tmp_path, GOOD)
    assert read["age"].shares.of(3) == pytest.approx(0.04)
    assert read["mood"].shares_given(3).of("none") == 1
    assert read["mood"].shares_given(12).of("none") == 0.9
    assert read["mood"].depends_on == "age"


CHANGES: dict[str, tuple[str, str, str]] = {
    "a fact that is not known": (
        "  detail: {guess",
        "  detial: {guess",
        "2:1: `detail` has no frequencies. Every fact needs them: add it. [frequencies]\n"
        "12:3: `detial` is not a fact. Did you mean `detail`? [unknown-fact]",
    ),
    "no source and no guess": (
        "  signs: {guess: true, ",
        "  signs: {",
        "11:3: `signs` has no source. Write `source: …`, or `guess: true` where there is none. [frequencies]",
    ),
    "a source and a guess": (
        "    source: counted in 2025\n",
        "    source: counted in 2025\n    guess: true\n",
        "3:3: `age` has a source and is called a guess. "
        "Write `source: …`, or `guess: true` where there is none. [frequencies]",
    ),
    "a value that is not known": (
        "of_1000: {none: 900, some: 100}",
        "of_1000: {none: 900, sme: 0, some: 100}",
        "8:26: `sme` is not a value of `mood`. Did you mean `some`? [frequencies]",
    ),
    "a value left out": (
        "of_1000: {one: 20, two: 5}",
        "of_1000: {one: 20}",
        "11:24: `signs` has no count for `two`. Write 0 where nobody gives this answer. [frequencies]",
    ),
    "a count that is none": (
        "of_1000: {one: 20, two: 5}",
        "of_1000: {one: 20, two: 0.5}",
        "11:43: The count `0.5` is not a whole number from 0 to 1000. Counts are of 1,000 referrals. [frequencies]",
    ),
    "counts that come to less": (
        "of_1000: {none: 500, some: 500}",
        "of_1000: {none: 500, some: 400}",
        "12:25: The counts of `detail` come to 900, not to 1000. Correct one of them. [frequencies]",
    ),
    "counts of a number that come to more": (
        "count: 600",
        "count: 700",
        "5:5: The counts of `age` come to 1100, not to 1000. Correct one of them. [frequencies]",
    ),
    "a choice with ranges": (
        "of_1000: {none: 500, some: 500}",
        "of_1000: [1]",
        "12:25: The counts of `detail` are a mapping from its values to numbers. Write `{none: 900, …}`. [frequencies]",
    ),
    "a number without ranges": (
        "of_1000: [{from: 0, to: 9, count: 400}, {from: 10, to: 20, count: 600}]",
        "of_1000: 7",
        "5:5: The counts of `age` are a list of ranges. Write `{from: 0, to: 9, count: 100}`. [frequencies]",
    ),
    "ranges with a gap": (
        "{from: 10, to: 20",
        "{from: 11, to: 20",
        "5:45: The range 11 to 20 of `age` does not follow: the next begins at 10. "
        "Ranges lead from 0 to 20. [frequencies]",
    ),
    "ranges that end early": (
        "{from: 10, to: 20",
        "{from: 10, to: 19",
        "5:5: The ranges of `age` end at 19. Ranges lead from 0 to 20. [frequencies]",
    ),
    "a dependence on two facts": (
        "when: {age: {at_most: 9}}",
        "when: {age: {at_most: 9}, detail: some}",
        "9:5: `mood` depends on `age`, `detail`. Let it depend on one other fact. [frequencies]",
    ),
    "a dependence on itself": (
        "when: {age: {at_most: 9}}",
        "when: {mood: some}",
        "9:5: `mood` can't depend on `mood`, which is the same fact. Name another fact, or none. [frequencies]",
    ),
    "a dependence on a set": (
        "when: {age: {at_most: 9}}",
        "when: {signs: {includes: one}}",
        "9:5: `mood` can't depend on `signs`, which is a set. Name another fact, or none. [frequencies]",
    ),
    "a dependence on a detail": (
        "when: {age: {at_most: 9}}",
        "when: {detail: some}",
        "9:5: `mood` can't depend on `detail`, which is only sometimes asked. "
        "Name another fact, or none. [frequencies]",
    ),
    "a dependence on what depends": (
        "of_1000: {one: 20, two: 5}",
        "of_1000: {one: 20, two: 5}, where: [{when: {mood: some}, of_1000: {one: 0, two: 0}}]",
        "11:52: `signs` can't depend on `mood`, which depends on another fact. "
        "Name another fact, or none. [frequencies]",
    ),
    "two entries for one answer": (
        "      - {when: {age: {at_most: 9}}",
        "      - {when: {age: {at_least: 9}}, of_1000: {none: 0, some: 1000}}\n      - {when: {age: {at_most: 9}}",
        "9:5: Two entries of `mood` hold where `age` is 9. Let their conditions exclude each other. [frequencies]",
    ),
    "a key that does not belong": (
        "about: A clinic.",
        "abuot: A clinic.",
        "1:1: `abuot` is not a key that belongs here. Did you mean `about`? [structure]",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_mistake_is_named_with_its_place_and_its_fix(tmp_path: Path, name: str) -> None:
    before, after, expected = CHANGES[name]
    assert before in GOOD
    with pytest.raises(FaultyRuleSet) as refused:
        _read(tmp_path, GOOD.replace(before, after, 1))
    file = tmp_path / "frequencies.yaml"
    assert str(refused.value) == "\n".join(f"{file}:{line}" for line in expected.splitlines())


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FaultyRuleSet) as refused:
        read_frequencies(tmp_path / "none.yaml", VOCABULARY)
    assert str(refused.value) == f"{tmp_path / 'none.yaml'}: The file can't be read: No such file or directory. [text]"
