"""The rules that fired on one referral, with everything that the later steps read of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from triage.engines.agreement import Evaluating, Firing, evaluate_twice
from triage.engines.floors import HeldFloor, covered, floors
from triage.engines.outcome import Standing, standing
from triage.model.rule import Answers, Conjunction, Kind, Rule, Truth, Urgency, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import satisfies
from triage.reading.referral import Referral


@dataclass(frozen=True)
class FiredRules:
    """The rules that fired, in order of id, and what they fired on.

    ``given`` are the answers that count, ``derived`` what was taken to hold beside them. ``asked`` says of each detail
    whether it is asked, as ``Vocabulary.asked_all`` does. ``missing`` are the core facts that are not answered, and
    ``in_part`` those of them that have an answer for the rules.
    """

    ruleset: RuleSet
    rules: tuple[Rule, ...]
    given: Answers = field(default_factory=dict)
    derived: Mapping[str, Value] = field(default_factory=dict)
    asked: Mapping[str, Truth] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    in_part: frozenset[str] = frozenset()

    @cached_property
    def answers(self) -> Answers:
        """The answers given, and what was derived beside them."""
        return {**self.given, **self.derived} if self.derived else self.given

    @cached_property
    def is_complete(self) -> bool:
        """Whether every question that is or may be asked is answered."""
        return self.ruleset.vocabulary.is_complete(self.given)

    def effects(self, kind: type[Kind]) -> Iterator[tuple[Rule, Kind]]:
        """The effects of one kind, each with its rule, in order of the rules' ids."""
        return self.ruleset.effects(kind, self.rules)

    def all_hold(self, conjunction: Conjunction) -> bool:
        """Whether all conditions of the conjunction are known to hold."""
        answers, asked = self.answers, self.asked
        for condition in conjunction:
            value = answers.get(condition.fact)
            if value is None or not asked.get(condition.fact, True) or not satisfies(condition, value):
                return False
        return True

    @cached_property
    def standing(self) -> Standing:
        """What these rules come to, before floor, bounds and hold."""
        return standing(self.ruleset, self.rules, self.answers)

    @cached_property
    def floors(self) -> tuple[HeldFloor, ...]:
        """The floors that hold while core facts are missing, the highest first."""
        return floors(self.ruleset, self.missing, self.answers)

    @cached_property
    def covered(self) -> frozenset[str]:
        """The ids of the rules whose reason for the urgency another one takes the place of."""
        return covered(rule for rule, _ in self.effects(Urgency))


def evaluate(check: Evaluating, live: Firing, referral: Referral) -> FiredRules:
    """Run the rules on the answers that count, by the live engine and by its check.

    Raises EngineDisagreement where they differ and EngineFailure where one fails: that is never "nothing fired".
    """
    evaluation = evaluate_twice(check, live, referral.answers)
    ruleset = check.ruleset
    return FiredRules(
        ruleset,
        ruleset.fired(evaluation.fired),
        referral.answers,
        evaluation.derived,
        evaluation.asked,
        ruleset.vocabulary.core_unanswered(referral.answers, referral.unanswered_for_floor),
        referral.unanswered_for_floor,
    )
