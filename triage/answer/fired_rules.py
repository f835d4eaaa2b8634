"""The rules that fired on one referral, with everything that the later steps read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from triage.engines.agreement import Firing, evaluate_twice
from triage.engines.outcome import Outcome, outcome
from triage.model.rule import Answers, Rule, Truth, Value
from triage.model.ruleset import RuleSet


@dataclass(frozen=True)
class FiredRules:
    """The rules that fired, in order of id, and what they fired on.

    ``given`` are the answers given, ``derived`` what was taken to hold beside them. ``asked`` says of each detail
    whether it is asked, as ``Vocabulary.asked_all`` does. ``missing`` are the core facts that are not answered.
    """

    ruleset: RuleSet
    rules: tuple[Rule, ...]
    given: Answers = field(default_factory=dict)
    derived: Mapping[str, Value] = field(default_factory=dict)
    asked: Mapping[str, Truth] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @cached_property
    def answers(self) -> Answers:
        """The answers given, and what was derived beside them."""
        return {**self.given, **self.derived}

    @cached_property
    def so_far(self) -> Outcome:
        """Rating and level by these rules alone, before floor, bounds and hold."""
        return outcome(self.rules, self.ruleset.scales)


def evaluate(ruleset: RuleSet, live: Firing, answers: Answers) -> FiredRules:
    """Run the rules on the answers given, by the live engine and by the reference.

    Raises EngineDisagreement where they differ, and lets every engine's error through: a failure is never "nothing
    fired".
    """
    evaluation = evaluate_twice(ruleset, live, answers)
    return FiredRules(
        ruleset,
        ruleset.fired(evaluation.fired),
        answers,
        evaluation.derived,
        evaluation.asked,
        ruleset.vocabulary.core_unanswered(answers),
    )
