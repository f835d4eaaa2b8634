"""The result of proving one property, as data that can be shown without the solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.referral import as_json


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of proving one property; ``holds`` is None where the solver ran out of time."""

    id: str
    sentence: str
    holds: bool | None
    seconds: float
    note: str = ""
    counterexamples: tuple[Answers, ...] = ()

    def as_json(self, ruleset: RuleSet) -> dict[str, Any]:
        """The proof as data; its counterexamples as referrals."""
        vocabulary = ruleset.vocabulary
        return {
            "id": self.id,
            "sentence": self.sentence,
            "holds": self.holds,
            "seconds": round(self.seconds, 3),
            "note": self.note,
            "counterexamples": [
                {"facts": {name: as_json(value, vocabulary[name]) for name, value in facts.items()}}
                for facts in self.counterexamples
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], ruleset: RuleSet) -> Proof:
        """The proof that ``as_json`` gave."""
        vocabulary = ruleset.vocabulary
        referrals = tuple(
            {name: frozenset(value) if vocabulary[name].is_set else value for name, value in referral["facts"].items()}
            for referral in data["counterexamples"]
        )
        return cls(data["id"], data["sentence"], data["holds"], data["seconds"], data["note"], referrals)
