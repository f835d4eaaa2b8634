"""Run a referral through the live engine and the reference, and refuse to go on where they differ."""

from __future__ import annotations

import hashlib
from typing import Protocol

import orjson

from triage.engines import reference
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.referral import as_json


class Firing(Protocol):
    """An engine that says which rules fire."""

    def fired(self, answers: Answers) -> frozenset[str]:
        """The ids of the rules that fire on the answered facts."""


class EngineDisagreement(Exception):
    """The live engine and the reference differ on a referral: no answer is given and a person takes over.

    ``digest`` names the referral in logs without telling any answer.
    """

    def __init__(self, digest: str, only_live: frozenset[str], only_reference: frozenset[str]) -> None:
        self.digest = digest
        self.rules = tuple(sorted(only_live | only_reference))
        super().__init__(
            f"The engines disagree on referral {digest} about: {', '.join(self.rules)}. "
            "No answer is given: hand the referral to a clinician as urgent."
        )


def evaluate_twice(ruleset: RuleSet, live: Firing, answers: Answers) -> reference.Evaluation:
    """Evaluate the rules with the reference and with the live engine.

    Raises EngineDisagreement where they differ, and lets every engine's error through: a failure is never "nothing
    fired".
    """
    evaluation = reference.evaluate(ruleset, answers)
    fired = live.fired(answers)
    if fired != evaluation.fired:
        raise EngineDisagreement(digest(ruleset, answers), fired - evaluation.fired, evaluation.fired - fired)
    return evaluation


def digest(ruleset: RuleSet, answers: Answers) -> str:
    """A referral's digest: the same answers give the same one, and none can be read from it."""
    plain = {name: as_json(value, ruleset.vocabulary[name]) for name, value in answers.items()}
    return "sha256:" + hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()
