"""The search against trying every choice, on problems dense enough that it must branch."""

from __future__ import annotations

from itertools import product
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import generated
from tests.engines.search.search import Domains, OutOfTime, find
from tests.engines.search.space import Box

Problem = tuple[Domains, list[Box], list[list[Box]]]


@st.composite
def boxes(draw: st.DrawFn, axes: int, classes: int, least: int = 1) -> Box:
    chosen = draw(st.lists(st.integers(0, axes - 1), min_size=least, max_size=3, unique=True))
    return tuple((axis, draw(st.integers(1, (1 << classes) - 2))) for axis in sorted(chosen))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    axes, classes = draw(st.integers(3, 5)), draw(st.integers(2, 3))
    forbidden = draw(st.lists(boxes(axes, classes, 2), min_size=3, max_size=8 * classes))
    groups = draw(st.lists(st.lists(boxes(axes, classes), min_size=1, max_size=4), max_size=3))
    return [(1 << classes) - 1] * axes, forbidden, groups


def inside(choice: tuple[int, ...], box: Box) -> bool:
    return all(choice[axis] & mask for axis, mask in box)


def choices(domains: Domains) -> list[tuple[int, ...]]:
    return list(
        product(*([1 << number for number in range(each.bit_length()) if each >> number & 1] for each in domains))
    )


def is_solution(choice: tuple[int, ...], forbidden: list[Box], groups: list[list[Box]]) -> bool:
    kept_out = not any(inside(choice, box) for box in forbidden)
    return kept_out and all(any(inside(choice, box) for box in group) for group in groups)


@given(problems())
@settings(max_examples=generated(250), deadline=None)
def test_what_is_found_is_a_block_of_solutions_and_nothing_found_means_there_is_none(problem: Problem) -> None:
    domains, forbidden, groups = problem
    found = find(domains, forbidden, groups)
    if found is None:
        assert not any(is_solution(choice, forbidden, groups) for choice in choices(domains))
    else:
        assert choices(found)
        assert all(not one & ~other for one, other in zip(found, domains, strict=True))
        assert all(is_solution(choice, forbidden, groups) for choice in choices(found))


def test_past_the_deadline_the_search_says_so() -> None:
    with pytest.raises(OutOfTime):
        find([1], [], (), monotonic() - 1)


def test_parts_of_a_box_are_tried_both_ways() -> None:
    """Nothing is forced and no class is free of offence, and leaving the first box by its first part leads nowhere."""
    forbidden: list[Box] = [((0, 2), (1, 2)), ((0, 1), (1, 2)), ((0, 1), (1, 1))]
    assert find([3, 3], forbidden) == [2, 1]
    assert find([3, 3], [*forbidden, ((0, 2), (1, 1))]) is None
