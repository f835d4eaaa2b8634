"""The list of OWASP ASVS 5.0.0, levels 1 and 2, against the tests that it names."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.conftest import RULES

ROOT = RULES.parent
PAGE = ROOT / "docs" / "security" / "asvs.md"
ROW = re.compile(r"^\| ([0-9]+\.[0-9]+\.[0-9]+) \| (.+?) \| ([a-z ]+) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
STATES = {"met", "partly", "not met", "deployment", "does not apply"}
LEVELS_1_AND_2 = {
    "1.1": (1, 2), "1.2": range(1, 10), "1.3": range(1, 12), "1.4": (1, 2, 3), "1.5": (1, 2),
    "2.1": (1, 2, 3), "2.2": (1, 2, 3), "2.3": (1, 2, 3, 4), "2.4": (1,),
    "3.2": (1, 2), "3.3": (1, 2, 3, 4), "3.4": range(1, 7), "3.5": range(1, 6), "3.7": (1, 2),
    "4.1": (1, 2, 3), "4.2": (1,), "4.3": (1, 2), "4.4": (1, 2, 3, 4),
    "5.1": (1,), "5.2": (1, 2, 3), "5.3": (1, 2), "5.4": (1, 2, 3),
    "6.1": (1, 2, 3), "6.2": range(1, 13), "6.3": (1, 2, 3, 4), "6.4": (1, 2, 3, 4), "6.5": range(1, 6),
    "6.6": (1, 2, 3), "6.8": (1, 2, 3, 4),
    "7.1": (1, 2, 3), "7.2": (1, 2, 3, 4), "7.3": (1, 2), "7.4": range(1, 6), "7.5": (1, 2), "7.6": (1, 2),
    "8.1": (1, 2), "8.2": (1, 2, 3), "8.3": (1,), "8.4": (1,),
    "9.1": (1, 2, 3), "9.2": (1, 2, 3, 4),
    "10.1": (1, 2), "10.2": (1, 2), "10.3": (1, 2, 3, 4), "10.4": range(1, 12), "10.5": range(1, 6), "10.6": (1, 2),
    "10.7": (1, 2, 3),
    "11.1": (1, 2), "11.2": (1, 2, 3), "11.3": (1, 2, 3), "11.4": (1, 2, 3, 4), "11.5": (1,), "11.6": (1,),
    "12.1": (1, 2, 3), "12.2": (1, 2), "12.3": (1, 2, 3, 4),
    "13.1": (1,), "13.2": range(1, 6), "13.3": (1, 2), "13.4": range(1, 6),
    "14.1": (1, 2), "14.2": (1, 2, 3, 4), "14.3": (1, 2, 3),
    "15.1": (1, 2, 3), "15.2": (1, 2, 3), "15.3": range(1, 8),
    "16.1": (1,), "16.2": range(1, 6), "16.3": (1, 2, 3, 4), "16.4": (1, 2, 3), "16.5": (1, 2, 3),
    "17.1": (1,), "17.2": (1, 2, 3, 4), "17.3": (1, 2),
}  # fmt: skip
"""The requirements of levels 1 and 2 in each section; those that are left out are of level 3."""


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str, str, str, list[str]]]:
    text = PAGE.read_text("utf-8")
    return [(*row[:4], re.findall(r"`(tests/[^`]+)`", row[4])) for row in ROW.findall(text)]


def test_every_requirement_of_level_2_is_there_once_and_in_order(
    rows: list[tuple[str, str, str, str, list[str]]],
) -> None:
    assert [row[0] for row in rows] == [
        f"{section}.{number}" for section, numbers in LEVELS_1_AND_2.items() for number in numbers
    ]
    assert {row[2] for row in rows} == STATES


def test_what_is_met_names_a_test_and_what_is_not_says_why(rows: list[tuple[str, str, str, str, list[str]]]) -> None:
    assert [number for number, _, state, _, tests in rows if (state == "met") and not tests] == []
    assert [number for number, _, _, how, _ in rows if not how.strip()] == []


def test_each_test_that_is_named_exists(rows: list[tuple[str, str, str, str, list[str]]]) -> None:
    named = {test for *_, tests in rows for test in tests}
    assert len(named) > 60
    assert sorted(test for test in named if test.partition("::")[2] not in _tests_of(test.partition("::")[0])) == []


@pytest.mark.parametrize(
    "page", ["docs/sign-in.md", "docs/operations.md", "docs/security/tried.md", "docs/security/access.md"]
)
def test_each_file_of_tests_that_a_page_names_exists(page: str) -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)", (ROOT / page).read_text("utf-8")))
    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []


@cache
def _tests_of(path: str) -> frozenset[str]:
    if not (ROOT / path).is_file():
        return frozenset()
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
