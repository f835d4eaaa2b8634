"""A fault in the vocabulary, the scales, the sources or the rule set's own file is named like one in a rule."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import RULES
from triage.check import load_ruleset
from triage.model.faults import FaultyRuleSet
from triage.reading.yaml_text import parse


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
    return [str(fault) for fault in refused.value.faults]


CHANGES: dict[str, tuple[str, str, str, str]] = {
    "a fact twice": (
        "vocabulary.yaml",
        "name: suicidal_behavior\n",
        "name: suicidal_thoughts\n",
        "The fact `suicidal_thoughts` is there twice.",
    ),
    "a group that does not exist": ("vocabulary.yaml", "group: person\n", "group: persn\n", "Did you mean `person`?"),
    "bounds the wrong way round": ("vocabulary.yaml", "max: 120\n", "max: -1\n", "age_years"),
    "a type that does not exist": ("vocabulary.yaml", "type: integer\n", "type: number\n", "`type`"),
    "a key that does not belong": (
        "vocabulary.yaml",
        "    ordered: true\n",
        "    ordred: true\n",
        "Did you mean `ordered`?",
    ),
    "a rating left out": ("scales.yaml", "id: no_indication", "id: no_indicatin", "`no_indication`"),
    "a source of an unknown kind": ("sources.yaml", "kind: guideline", "kind: guidline", "`kind`"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_fault_is_named_with_file_line_and_fix(folder: Path, name: str) -> None:
    file, before, after, said = CHANGES[name]
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    messages = _messages(folder)
    found = [message for message in messages if message.startswith(f"rules/{file}:") and said in message]
    assert found, messages
    assert all(int(message.split(":")[1]) > 0 for message in found)


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
