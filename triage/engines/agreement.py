"""Run a referral through the live engine and its check, and refuse to go on where they differ or one of them fails."""

from __future__ import annotations

import hashlib
from typing import Protocol

import orjson

from triage.engines.evaluation import Evaluation
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.referral import as_json


class Firing(Protocol):
    """An engine that says which rules fire."""

    def fired(self, answers: Answers) -> frozenset[str]:
        """The ids of the rules that fire on the answers."""


class Evaluating(Protocol):
    """An engine that says of each rule whether it fires."""

    @property
    def ruleset(self) -> RuleSet:
        """The rules that it evaluates."""

    def evaluate(self, given: Answers) -> Evaluation:
        """Evaluate every active rule on the answers given."""


class NoAnswer(Exception):
    """No answer can be given, and a person takes over.

    ``digest`` names the referral in logs without telling any answer; ``fired`` are the ids of the rules that either
    engine found to fire, which say how urgent it is at least.
    """

    def __init__(self, message: str, digest: str, fired: frozenset[str]) -> None:
        self.digest = digest
        self.fired = fired
        super().__init__(message)


class EngineDisagreement(NoAnswer):
    """The live engine and its check differ on a referral; ``rules`` are those that they differ on."""

    def __init__(self, digest: str, live: frozenset[str], check: frozenset[str]) -> None:
        self.rules = tuple(sorted(live ^ check))
        message = (
            f"The engines disagree on referral {digest} about: {', '.join(self.rules)}. "
            "No answer is given: hand the referral to a clinician as urgent."
        )
        super().__init__(message, digest, live | check)


class EngineFailure(NoAnswer):
    """An engine failed on a referral, which never means that nothing fired."""

    def __init__(self, digest: str, fired: frozenset[str], error: Exception) -> None:
        message = (
            f"An engine failed on referral {digest}: {error} "
            "No answer is given: hand the referral to a clinician as urgent."
        )
        super().__init__(message, digest, fired)


def evaluate_twice(check: Evaluating, live: Firing, answers: Answers) -> Evaluation:
    """Evaluate the rules with the live engine and with its check, and give what the check says.

    Raises EngineDisagreement where they differ and EngineFailure where one of them fails.
    """
    evaluation, failed = None, None
    fired: frozenset[str] = frozenset()
    try:
        evaluation = check.evaluate(answers)
    except Exception as error:
        failed = error
    try:
        fired = live.fired(answers)
    except Exception as error:
        failed = error
    checked = evaluation.fired if evaluation is not None else frozenset[str]()
    if evaluation is None or failed is not None:
        assert failed is not None
        raise EngineFailure(digest(check.ruleset, answers), fired | checked, failed) from failed
    if fired != checked:
        raise EngineDisagreement(digest(check.ruleset, answers), fired, checked)
    return evaluation


def digest(ruleset: RuleSet, answers: Answers) -> str:
    """A referral's digest: the same answers give the same one, and none can be read from it."""
    plain = {name: as_json(value, ruleset.vocabulary[name]) for name, value in answers.items()}
    return "sha256:" + hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()
