"""What commands print, held word for word: titles, order, indents, and what is left out on hold and at an emergency."""

from __future__ import annotations

import pytest

from tests.cli.printed import FOLDER, commands, printed


@pytest.mark.parametrize("name", commands())
def test_what_a_command_prints_is_as_it_stands_written(name: str) -> None:
    assert printed(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8"), (
        "where the change is meant: python -m tests.cli.printed"
    )
