"""The rules that fired on one referral, with the answers and everything else that the later steps read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from triage.engines.agreement import Evaluating, Firing, evaluate_twice
from triage.engines.floors import HeldFloor, covered, floors
from triage.engines.outcome import Standing, standing
from triage.model.rule import Answers, Conjunction, Kind, Rule, Truth, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import satisfies
from triage.reading.referral import Referral


@dataclass(frozen=True)
class FiredRules:
    """The rules that fired, in order of id, and the answers that they fired on.

    ``given`` are the answers that count, ``derived`` the values that rules derived. ``asked`` says whether each gated
    fact is asked, as ``Vocabulary.asked_all`` gives it. ``held`` has the index of the first alternative that holds, by
    the id of the rule. ``missing`` are the unanswered core facts, ``in_part`` those of them whose answer counts for the
    rules only.
    """

    ruleset: RuleSet
    rules: tuple[Rule, ...]
    given: Answers = field(default_factory=dict)
    derived: Mapping[str, Value] = field(default_factory=dict)
    asked: Mapping[str, Truth] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    in_part: frozenset[str] = frozenset()

    @cached_property
    def answers(self) -> Answers:
        """The answers given together with the derived values."""
        return {**self.given, **self.derived} if self.derived else self.given

    @cached_property
    def is_complete(self) -> bool:
        """Whether every question that is or may be asked is answered."""
        return self.ruleset.vocabulary.is_complete(self.given)

    def effects(self, kind: type[Kind]) -> list[tuple[Rule, Kind]]:
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
        """The ratings and the level of these rules, before floor, bounds and hold are applied."""
        return standing(self.ruleset, self.rules, self.answers)

    @cached_property
    def floors(self) -> tuple[HeldFloor, ...]:
        """The floors that apply because core facts are unanswered, the highest first."""
        return floors(self.ruleset, self.missing, self.answers)

    @cached_property
    def covered(self) -> frozenset[str]:
        """The ids of the rules covered by a fired rule, whose reason and action are shown in their place."""
        return covered(self.rules)


def evaluate(check: Evaluating, live: Firing, referral: Referral) -> FiredRules:
    """Run the rules on the answers that count, with the live engine and with its check.

    Raises EngineDisagreement where they differ, and EngineFailure where one fails: a failure is never taken to mean
    that no rule fired.
    """
    evaluation = evaluate_twice(check, live, referral.answers)
    ruleset = check.ruleset
    return FiredRules(
        ruleset,
        ruleset.fired(evaluation.fired),
        referral.answers,
        evaluation.derived,
        evaluation.asked,
        evaluation.held,
        ruleset.vocabulary.core_unanswered(referral.answers, referral.unanswered_for_floor),
        referral.unanswered_for_floor,
    )
