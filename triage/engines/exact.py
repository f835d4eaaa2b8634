"""What an incomplete referral can still become, and which questions can still change it."""

from __future__ import annotations

from triage.engines.reference import rule_truth
from triage.lang import Facts, Limits, Rule, Supports, Urgency
from triage.outcomes import Bounds, OpenQuestion, outcome
from triage.ruleset import RuleSet


class Exact:
    """Answers about all completions of a referral; for now a superset, marked as not exact while a rule is open."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset

    def bounds(self, facts: Facts, deadline: float | None = None) -> Bounds:  # noqa: ARG002
        """What rating and urgency can still be: every value between the least and the most that open rules leave."""
        scales = self.ruleset.scales
        fired, still_open = self._fired_and_open(facts)
        ratings = [
            scales.rating_rank(outcome([*fired, *(r for r in still_open if isinstance(r.effect, kind))], scales).rating)
            for kind in (Limits, Supports)
        ]
        levels = [scales.urgency_rank(outcome([*fired, *more], scales).level) for more in ((), still_open)]
        return Bounds(
            scales.rating_ids[ratings[0] : ratings[1] + 1],
            scales.urgency_ids[levels[0] : levels[1] + 1],
            exact=not still_open,
        )

    def open_questions(self, facts: Facts, deadline: float | None = None) -> tuple[OpenQuestion, ...]:  # noqa: ARG002
        """The unanswered facts that an open rule or its gates read: none that can change anything is left out."""
        vocabulary = self.ruleset.vocabulary
        changes: dict[str, set[str]] = {}
        for rule in self._fired_and_open(facts)[1]:
            kind = "urgency" if isinstance(rule.effect, Urgency) else "suitability"
            gates = {
                condition.fact for name in rule.facts for each in vocabulary[name].asked_when for condition in each
            }
            for name in {*rule.facts, *gates}:
                changes.setdefault(name, set()).add(kind)
        return tuple(
            OpenQuestion(name, tuple(sorted(changes[name]))) for name in vocabulary.unanswered(facts) if name in changes
        )

    def idle(self, facts: Facts) -> tuple[str, ...]:
        """The unanswered facts that cannot change anything any more."""
        opened = {question.fact for question in self.open_questions(facts)}
        return tuple(name for name in self.ruleset.vocabulary.unanswered(facts) if name not in opened)

    def _fired_and_open(self, facts: Facts) -> tuple[list[Rule], list[Rule]]:
        vocabulary = self.ruleset.vocabulary
        asked = vocabulary.asked_all(facts)
        truths = [(rule, rule_truth(rule, vocabulary, facts, asked)) for rule in self.ruleset.deciding]
        return [r for r, truth in truths if truth], [r for r, truth in truths if truth is None]
