"""Reading written cases: YAML files with a story, facts, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from triage.model.rule import Value
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral, as_json
from triage.reading.referral_reader import ReferralReader

TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Case:
    """A person in facts; ``all_clear`` answers every core safety question that is not named with its neutral value."""

    id: str
    story: str
    facts: dict[str, Any]
    all_clear: bool
    expect: dict[str, Any]


def cases_in(folder: str) -> list[Case]:
    """The cases of one folder, in order of id. YAML's bare yes and no are answers, not truth values."""
    cases = []
    for path in sorted((TESTS / folder).glob("*.yaml")):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # builds no objects
        facts = {name: _typed(value) for name, value in (data.get("facts") or {}).items()}
        clear = data.get("all_clear", "false") == "true"
        cases.append(Case(data["id"], data["story"], facts, clear, data["expect"]))
    return cases


def _typed(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def referral_of(case: Case, ruleset: RuleSet) -> Referral:
    """The case as a referral let in by the reader."""
    facts = dict(case.facts)
    for _ in range(2):  # whether a fact is core may hang on the answer to one before it
        for name in ruleset.vocabulary.core_unanswered(_answered(facts)) if case.all_clear else ():
            fact = ruleset.vocabulary[name]
            assert fact.neutral is not None, name
            facts.setdefault(name, as_json(fact.neutral, fact))
    return ReferralReader(ruleset.vocabulary).read({"reference": case.id, "facts": facts})


def _answered(facts: dict[str, Any]) -> dict[str, Value]:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in facts.items()}
