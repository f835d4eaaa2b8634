"""What is shown of the small rules, held word for word: rules, the document, letters, problems, descriptions."""

from __future__ import annotations

import pytest

from tests.presenting.written import FOLDER, written

FILES = ("rules.txt", "vocabulary.json", "rules.json", "sources.json", "ruleset.json", "document.txt", "letters.txt",
         "problems.json", "urgency.txt")  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_is_shown_is_as_it_stands_written(name: str) -> None:
    assert written()[name]() == (FOLDER / name).read_text(encoding="utf-8"), (
        "where the change is meant: python -m tests.presenting.written"
    )


def test_every_file_is_held() -> None:
    assert {*FILES} == {*written()} == {path.name for path in FOLDER.iterdir()}
