"""Every way in that is tried is closed, and the page that counts the tries says so."""

from __future__ import annotations

import pytest

from api.request import State
from tests.people import tried
from tests.people.attacks import ATTACKS, Try, every_text, some_texts


@pytest.mark.parametrize("title", ATTACKS)
def test_nobody_is_let_in(small_state: State, title: str) -> None:
    result = tried.in_a_world(ATTACKS[title], small_state)
    assert result.let_in == ()
    assert result.tried >= 10


def test_no_text_is_run(small_state: State) -> None:
    result = tried.in_a_world(some_texts, small_state)
    assert result.let_in == ()
    assert result.tried > 500


def test_whoever_is_let_in_is_counted_and_named() -> None:
    result = tried.count([Try("a door", let_in=True), Try("another", let_in=False)])
    assert (result.tried, result.let_in) == (2, ("a door",))
    assert "| doors | 2 | 1 |\n| together | 2 | 1 |" in tried.written([("doors", result)])


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_no_text_is_run_in_any_place(small_state: State) -> None:
    result = tried.in_a_world(every_text, small_state)
    assert result.let_in == ()
    assert result.tried > 9_000
