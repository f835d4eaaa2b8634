"""A fault in the vocabulary, the scales, the sources or the rule set's own file is named like one in a rule."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import RULES
from triage.check import load_ruleset
from triage.model.faults import FaultyRuleSet
from triage.reading.yaml_text import parse

NAMES_A_RULE_LEFT_OUT = re.compile(r"^rules/properties\.yaml:.*`no-problem-area-[a-z-]+` is not known here")

pytestmark = pytest.mark.published  # each file is the published one with a fault in it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "rules"
    copied.mkdir()
    for path in RULES.glob("*.yaml"):
        shutil.copy(path, copied)
    return copied


def _messages(folder: Path) -> list[str]:
    with pytest.raises(FaultyRuleSet) as refused:
        load_ruleset(folder)
    # The order of actions in the scales and some properties name rules that are left out here.
    messages = [str(fault) for fault in refused.value.faults if fault.check != "urgency-order"]
    return [message for message in messages if not NAMES_A_RULE_LEFT_OUT.search(message)]


CHANGES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "a group that does not exist": (
        "vocabulary.yaml",
        "group: person\n",
        "group: persn\n",
        ("{line}:5: `persn` is not a group. Did you mean `person`? [structure]",),
    ),
    "a type that does not exist": (
        "vocabulary.yaml",
        "type: integer\n",
        "type: number\n",
        (
            "{line}:5: `type: number` is not one of the values that belong here. "
            "Allowed: yes_no, choice, choices, integer, condition. [structure]",
        ),
    ),
    "a key that does not belong": (
        "vocabulary.yaml",
        "    ordered: true\n",
        "    ordred: true\n",
        ("{line}:5: `ordred` is not a key that belongs here. Did you mean `ordered`? [structure]",),
    ),
    "a truth that is not one": (
        "vocabulary.yaml",
        "    ordered: true\n",
        "    ordered: yes\n",
        ("{line}:5: `ordered` must be `true` or `false`. [structure]",),
    ),
    "a source of an unknown kind": (
        "sources.yaml",
        "kind: guideline",
        "kind: guidline",
        (
            "{line}:5: `kind: guidline` is not one of the values that belong here. Did you mean `guideline`? Allowed: "
            "guideline, meta-analysis, trial, review, manual, instrument, standard, regulation, service-page, web, "
            "proposal. [structure]",
        ),
    ),
    "a key of the course": (
        "course.yaml",
        "    frequency: monthly\n",
        "    frequncy: monthly\n",
        ("{line}:5: `frequncy` is not a key that belongs here. Did you mean `frequency`? [structure]",),
    ),
    "the key that every plan reads": (
        "course.yaml",
        "  frequency: weekly\n",
        "  frequence: weekly\n",
        (
            "{above3}:1: `frequency` is missing. [structure]",
            "{line}:3: `frequence` is not a key that belongs here. Did you mean `frequency`? [structure]",
        ),
    ),
    "a price by a question that is not there": (
        "course.yaml",
        "  insured: insured\n",
        "  insured: insurd\n",
        ("{line}:3: `insurd` is not a fact of the type `yes_no`. Did you mean `insured`? [unknown-fact]",),
    ),
    "a copay that is no number": (
        "course.yaml",
        "  copay: copay_usd\n",
        "  copay: insured\n",
        ("{line}:3: `insured` is not a fact of the type `integer`. [unknown-fact]",),
    ),
    "a course for no condition": (
        "course.yaml",
        "for: [bulimia_nervosa]",
        "for: [bulimia_nervsa]",
        ("{line}:11: `bulimia_nervsa` does not belong here. Did you mean `bulimia_nervosa`? [unknown-value]",),
    ),
    "a course of no kind": (
        "course.yaml",
        "kind: maintenance",
        "kind: maintainance",
        (
            "{line}:5: `kind: maintainance` is not one of the values that belong here. Did you mean `maintenance`? "
            "Allowed: acute, maintenance, prevention. [structure]",
        ),
    ),
    "sessions the wrong way round": (
        "course.yaml",
        "sessions: [24, 36]",
        "sessions: [36, 24]",
        ("{line}:5: `sessions` goes from 36 to 24. Write the smaller number first. [bound]",),
    ),
    "a review point of three sessions": (
        "course.yaml",
        "session: [4, 6]",
        "session: [4, 5, 6]",
        ("{line}:5: `session` is one number, or a first and a last one. Write one number or two. [bound]",),
    ),
    "a review point in words": (
        "course.yaml",
        "session: [4, 6]",
        "session: four",
        ("{line}:5: `session` must be a whole number or a list. [structure]",),
    ),
    "a source of the course": (
        "course.yaml",
        "{id: frank-2007, ",
        "{id: frank-2077, ",
        ("{line}:9: The source `frank-2077` is not in sources.yaml. Did you mean `frank-2007`? [source]",),
    ),
    "a key of the rule set": (
        "ruleset.yaml",
        "reviewers: []\n",
        "reviewrs: []\n",
        (
            "3:1: `reviewers` is missing. [structure]",
            "{line}:1: `reviewrs` is not a key that belongs here. Did you mean `reviewers`? [structure]",
        ),
    ),
    "a version that is none": (
        "ruleset.yaml",
        "effective_date: ",
        "effective_date: about ",
        ("{line}:1: `effective_date` must be a date, such as 2026-11-23. [structure]",),
    ),
    "a side without its source": (
        "ruleset.yaml",
        "source: carroll-2004",
        "source: caroll-2004",
        ("{line}:9: The source `caroll-2004` is not in sources.yaml. Did you mean `carroll-2004`? [source]",),
    ),
    "a key of a property": (
        "properties.yaml",
        "    alone: true\n",
        "    alon: true\n",
        ("{line}:5: `alon` is not a key that belongs here. Did you mean `alone`? [structure]",),
    ),
    "a rating of a property": (
        "properties.yaml",
        "rating_at_most: possible\n",
        "rating_at_most: posible\n",
        ("{line}:5: `posible` is not known here. Did you mean `possible`? [unknown-value]",),
    ),
    "what a property may change": (
        "properties.yaml",
        "change_neither: [rating, urgency]",
        "change_neither: [rating, urgeny]",
        (
            "{line}:30: `urgeny` is not one of the values that belong here. Did you mean `urgency`? "
            "Allowed: rating, urgency. [structure]",
        ),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_fault_is_named_with_file_line_and_fix(folder: Path, name: str) -> None:
    file, before, after, expected = CHANGES[name]
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    line = text[: text.index(before)].count("\n") + 1
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert _messages(folder) == [f"rules/{file}:{message.format(line=line, above3=line - 3)}" for message in expected]


def test_a_fact_that_is_there_twice_is_named(folder: Path) -> None:
    path = folder / "vocabulary.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("name: suicidal_behavior\n", "name: suicidal_thoughts\n", 1), encoding="utf-8")
    assert any("The fact `suicidal_thoughts` is there twice. [duplicate]" in message for message in _messages(folder))


def test_bounds_the_wrong_way_round_are_named(folder: Path) -> None:
    path = folder / "vocabulary.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("max: 120\n", "max: -1\n", 1), encoding="utf-8")
    assert any(
        "`age_years` has no sound bounds. Give `min` below `max`. [bound]" in message for message in _messages(folder)
    )


def test_a_rating_left_out_of_the_scales_is_named(folder: Path) -> None:
    path = folder / "scales.yaml"
    text = path.read_text(encoding="utf-8").replace("id: no_indication", "id: no_indicatin", 1)
    path.write_text(text, encoding="utf-8")
    assert any("`ratings` lacks `no_indication`. Did you mean `no_indicatin`? [scales]" in m for m in _messages(folder))


@pytest.mark.parametrize("file", ["vocabulary.yaml", "scales.yaml", "sources.yaml", "course.yaml", "ruleset.yaml"])
def test_a_file_that_is_empty_or_missing_is_named(folder: Path, file: str) -> None:
    (folder / file).write_text("", encoding="utf-8")
    assert f"rules/{file}: The file is empty. [text]" in _messages(folder)
    (folder / file).unlink()
    assert any(file in message for message in _messages(folder))


def test_the_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    for file in ("vocabulary.yaml", "sources.yaml"):
        (folder / file).write_text("a: [1,\n", encoding="utf-8")
    messages = _messages(folder)
    assert [message.split(":")[0] for message in messages] == ["rules/sources.yaml", "rules/vocabulary.yaml"]


TITLES = {
    "    title: Age\n": ("", "rules/vocabulary.yaml:{above}:5: `title` is missing. [structure]"),
    "    title: Harm to others\n": (
        "    title: Harm to any other person\n",
        "rules/vocabulary.yaml:{line}:5: The title of `harm_to_others` has 5 words. Use 1 to 4. [structure]",
    ),
    "    title: PTSD\n": (
        '    title: ""\n',
        "rules/vocabulary.yaml:{line}:5: `title` is empty. [structure]",
    ),
    "    title: Insured\n": (
        '    title: " "\n',
        "rules/vocabulary.yaml:{line}:5: The title of `insured` has 0 words. Use 1 to 4. [structure]",
    ),
}


@pytest.mark.parametrize("before", TITLES)
def test_a_fact_has_a_title_of_at_most_four_words(folder: Path, before: str) -> None:
    after, message = TITLES[before]
    path = folder / "vocabulary.yaml"
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(before)].count("\n") + 1
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert _messages(folder) == [message.format(line=line, above=line - 1)]


def test_an_alias_is_refused_before_it_can_grow() -> None:
    bomb = "a: &a [x]\n" + "\n".join(
        f"{chr(98 + number)}: &{chr(98 + number)} [{', '.join(['*' + chr(97 + number)] * 9)}]" for number in range(20)
    )
    with pytest.raises(FaultyRuleSet) as refused:
        parse(bomb, "bomb.yaml")
    assert str(refused.value.faults[0]) == (
        "bomb.yaml:1:4: An alias repeats what stands here. Write it out each time: `&` and `*` are not read. [text]"
    )
