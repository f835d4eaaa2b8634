"""The engine from Python: `from triage import load, assess`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from triage import assess, load
from triage.answer.assess import Assessor
from triage.reading.referral import RefusedReferral

README = Path(__file__).resolve().parents[2] / "README.md"

pytestmark = pytest.mark.published  # the README loads the published rules


@pytest.fixture(scope="module")
def clinic() -> Assessor:
    return load()


def test_the_example_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    example = README.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    exec(compile(example, "README.md", "exec"), {})
    urgency, rating, reasons = capsys.readouterr().out.splitlines()
    assert urgency.startswith("urgent (")
    assert "recommended" in rating
    assert "depression-adult" in reasons


def test_an_answer_is_read_by_its_attributes(clinic: Assessor) -> None:
    answer = assess({"facts": {"suicidal_thoughts": "plan_or_intent"}}, clinic)
    assert answer.on_hold
    assert answer.suitability.rating == "on_hold"
    assert answer.course is None


def test_a_misspelt_fact_is_refused_with_its_place(clinic: Assessor) -> None:
    with pytest.raises(
        RefusedReferral, match=r"^/facts/age_year: `age_year` is not a fact\. Did you mean `age_years`\?$"
    ):
        assess({"facts": {"age_year": 29}}, clinic)


def test_importing_and_loading_start_no_solver_and_no_web() -> None:
    code = "import sys, triage; triage.load(); print([m for m in ('z3', 'fastapi', 'polars') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
