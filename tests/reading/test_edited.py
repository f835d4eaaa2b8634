"""Every part of a rule set's files read, and edited in every way: whole messages, and what a sound file is read as."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reading.edited import FOLDER, as_read, edited, sound_documents

KINDS = tuple(sound_documents())
AGAIN = "where the change is meant: python -m tests.reading.edited"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_with_an_edited_file_is_said_whole(kind: str, tmp_path: Path) -> None:
    assert "\n".join(edited(kind, tmp_path)) == (FOLDER / f"{kind}.txt").read_text(encoding="utf-8"), AGAIN


@pytest.mark.parametrize("kind", [*KINDS, "referral"])
def test_a_sound_file_is_read_as_it_says(kind: str) -> None:
    """Of a referral: the schema that it is read by, as the API publishes it."""
    assert as_read()[kind] == (FOLDER / f"{kind}.read.txt").read_text(encoding="utf-8"), AGAIN
