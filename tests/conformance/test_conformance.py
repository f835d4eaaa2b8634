"""The published cases are those of the rules as they are, and the indexed evaluator finds the same."""

from __future__ import annotations

import json
from pathlib import Path

from triage.check.conformance import conformance_lines
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import outcome
from triage.model.ruleset import RuleSet
from triage.reading.referral_reader import ReferralReader

CASES = Path(__file__).parent / "cases.jsonl"
WRITTEN = [Path(__file__).parents[1] / name for name in ("vignettes", "hard_cases")]


def test_the_cases_are_those_of_the_rules_as_they_are(ruleset: RuleSet) -> None:
    assert CASES.read_text(encoding="utf-8").splitlines() == list(conformance_lines(ruleset, WRITTEN)), (
        "run `make conformance`"
    )


def test_another_evaluator_conforms(ruleset: RuleSet, reader: ReferralReader) -> None:
    engine = IndexedEvaluator(ruleset)
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        evaluation = engine.evaluate(reader.read({"facts": case["facts"]}).answers)
        answer = outcome(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)
        assert (sorted(evaluation.fired), answer.rating, answer.level) == (case["fired"], case["rating"], case["level"])
