"""The conformance cases: referrals with the rules that fire on them and what these come to, for other implementations.

A case is made from each example of a running rule and from each written case; what fires is found by the reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from triage.check.cases import referrals_in
from triage.engines.outcome import outcome
from triage.engines.reference import evaluate
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.referral import as_json


def conformance_lines(ruleset: RuleSet, folders: Iterable[Path] = ()) -> Iterator[str]:
    """One JSON object a line: facts, the rules that fire, rating and level so far; each referral once."""
    seen: set[str] = set()
    for answers in _referrals(ruleset, folders):
        line = json.dumps(case_of(ruleset, answers), sort_keys=True)
        if line not in seen:
            seen.add(line)
            yield line


def case_of(ruleset: RuleSet, answers: Answers) -> dict[str, Any]:
    """One case: before floor, bounds and hold."""
    evaluation = evaluate(ruleset, answers)
    found = outcome(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)
    return {
        "facts": {name: as_json(value, ruleset.vocabulary[name]) for name, value in sorted(answers.items())},
        "fired": sorted(evaluation.fired),
        "rating": found.rating,
        "level": found.level,
    }


def _referrals(ruleset: RuleSet, folders: Iterable[Path]) -> Iterator[Answers]:
    for rule in ruleset.rules:
        yield from (example.given for example in rule.examples)
    yield from referrals_in(folders, ruleset)
