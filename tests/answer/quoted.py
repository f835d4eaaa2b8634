"""Ten answers quoted whole: ``python -m tests.answer.quoted`` writes them anew after the rules have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import json

from tests.conftest import FIXTURE_RULES, RULES
from triage.answer.assess import Assessor, build_assessor
from triage.answer.problem_urgency import urgency_of_refused
from triage.model.rule import UNKNOWN
from triage.model.vocabulary import Vocabulary
from triage.presenting.problems import refusal
from triage.reading.folder import read_ruleset
from triage.reading.referral import RefusedReferral, as_json
from triage.settings import Settings

FOLDER = Path(__file__).parent / "quoted"

WHOLE: Mapping[str, dict[str, Any]] = {
    "two targets": {
        "facts": {"age_years": 30, "primary_problem": "eating", "bulimia_nervosa": "current",
                  "major_depression": "current", "insured": "no"},
    },
    "capped by the leading problem": {
        "facts": {"age_years": 40, "primary_problem": "insomnia", "major_depression": "current",
                  "depression_severity": "moderate", "disputes": ["partner"]},
    },
    "not counted": {
        "facts": {"age_years": 35, "primary_problem": "depression", "major_depression": "current",
                  "suicidal_thoughts": "none"},
        "said_by": {"suicidal_thoughts": "relative"},
    },
    "open set": {
        "facts": {"age_years": 35, "primary_problem": "depression", "major_depression": "current",
                  "medical_red_flags": ["possible_medical_cause", UNKNOWN]},
    },
    "not sorted": {
        "facts": {"age_years": 35, "primary_problem": "depression", "major_depression": "current",
                  "partner_violence": UNKNOWN},
    },
    "floor of emergency": {
        "facts": {"age_years": 35, "primary_problem": "depression", "major_depression": "current",
                  "suicidal_thoughts": "plan_or_intent", "means_within_reach": UNKNOWN},
    },
    "on hold": {
        "facts": {"age_years": 35, "primary_problem": "depression", "major_depression": "current",
                  "manic_symptoms": "manic", "preferred_formats": ["couples"]},
    },
    "outside the rule set": {
        "facts": {"age_years": 35, "primary_problem": "depression", "major_depression": "current",
                  "condition_not_listed": "yes"},
    },
}  # fmt: skip
"""Referrals in which every other question is answered as if nothing were the matter."""

REFUSED = {
    "reference": "REF-0145",
    "facts": {"age_year": 35, "suicidal_thoughts": "plan_or_intent", "means_within_reach": "yes"},
}
MOVED = {
    "facts": {
        "lean": "none", "hazards": [], "nesting": "none", "main_wish": "nothing", "blight": "current",
        "mildew": "absent",
        "wound_paint": "yes", "bark": "half", "sprayed": "worked",
    },
}  # fmt: skip


def quoted() -> Iterator[tuple[str, bytes]]:
    """Each referral with its answer, or the problem in its place, by name."""
    clinic, orchard = (
        build_assessor(read_ruleset(folder), Settings(rules=folder, crisis_line=None, emergency_number=None))
        for folder in (RULES, FIXTURE_RULES)
    )
    for name, referral in WHOLE.items():
        whole = {**referral, "facts": _completed(referral["facts"], clinic.ruleset.vocabulary)}
        yield name, _written(clinic, whole)
    yield "settled and moved", _written(orchard, MOVED)
    yield "refused", _written(clinic, REFUSED)


def _written(assessor: Assessor, referral: dict[str, Any]) -> bytes:
    answer: Any
    try:
        answer = assessor.assess(assessor.reader.read(referral))
    except RefusedReferral as refused:
        answer = refusal(refused, urgency_of_refused(assessor, refused), reference=refused.reference)
    return json.format(json.encode({"referral": referral, "answer": answer}), indent=1) + b"\n"


def _completed(facts: dict[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The facts, and to every other question that is asked its neutral answer, or else the lowest or first."""
    given = {
        name: frozenset(value) if isinstance(value, list) else value
        for name, value in facts.items()
        if value != UNKNOWN
    }
    for fact in sorted(vocabulary, key=lambda fact: bool(fact.asked_when)):
        if fact.name in facts or fact.group == "scores" or vocabulary.asked(fact.name, given) is False:
            continue
        first = fact.minimum if fact.is_integer else next(iter(fact.values))
        given[fact.name] = first if fact.neutral is None else fact.neutral
    complete = {name: as_json(value, vocabulary[name]) for name, value in given.items()}
    return {name: facts.get(name, complete.get(name)) for name in vocabulary.in_order({*facts, *complete})}


def path_of(name: str) -> Path:
    """The file of a quoted answer."""
    return FOLDER / f"{name.replace(' ', '-')}.json"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name_, text in quoted():
        path_of(name_).write_bytes(text)
