"""What commands print, whole: ``python -m tests.cli.printed`` writes it anew after texts or the small rules changed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from triage.cli import app

FOLDER = Path(__file__).parent / "printed"
ENVIRONMENT = {"COLUMNS": "100", "TRIAGE_RULES": str(FIXTURE_RULES)}

CALM: dict[str, Any] = {"lean": "none", "hazards": [], "nesting": "none"}
REFERRALS: Mapping[str, dict[str, Any]] = {
    "one target with its course": {
        "reference": "R-1",
        "facts": {**CALM, "age_years": 30, "blight": "current", "insured": "yes", "copay_usd": 20, "crowded": "yes",
                  "pests": ["aphids"], "pruned_before": "yes", "main_wish": "shade", "bark": "half"},
    },
    "two targets and what else to offer": {
        "facts": {**CALM, "age_years": 4, "blight": "current", "mildew": "current", "sprayed": "not_tried",
                  "insured": "no", "main_wish": "more_fruit"},
    },
    "to stay well": {"facts": {**CALM, "age_years": 30, "blight": "remitted", "main_wish": "nothing"}},
    "on hold with all that could be said": {
        "reference": "R-2",
        "facts": {"lean": "falling", "blight": "current", "age_years": 30, "mildew": "current", "sprayed": "not_tried",
                  "main_wish": "felling", "crowded": "yes", "pests": ["aphids"], "pruned_before": "no",
                  "nesting": "breeding", "spots_total": 12, "bark": "half", "hazards": []},
    },
    "on hold with much open": {"facts": {"lean": "falling", "blight": "current"}},
    "an emergency": {"facts": {"lean": "falling", "hazards": ["power_line", "fire"], "blight": "current"}},
    "nothing known": {"facts": {}},
    "taken to hold for now": {
        "facts": {**CALM, "age_years": 30, "spots_total": 12, "ring_count": 4, "canker": "absent", "old_wounds": "yes"},
    },
    "not counted, not used": {
        "reference": "R-3",
        "facts": {"lean": "none", "hazards": ["footpath", "unknown"], "nesting": "none", "propped": "yes",
                  "wound_paint": "yes", "canker": "absent"},
        "said_by": {"lean": "neighbour"},
    },
    "beside a condition": {
        "facts": {**CALM, "age_years": 9, "main_wish": "more_fruit", "crowded": "yes", "blight": "suspected"},
    },
}  # fmt: skip
"""Referrals of trees that show every part of a page between them."""


def commands() -> dict[str, list[tuple[str, ...]]]:
    """The commands by name of their file; ``-`` reads the referrals."""
    return {
        "assess": [("assess", "-")],
        "explain": [("explain", "-")],
        "rules": [("rules", "check"), ("rules", "list"), ("rules", "list", "--effect", "limits")],
        "rules-show": [("rules", "show", id_) for id_ in ("falling", "bark-missing", "old-wounds-drafted")],
        "rules-examples": [("rules", "examples"), ("rules", "mutate")],
        "prove": [("prove",)],
    }


def printed(name: str) -> str:
    """What the commands print and their exit codes, without times and without white space at the end of lines."""
    runs = [_printed(arguments) for arguments in commands()[name]]
    plain = re.sub(r"\d+\.\d+ s", "0.00 s", "\n".join(runs)).replace(str(FIXTURE_RULES), "tests/fixture_rules")
    return re.sub(r" +$", "", plain, flags=re.MULTILINE)


def _printed(arguments: tuple[str, ...]) -> str:
    lines = "\n".join(map(json.dumps, REFERRALS.values())) if "-" in arguments else None
    result = CliRunner().invoke(app, list(arguments), input=lines, env=ENVIRONMENT)
    return f"$ triage {' '.join(arguments)}\n{result.output}[exit code {result.exit_code}]\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name_ in commands():
        (FOLDER / f"{name_}.txt").write_text(printed(name_), encoding="utf-8")
