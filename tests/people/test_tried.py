"""Every way in that is tried is closed, and the page that counts the tries says so."""

from __future__ import annotations

import pytest

from api.request import State
from tests.people import tried
from tests.people.attacks import ATTACKS, OF_SLOW_CLIENTS, OF_TEXTS, Try, every_text, one_text

EVERY_ROUTE_BY_MANY = (
    "another's record, draft, table or account: every route, every list",
    "a key that was stolen and replaced, revoked, has expired, was cut or made up: every route",
    "another `Host`: every route",
    "someone removed or changed while signed in, signed out or away for long: every route",
)
"""The longest: hundreds of requests each. The table of access asks every route in the short run."""


@pytest.mark.parametrize(
    "title", [pytest.param(title, marks=[pytest.mark.deep] * (title in EVERY_ROUTE_BY_MANY)) for title in ATTACKS]
)
def test_nobody_is_let_in(small_state: State, title: str) -> None:
    result = tried.in_a_world(ATTACKS[title], small_state)
    assert result.let_in == ()
    assert result.tried >= 10


def test_no_text_is_run(small_state: State) -> None:
    result = tried.in_a_world(one_text, small_state)
    assert result.let_in == ()
    assert result.tried > 300


def test_the_page_counts_every_attack_and_nobody_let_in() -> None:
    kept = tried.kept()
    assert list(kept) == [*ATTACKS, OF_TEXTS, *OF_SLOW_CLIENTS, "together"]
    assert {let_in for _, let_in in kept.values()} == {0}
    assert kept["together"][0] == sum(number for title, (number, _) in kept.items() if title != "together")


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


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_all_of_it_is_tried_as_often_as_the_page_says_and_more_where_routes_were_added(small_state: State) -> None:
    counted = tried.kept()
    for title, result in tried.everything(small_state):
        assert result.let_in == (), title
        assert result.tried >= counted[title][0], title
