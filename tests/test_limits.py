"""How the tests themselves run: each has a time limit, and a failing generated example is printed as it was found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

LIMIT = 120
"""Seconds."""


def test_every_test_has_a_time_limit_and_only_deep_ones_set_it_aside(
    pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> None:
    assert pytestconfig.pluginmanager.hasplugin("timeout")
    assert pytestconfig.getini("timeout") == str(LIMIT)
    own = {item.nodeid: item.get_closest_marker("timeout") for item in request.session.items if not _is_deep(item)}
    assert [name for name, marker in own.items() if marker and not 0 < marker.args[0] <= LIMIT] == []


def _is_deep(item: pytest.Item) -> bool:
    return item.get_closest_marker("deep") is not None


def test_a_failing_example_is_printed_as_it_was_found_and_not_made_small_first() -> None:
    tried: list[list[int]] = []

    @settings(settings.get_profile("found"), database=None, derandomize=True)
    @given(st.lists(st.integers(0, 1_000_000), min_size=30))
    def is_small(numbers: list[int]) -> None:
        tried.append(numbers)
        assert sum(numbers) < 10_000

    with pytest.raises(AssertionError) as failure:
        is_small()
    as_found = next(numbers for numbers in tried if sum(numbers) >= 10_000)
    assert len(tried) - tried.index(as_found) <= 2, "it is run once more to be printed; to make it small takes hundreds"
    printed = "".join(failure.value.__notes__)
    assert "Failing test case: is_small(" in printed
    assert "".join(str(as_found).split()) in "".join(printed.split()).replace(",]", "]")
