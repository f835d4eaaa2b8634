"""The indexed evaluator: it gives what the reference gives, fast enough to check the live engine on every referral.

A whole referral is evaluated by the alternatives of the rules (:mod:`triage.engines.alternatives`), and one more answer
to a known referral by conditions: every distinct condition of the rules has a bit, and the conditions that an answer
makes true and false are cached by fact and value as two bit masks. The tests compare the evaluator with the reference.
It shares no code with the live engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from triage.engines.alternatives import Alternatives
from triage.engines.evaluation import Evaluation
from triage.model.rule import Answers, Condition, Conjunction, Rule, Truth, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import satisfies

MOST_REMEMBERED = 10_000
"""The size at which the cache of an evaluator is emptied, in pairs of a fact and a value."""


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A rule as bit masks of conditions: one for each alternative of ``when``, one for all of ``unless``."""

    id: str
    when: tuple[int, ...]
    unless: int

    def truth(self, true: int, false: int) -> Truth:
        """Whether the rule fires, given the masks of the conditions known to be true and known to be false."""
        if self.unless & true:
            return False
        fires: Truth = False
        for conjunction in self.when:
            if conjunction & true == conjunction:
                fires = True
                break
            if not conjunction & false:
                fires = None
        if fires and self.unless & ~false:
            return None
        return fires


class Known(NamedTuple):
    """The answers given, their evaluation, and the masks of the conditions known to be true and known to be false."""

    given: Answers
    evaluation: Evaluation
    true: int
    false: int


class IndexedEvaluator:
    """Evaluates the active rules of one rule set. It may be used from several threads at once."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self._bits: dict[Condition, int] = {}
        self._conditions: dict[str, list[Condition]] = {}
        self._deriving = tuple((self._indexed(rule), rule.derives) for rule in ruleset.deriving if rule.derives)
        self._concluding = tuple(map(self._indexed, ruleset.concluding))
        self._derives = {rule.id: rule.derives for rule in ruleset.deriving if rule.derives}
        self._of_deriving = Alternatives(ruleset.deriving, ruleset.vocabulary)
        self._alternatives = Alternatives(ruleset.concluding, ruleset.vocabulary)
        self._of_fact = {name: self._mask(conditions) for name, conditions in self._conditions.items()}
        self._known: dict[tuple[str, Value], tuple[int, int]] = {}
        self._derived = frozenset(effect.fact for _, effect in self._deriving)
        self._read_by_deriving = frozenset(name for rule in ruleset.deriving for name in rule.facts)
        gates = (when for name in self._read_by_deriving for when in ruleset.vocabulary[name].asked_when)
        deciding = (condition.fact for when in gates for condition in when)
        self._decides_what_is_derived = self._derived.union(self._read_by_deriving, deciding)
        self._decides_what_is_asked = frozenset(ruleset.vocabulary.gating)
        self._reading: dict[str, list[_Indexed]] = {}
        for rule, indexed in zip(ruleset.concluding, self._concluding, strict=True):
            for name in rule.facts:
                self._reading.setdefault(name, []).append(indexed)

    def evaluate(self, given: Answers) -> Evaluation:
        """Evaluate every active rule on the answers given; the result equals that of the reference."""
        held, still_open = self._held_and_open_of_deriving(given)
        derived: dict[str, Value] = {self._derives[id_].fact: self._derives[id_].value for id_ in held}
        answers = {**given, **derived} if derived else given
        asked = self.ruleset.vocabulary.asked_all(answers)
        concluding, open_concluding = self._alternatives.held_and_open(answers, asked)
        held |= concluding
        return Evaluation(frozenset(held), frozenset(still_open | open_concluding), held, derived, answers, asked)

    def _held_and_open_of_deriving(self, given: Answers) -> tuple[dict[str, int], set[str]]:
        """As ``Alternatives.held_and_open``, of the rules that derive a fact that is not given."""
        if self._derived <= given.keys():
            return {}, set()
        held, still_open = self._of_deriving.held_and_open(given, self.ruleset.vocabulary.asked_all(given))
        return (
            {id_: index for id_, index in held.items() if self._derives[id_].fact not in given},
            {id_ for id_ in still_open if self._derives[id_].fact not in given},
        )

    def _derive(self, given: Answers) -> tuple[dict[str, Truth], dict[str, Value]]:
        """The truths of the rules that derive, and what they derive."""
        if self._derived <= given.keys():  # an answer that was given is never derived
            return {rule.id: False for rule, _ in self._deriving}, {}
        read = {name: given[name] for name in self._read_by_deriving if name in given}
        true, false = self._conditions_of(read, self.ruleset.vocabulary.asked_all(given))
        truths = {rule.id: effect.fact not in given and rule.truth(true, false) for rule, effect in self._deriving}
        derived: dict[str, Value] = {effect.fact: effect.value for rule, effect in self._deriving if truths[rule.id]}
        return truths, derived

    def known(self, given: Answers) -> Known:
        """Evaluate the answers given, as the starting point of :meth:`fired_with`."""
        evaluation = self.evaluate(given)
        return Known(given, evaluation, *self._conditions_of(evaluation.answers, evaluation.asked))

    def fired_with(self, known: Known, name: str, value: Value) -> tuple[frozenset[str], Answers]:
        """The ids of the rules that fire with an answer to one more fact, and the answers with what is derived.

        Only rules that can change are evaluated again: deriving rules if they depend on the fact, and rules that read
        the fact or a fact whose derived value or gate has changed.
        """
        before = known.evaluation
        truths: dict[str, Truth] = {}
        answers: dict[str, Value] = {**known.given, name: value}
        changed = {name}
        derived, asked = before.derived, before.asked
        if name in self._decides_what_is_derived:
            truths, derived = self._derive(answers)
            changed.update(fact for fact in self._derived if derived.get(fact) != before.derived.get(fact))
        if derived:
            answers |= derived
        if not self._decides_what_is_asked.isdisjoint(changed):
            asked = self.ruleset.vocabulary.asked_all(answers)
            changed.update(fact for fact, truth in asked.items() if truth is not before.asked[fact])
        true, false = known.true, known.false
        for fact in changed:
            others = ~self._of_fact.get(fact, 0)
            satisfied, failed = self._conditions_on(fact, answers.get(fact), asked.get(fact, True))
            true, false = true & others | satisfied, false & others | failed
        for fact in changed:
            for rule in self._reading.get(fact, ()):
                truths[rule.id] = rule.truth(true, false)
        fires = {id_ for id_, truth in truths.items() if truth}
        if fires == before.fired & truths.keys():
            return before.fired, answers
        return (before.fired - truths.keys()) | fires, answers

    def _conditions_on(self, name: str, value: Value | None, asked: Truth) -> tuple[int, int]:
        """The masks of the conditions on one fact that are true and of those that are false; None is no answer."""
        if asked is False:
            return 0, self._of_fact.get(name, 0)
        if value is None:
            return 0, 0
        satisfied, failed = self._known.get((name, value)) or self._answered(name, value)
        return (satisfied if asked else 0), failed

    def _conditions_of(self, answers: Answers, asked: Mapping[str, Truth]) -> tuple[int, int]:
        """The masks of the conditions that are true and of those that are false."""
        true = false = 0
        for name, truth in asked.items():
            if truth is False:
                false |= self._of_fact.get(name, 0)
        for name, value in answers.items():
            satisfied, failed = self._known.get((name, value)) or self._answered(name, value)
            false |= failed
            if asked.get(name, True):
                true |= satisfied
        return true, false

    def _answered(self, name: str, value: Value) -> tuple[int, int]:
        """The masks of the conditions on a fact that this answer makes true, and of those that it makes false."""
        conditions = self._conditions.get(name, ())
        truths = {condition: satisfies(condition, value) for condition in conditions}
        masks = (
            self._mask(condition for condition, truth in truths.items() if truth),
            self._mask(condition for condition, truth in truths.items() if truth is False),
        )
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        self._known[name, value] = masks
        return masks

    def _indexed(self, rule: Rule) -> _Indexed:
        return _Indexed(rule.id, tuple(map(self._conjunction, rule.when)), self._conjunction(rule.unless))

    def _conjunction(self, conjunction: Conjunction) -> int:
        for condition in conjunction:
            if condition not in self._bits:
                self._bits[condition] = 1 << len(self._bits)
                self._conditions.setdefault(condition.fact, []).append(condition)
        return self._mask(conjunction)

    def _mask(self, conditions: Iterable[Condition]) -> int:
        mask = 0
        for condition in conditions:
            mask |= self._bits[condition]
        return mask
