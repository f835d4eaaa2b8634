"""The places that the glossary names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.engines import outcome
from triage.model import fact, rule, ruleset, scales, vocabulary

ROOT = Path(__file__).parents[2]
MODULES = (fact, rule, ruleset, scales, vocabulary, outcome)
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| .* \| .* \| (.*) \|$", GLOSSARY, re.MULTILINE)
NAMED = sorted({name for row in ROWS for name in re.findall(r"`([^`]+)`", row)})


@pytest.mark.parametrize("name", NAMED)
def test_a_place_that_the_glossary_names_exists(name: str) -> None:
    if "/" in name:
        assert (ROOT / name).exists()
        return
    class_name, _, attribute = name.partition(".")
    (class_,) = {getattr(module, class_name) for module in MODULES if hasattr(module, class_name)}
    assert not attribute or attribute in dir(class_) or attribute in class_.__dataclass_fields__
