"""What commands print, whole: ``python -m tests.cli.printed`` writes it anew after texts or the small rules changed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from triage.cli import app

FOLDER = Path(__file__).parent / "printed"
ENVIRONMENT = {"COLUMNS": "100", "TRIAGE_RULES": "trees"}

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


SMALLEST = re.compile(r"^(Rating|Urgency) from .*: *\n  where .*\n  by .*\n", re.MULTILINE)
"""A referral that the solver found: of several equally small ones it gives any."""

LIST = """\
reference,site,ward,lean,hazards,nesting,blight,age_years,said_by.lean
A,north,1,falling,power_line,none,current,30,
B,north,2,none,[],none,current,30,
B,south,2,none,[],none,absent,4,neighbour
C,,3,,,,,,
D,south,1,fallen,fire;water,none,,200,
"""
"""A table with rows that are complete, rated so far, refused, and named twice."""

MOVING = """\
reference,site,main_wish,pests,blight,age_years
A,north,felling,beetles,current,30
B,north,felling,[],absent,30
C,south,shade,beetles;mites,current,4
D,,shade,[],,
"""
"""A table with rows that a change of two rules moves."""

AUTHOR: tuple[tuple[str, ...], ...] = (
    ("rules", "bump", "--date", "2026-01-02"),
    ("rules", "bump", "--date", "2026-01-02"),
    ("rules", "check", "--release"),
    ("rules", "new", "limits", "a-new-limit", "--in", "limits"),
    ("rules", "new", "table", "a-new-table", "--in", "limits"),
    ("rules", "new", "limits", "a-new-limit", "--in", "limits"),
    ("rules", "new", "limits", "ANew", "--in", "limits"),
    ("rules", "new", "limits", "a-third", "--in", "limts"),
    ("rules", "new", "limit", "another", "--in", "limits"),
    ("rules", "list", "--effect", "limit"),
    ("rules", "show", "a-new-limt"),
    ("rules", "examples", "fallin"),
    ("rules", "check"),
    ("rules", "bump", "--date", "yesterday"),
    ("edit", "limits/felling-as-the-wish.yaml", "to: not_recommended", "to: possible"),
    ("edit", "dangers/spreading.yaml", "level: semi_urgent", "level: urgent"),
    ("edit", "vocabulary.yaml", "  - {name: old_wounds", "  - {name: new_wounds"),
    ("edit", "care/old-wounds-drafted.yaml", "old_wounds", "new_wounds"),
    ("rules", "check", "--release"),
    ("rules", "bump", "--date", "2026-02-03"),
    ("rules", "check", "--release"),
    ("rules", "schema"),
    ("rules", "examples", "falling", "--write"),
    ("rules", "mutate", "falling"),
    ("rules", "conformance", "--out", "cases.jsonl"),
    ("docs", "--out", "document"),
    ("docs", "--out", "document", "--vignettes", "nowhere"),
    ("edit", "dangers/spreading.yaml", "level: urgent", "level: urgnt"),
    ("rules", "check"),
    ("rules", "list"),
)
"""What an author of rules does in a copy of the small rules, mistakes included."""

COHORT: tuple[tuple[str, ...], ...] = (
    ("cohort", "list.csv", "--out", "out.csv", "--by", "site", "--keep", "ward"),
    ("cat", "out.csv"),
    ("cat", "out.refused.csv"),
    ("cohort", "list.csv", "--out", "range.ndjson", "--range"),
    ("cohort", "list.csv", "--out", "range.ndjson", "--range", "--keep", "site", "--keep", "ward"),
    ("cat", "range.ndjson"),
    ("cohort", "list.csv"),
    ("cohort", "list.csv", "--out", "list.csv"),
    ("cohort", "list.csv", "--out", "out.txt"),
    ("cohort", "nowhere.csv", "--out", "out.csv"),
    ("cohort", "list.csv", "--out", "out.csv", "--by", "city"),
)
"""A table rated, and tables that can't be."""

OVER = ("--over", "moving.csv", "--by", "site", "--movers", "movers.csv", "--picture", "flow.svg")
DIFF: tuple[tuple[str, ...], ...] = (
    ("copy", "before"),
    ("edit", "limits/felling-as-the-wish.yaml", "to: not_recommended", "to: possible"),
    ("edit", "dangers/spreading.yaml", "level: semi_urgent", "level: urgent"),
    ("diff", "before", "trees", *OVER),
    ("cat", "movers.csv"),
    ("diff", "before", "trees", "--over", "list.csv"),
    ("diff", "before", "trees", "--exact"),
    ("diff", "before", "nowhere"),
    ("diff", "before", "before"),
)
"""A change of two rules, and whom it moves."""


def commands() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The commands by the name of their file, run one after the other in a folder with a copy of the small rules.

    ``-`` reads the referrals. Three that are none of ours: ``edit`` changes a rule file, ``copy`` copies the rules,
    ``cat`` shows a file.
    """
    shown = ("falling", "bark-missing", "old-wounds-drafted")
    return {
        "assess": (("assess", "-"),),
        "explain": (("explain", "-"),),
        "rules": (("rules", "check"), ("rules", "list"), ("rules", "list", "--effect", "limits")),
        "rules-show": tuple(("rules", "show", id_) for id_ in shown),
        "rules-examples": (("rules", "examples"), ("rules", "mutate")),
        "prove": (("prove",),),
        "author": AUTHOR,
        "cohort": COHORT,
        "diff": DIFF,
    }


def printed(name: str) -> str:
    """What the commands print and their exit codes, without times and without white space at the end of lines."""
    with TemporaryDirectory() as temporary, chdir(temporary):
        shutil.copytree(FIXTURE_RULES, "trees")
        Path("list.csv").write_text(LIST, encoding="utf-8")
        Path("moving.csv").write_text(MOVING, encoding="utf-8")
        runs = [_printed(arguments) for arguments in commands()[name]]
    plain = re.sub(r"\d+\.\d+ s", "0.00 s", "\n".join(runs)).replace(temporary, "FOLDER")
    plain = SMALLEST.sub("", plain)
    return re.sub(r" +$", "", plain, flags=re.MULTILINE)


def _printed(arguments: tuple[str, ...]) -> str:
    command, *rest = arguments
    shown = ""
    match command, *rest:
        case "edit", file, before, after:
            path = Path("trees") / file
            path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
        case "copy", folder:
            shutil.copytree("trees", folder)
        case "cat", file:
            shown = Path(file).read_text(encoding="utf-8") if Path(file).exists() else "no such file\n"
        case _:
            lines = "\n".join(map(json.dumps, REFERRALS.values())) if "-" in arguments else None
            result = CliRunner().invoke(app, list(arguments), input=lines, env=ENVIRONMENT)
            shown = f"{result.output}[exit code {result.exit_code}]\n"
    return f"$ triage {' '.join(arguments)}\n{shown}"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name_ in commands():
        (FOLDER / f"{name_}.txt").write_text(printed(name_), encoding="utf-8")
