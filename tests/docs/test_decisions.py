"""The decision records against what they are about."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import RULES

ROOT = RULES.parent
RECORDS = ROOT / "docs" / "decisions"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(requirement for extra in project["optional-dependencies"].values() for requirement in extra),
    ]
    record = (RECORDS / "0001-dependencies.md").read_text(encoding="utf-8").lower()
    named = {re.split(r"[^a-z0-9_-]", requirement.lower())[0] for requirement in wanted}
    assert sorted(name for name in named if name not in record) == []


def test_records_are_short_numbered_once_and_name_modules_that_exist() -> None:
    records = sorted(RECORDS.glob("*.md"))
    numbers = [path.name[:4] for path in records]
    assert numbers == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 60, path.name
        for module in re.findall(r"`((?:triage|api|engines|tests|rules)/[\w/.-]+\.(?:py|yaml))`", text):
            path_of_module = ROOT / module if not module.startswith("engines/") else ROOT / "triage" / module
            assert path_of_module.is_file(), (path.name, module)
