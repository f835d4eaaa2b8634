"""Names say what they hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("triage", "api", "tests", "tools", "bench")
NO_NAMES = frozenset(
    {"each", "found", "told", "made", "said", "there", "here", "it", "them", "this", "that", "these", "those"}
    | {"thing", "things", "tmp", "temp", "foo", "bar", "obj", "val", "ret", "res"}
)
"""Words that stand for anything. A variable, a parameter or a function is named for what it holds or gives."""


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_variable_parameter_or_function_is_named_for_nothing(folder: str) -> None:
    paths = sorted((ROOT / folder).rglob("*.py"))
    assert paths
    assert [name for path in paths for name in _empty_names(path.read_text(encoding="utf-8"), path)] == []


def test_such_a_name_is_seen_wherever_it_is_given() -> None:
    source = "def told(said):\n    found = [each for each in said]\n    return lambda it: (found, it)\n"
    names = [name.rpartition(" ")[2] for name in _empty_names(source, ROOT / "example.py")]
    assert sorted(names) == ["each", "found", "it", "said", "told"]


def _empty_names(source: str, path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                pass
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.MatchAs(name=str(name))
                | ast.ExceptHandler(name=str(name))
            ):
                pass
            case _:
                continue
        if name in NO_NAMES:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {name}"
