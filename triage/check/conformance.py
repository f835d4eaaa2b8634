"""Conformance cases for other implementations: referrals with the rules that fire, the rating and the level.

Each example of an active rule and each written case gives one; the reference engine finds the rules that fire.
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
    """Yield each case once, as a line of JSON with its facts, the rules that fire, rating and level."""
    seen: set[str] = set()
    for answers in _referrals(ruleset, folders):
        line = json.dumps(case_of(ruleset, answers), sort_keys=True)
        if line not in seen:
            seen.add(line)
            yield line


def case_of(ruleset: RuleSet, answers: Answers) -> dict[str, Any]:
    """Make one case: answers, rules that fire, and rating and level before floor, bounds and hold."""
    evaluation = evaluate(ruleset, answers)
    result = outcome(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)
    return {
        "facts": {name: as_json(value, ruleset.vocabulary[name]) for name, value in sorted(answers.items())},
        "fired": sorted(evaluation.fired),
        "rating": result.rating,
        "level": result.level,
    }


def _referrals(ruleset: RuleSet, folders: Iterable[Path]) -> Iterator[Answers]:
    for rule in ruleset.rules:
        yield from (example.given for example in rule.examples)
    yield from referrals_in(folders, ruleset)
