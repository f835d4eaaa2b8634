"""Evaluate a referral with the live engine and with a second one, and raise where they differ or one fails."""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

import orjson

from triage.engines.evaluation import Evaluation
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.referral import as_json


class Firing(Protocol):
    """The live engine: it gives the rules that fire."""

    def fired(self, answers: Answers) -> frozenset[str]:
        """The ids of the active rules that fire on the answers."""


class Evaluating(Protocol):
    """An engine that gives the three-valued truth of each rule."""

    @property
    def ruleset(self) -> RuleSet:
        """The rules that it evaluates."""

    def evaluate(self, given: Answers) -> Evaluation:
        """Evaluate every active rule on the answers given."""


class NoAnswer(Exception):
    """No answer can be given, and the referral is handed to a person.

    ``digest`` identifies the referral in logs without its answers. ``fired`` are the ids of the rules that fired in
    either engine: the urgency is at least theirs.
    """

    def __init__(self, message: str, digest: str, fired: frozenset[str]) -> None:
        self.digest = digest
        self.fired = fired
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass it on whole to another process, where ``args`` alone would not make it again."""
        return _again, (type(self), self.__dict__, str(self))


class EngineDisagreement(NoAnswer):
    """The two engines differ on a referral; ``rules`` are the ids of the rules that fired in only one of them."""

    def __init__(self, digest: str, live: frozenset[str], check: frozenset[str]) -> None:
        self.rules = tuple(sorted(live ^ check))
        message = (
            f"The engines disagree on referral {digest} about: {', '.join(self.rules)}. "
            "No answer is given: hand the referral to a clinician, at least as urgent."
        )
        super().__init__(message, digest, live | check)


class EngineFailure(NoAnswer):
    """An engine failed on a referral. That is never taken to mean that no rule fired."""

    def __init__(self, digest: str, fired: frozenset[str], error: Exception) -> None:
        message = (
            f"An engine failed on referral {digest}: {error} "
            "No answer is given: hand the referral to a clinician, at least as urgent."
        )
        super().__init__(message, digest, fired)


def _again(kind: type[NoAnswer], parts: dict[str, Any], message: str) -> NoAnswer:
    """Make an error again as it was in another process."""
    error = kind.__new__(kind, message)
    error.__dict__.update(parts)
    return error


def evaluate_twice(check: Evaluating, live: Firing, answers: Answers) -> Evaluation:
    """Evaluate the rules with both engines, and give the evaluation of ``check``.

    Raises EngineDisagreement where different rules fire, and EngineFailure where an engine raises.
    """
    evaluation, failure = None, None
    fired: frozenset[str] = frozenset()
    try:
        evaluation = check.evaluate(answers)
    except Exception as error:
        failure = error
    try:
        fired = live.fired(answers)
    except Exception as error:
        failure = error
    checked = evaluation.fired if evaluation is not None else frozenset[str]()
    if evaluation is None or failure is not None:
        assert failure is not None
        raise EngineFailure(digest(check.ruleset, answers), fired | checked, failure) from failure
    if fired != checked:
        raise EngineDisagreement(digest(check.ruleset, answers), fired, checked)
    return evaluation


def digest(ruleset: RuleSet, answers: Answers) -> str:
    """The SHA-256 digest of a referral's answers, for logs: equal answers have equal digests."""
    plain = {name: as_json(value, ruleset.vocabulary[name]) for name, value in answers.items()}
    return "sha256:" + hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()
